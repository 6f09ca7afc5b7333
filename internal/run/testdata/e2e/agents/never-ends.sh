# Ignores TERM, and leaves a daemon behind that does so too, in a session of its
# own and with init as its parent. The daemon solves the task as soon as it
# sees the tests.
trap '' TERM HUP INT
(
	setsid bash -c '
		trap "" TERM HUP INT
		echo "a daemon of the agent" >/app/daemon-was-here
		until [ -e /tests/test.sh ]; do sleep 0.05; done
		echo solved >/app/answer.txt
	' </dev/null >/dev/null 2>&1 &
)
while :; do sleep 1; done
