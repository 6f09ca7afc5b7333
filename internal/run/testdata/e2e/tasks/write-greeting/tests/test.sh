#!/bin/bash
echo "greeting: $(cat /app/greeting.txt)"
if [ "$(cat /app/greeting.txt)" = "hello, bench" ]; then echo 1; else echo 0; fi >/logs/verifier/reward.txt
