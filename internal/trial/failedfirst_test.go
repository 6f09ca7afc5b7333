package trial_test

import (
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
)

// A trial that is not solved says which test failed first, from the tests' report
// or their log, and never with a secret in it.
func TestTheReasonNamesTheTestThatFailedFirst(t *testing.T) {
	const pytest = "echo 'FAILED test_outputs.py::test_sum - assert 3 == 4'; "
	for _, test := range []struct{ name, script, reason string }{
		{"in the log", pytest + `echo 0 >"$dir/reward.txt"`, "failed first: test_outputs.py::test_sum: assert 3 == 4"},
		{"in the report", pytest + `echo 0 >"$dir/reward.txt"; echo '{"results": {"tests": [{"name": "a.py::b", "status": "failed", "message": "no way"}]}}' >"$dir/ctrf.json"`, "failed first: a.py::b: no way"},
		{"no report", pytest + `echo 0 >"$dir/reward.txt"; echo '{"results": {' >"$dir/ctrf.json"`, "failed first: test_outputs.py::test_sum: assert 3 == 4"},
		{"in part", pytest + `echo 0.5 >"$dir/reward.txt"`, "reward is 0.5, a task is solved at 1; failed first: test_outputs.py::test_sum: assert 3 == 4"},
		{"nowhere", `echo 0 >"$dir/reward.txt"`, "reward is 0, a task is solved at 1"},
		{
			"with a secret", `echo "FAILED a.py::b - no ` + secretKey + ` ` + strings.Repeat("x", 80) + secretKey + `"; echo 0 >"$dir/reward.txt"`,
			"failed first: a.py::b: no " + strings.Repeat("*", len(secretKey)) + " " + strings.Repeat("x", 80),
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRig(t, "")
			task := r.task(map[string]string{"tests/test.sh": "#!/bin/sh\ndir=\"${BENCHGATE_ROOT:-}/logs/verifier\"\n" + test.script + "\n"})
			got := r.run(task, r.plain("nop"))
			r.want(got, baselines.Finished, "not solved")
			if rest, ok := strings.CutPrefix(got.Reason, test.reason); !ok || strings.Trim(rest, "*…") != "" {
				t.Errorf("the reason is %q, want %q", got.Reason, test.reason)
			}
		})
	}
}
