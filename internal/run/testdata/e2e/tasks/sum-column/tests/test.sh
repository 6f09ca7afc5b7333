#!/bin/bash
echo "total: $(cat /app/total.txt)"
if [ "$(cat /app/total.txt)" = 42 ]; then echo '{"reward": 1}'; else echo '{"reward": 0}'; fi >/logs/verifier/reward.json
