#!/bin/bash
# The image has no pytest, and a test must need no network: the checks are
# bash and speak pytest's summary.
app="${BENCHGATE_ROOT:-}/app"
failed=0
echo "=========================== short test summary info ============================"
for check in "${BENCHGATE_ROOT:-}$TEST_DIR"/check_*.sh; do
	name="$(basename "$check")"
	if APP="$app" bash "$check"; then
		echo "PASSED tests/$name::$name"
	else
		echo "FAILED tests/$name::$name - it exited with $?"
		failed=1
	fi
done
exit "$failed"
