#!/bin/bash
# Solved when the file holds the number and nothing else but space.
root="${BENCHGATE_ROOT:-}"
mkdir -p "$root/logs/verifier"
if [ "$(tr -d '[:space:]' < "$root/app/count.txt")" = "$EXPECTED" ]; then
	echo 1 > "$root/logs/verifier/reward.txt"
else
	echo 0 > "$root/logs/verifier/reward.txt"
fi
