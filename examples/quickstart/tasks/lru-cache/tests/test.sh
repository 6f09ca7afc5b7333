#!/bin/bash
# Judges /app by the tests in _app, which replace those the agent saw.
# BENCHGATE_ROOT is set where a sandbox has no root directory of its own.

root="${BENCHGATE_ROOT:-}"
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
app="$root/app"
logs="$root/logs/verifier"

mkdir -p "$logs"
rm -f "$logs/reward.json"
echo 0 >"$logs/reward.txt"

# What could bend the verdict goes: other tests, another module, workspaces.
find "$app" -name '*_test.go' -delete
rm -rf "$app/vendor" "$app/go.work" "$app/go.sum"
cp -R "$here/_app/." "$app/" || exit 1
cd "$app" || exit 1

export GOTOOLCHAIN=local GOPROXY=off GOWORK=off GOENV=off GOFLAGS=
output="$(go test -count=1 -timeout=10s -v . 2>&1)"
status=$?
printf '%s\n' "$output"
[ "$status" -eq 0 ] || exit 1

# A program that ends early with status 0 has not run every test.
for name in $(sed -n 's/^func \(Test[A-Za-z0-9_]*\)(t \*testing\.T).*/\1/p' "$here"/_app/*_test.go); do
	if ! grep -q "^--- PASS: $name " <<<"$output"; then
		echo "$name did not pass"
		exit 1
	fi
done
echo 1 >"$logs/reward.txt"
