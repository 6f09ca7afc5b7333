package gate_test

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
)

// A hundred thousand trials: 500 tasks in a hundred attempts on each side.
func hundredThousand(t testing.TB) (policy gate.Policy, files [2][]byte) {
	t.Helper()
	baseline, candidate := bigRuns(500, 100)
	for i, r := range []*baselines.Run{baseline, candidate} {
		var file bytes.Buffer
		if err := baselines.Encode(&file, r); err != nil {
			t.Fatal(err)
		}
		files[i] = file.Bytes()
	}
	policy = gate.DefaultPolicy(500)
	policy.Mode = gate.Fixed
	return policy, files
}

func readAndDecide(t testing.TB, p gate.Policy, files [2][]byte) gate.Verdict {
	t.Helper()
	var runs [2]*baselines.Run
	for i, file := range files {
		r, err := baselines.Decode(bytes.NewReader(file), "")
		if err != nil {
			t.Fatal(err)
		}
		runs[i] = r
	}
	return gate.Decide(p, runs[0], runs[1])
}

// Three seconds are promised.
func BenchmarkReadAndDecideHundredThousand(b *testing.B) {
	p, files := hundredThousand(b)
	b.ReportAllocs()
	for b.Loop() {
		readAndDecide(b, p, files)
	}
}

// 500 MB are promised: what the process has from the system. How long it takes
// is a matter of the benchmark.
func TestHundredThousandTrials(t *testing.T) {
	if testing.Short() {
		t.Skip("size is left out of short tests")
	}
	p, files := hundredThousand(t)
	v := readAndDecide(t, p, files)
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	t.Logf("%d trials a side, %d MB from the system", v.TrialsUsed, memory.Sys>>20)
	if v.TrialsUsed != 50_000 {
		t.Errorf("used %d trials, want 50,000", v.TrialsUsed)
	}
	if memory.Sys > 500<<20 {
		t.Errorf("took %d MB, 500 are promised", memory.Sys>>20)
	}
}
