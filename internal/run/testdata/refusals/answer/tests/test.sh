#!/bin/bash
root="${BENCHGATE_ROOT:-}"
mkdir -p "$root/logs/verifier"
if grep -qx 42 "$root/app/answer.txt"; then echo 1; else echo 0; fi >"$root/logs/verifier/reward.txt"
