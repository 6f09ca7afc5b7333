#!/bin/bash
# Says what it found before it judges, so that a test can see what was alive.
echo "files: $(ls /app | tr '\n' ' ')"
for p in /proc/[0-9]*; do
	echo "process: $(tr '\0' ' ' <"$p/cmdline")"
done 2>/dev/null
while [ -e /app/hold ]; do sleep 0.05; done # to be killed in the midst of the tests
sleep 1 # a daemon that waits for the tests to appear has its chance now

# As pytest reads a conftest.py that lies beside the tests.
if [ -e /tests/helpers.sh ]; then . /tests/helpers.sh; fi

if [ "$(cat /app/answer.txt 2>/dev/null)" = solved ]; then echo 1; else echo 0; fi >/logs/verifier/reward.txt
