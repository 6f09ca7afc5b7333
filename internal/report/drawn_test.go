package report_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
)

// letters are how attempts came out: solved, failed, timed out, infrastructure
// error, no answer, cancelled.
const letters = "sfTinc"

// drawn is a gate on two runs drawn at random.
type drawn struct {
	policy              gate.Policy
	baseline, candidate *baselines.Run
}

// draw makes a gate of any shape: every mode, runs that were cut short, costs
// that are not known, infrastructure errors, a baseline beside the candidate,
// arms that differ in what nobody compared, candidates that are as good, dearer
// or broken.
func draw(seed uint64) drawn {
	random := rand.New(rand.NewPCG(seed, 7))
	tasks, attempts := 1+random.IntN(12), 1+random.IntN(6)
	if seed%10 == 0 {
		tasks = 30 + random.IntN(60)
	}
	p := gate.DefaultPolicy(tasks)
	p.Mode = []gate.Mode{gate.Auto, gate.Informed, gate.Strict, gate.Fixed}[seed%4]
	switch random.IntN(6) {
	case 0:
		p.CostPerSolvedMaxRatio = 0
	case 1:
		p.TypicalCostMaxRatio = 0
	case 2:
		p.PassRateMaxDrop, p.TypicalCostMaxRatio = 0.1, 1.2
	}
	rates := make([]float64, tasks)
	for i := range rates {
		rates[i] = math.Sqrt(random.Float64())
	}
	trouble := [][]int{{0, 0}, {1, 40}, {4, 100}}[random.IntN(3)] // one attempt in a hundred and so on
	run := func(arm baselines.Arm, keep, factor float64) *baselines.Run {
		r := &baselines.Run{Header: header(string(arm), arm, "claude-"+string(arm), nil)}
		r.Header.Suite.Tasks = nil
		for task := range tasks {
			r.Header.Suite.Tasks = append(r.Header.Suite.Tasks, baselines.Task{ID: fmt.Sprintf("task-%02d", task), Tier: "easy", Digest: "sha256:t"})
		}
		r.Header.Limits.Attempts = attempts
		for seq := range tasks * attempts {
			task, letter := seq%tasks, letters[1]
			if random.Float64() < rates[task]*keep {
				letter = letters[0]
			}
			if random.IntN(100) < trouble[0]*5 {
				letter = letters[2+random.IntN(len(letters)-2)]
			}
			t := attempt(letter, r.Header.Suite.Tasks[task].ID, seq/tasks+1, seq+1)
			if random.IntN(100) >= trouble[0] {
				t.CostUSD = &baselines.CostUSD{Main: factor * 0.2 * float64(1+task%7) * math.Exp(0.3*random.NormFloat64())}
			}
			r.Trials = append(r.Trials, t)
		}
		return r
	}
	keep := []float64{1, 1, 0.7, 0.2, 0}[random.IntN(5)]
	factor := []float64{1, 1, 0.8, 1.3, 2.5}[random.IntN(5)]
	d := drawn{p, run(baselines.Baseline, 1, 1), run(baselines.Candidate, keep, factor)}
	d.watch()
	switch random.IntN(8) {
	case 0: // cut short
		d.candidate.Trials = d.candidate.Trials[:random.IntN(len(d.candidate.Trials)+1)]
	case 1: // measured as one
		d.baseline.Header.Plan, d.candidate.Header.Plan = "sha256:one", "sha256:one"
		d.watch()
	case 2:
		d.candidate.Header.Limits.CPUs = 8
	case 3:
		d.candidate.Header.Host.Arch = "arm64"
	case 4: // stopped by a gate that compared it with another run
		d.candidate.Header.Against = "another"
		d.candidate.Trials = d.candidate.Trials[:random.IntN(len(d.candidate.Trials)+1)]
	case 5: // by a version that did not say what watched it
		d.candidate.Header.Stopping, d.candidate.Header.Against = "", ""
	}
	return d
}

// watch writes into the headers that the gate watched the runs.
func (d *drawn) watch() {
	if g, err := gate.Open(d.policy, d.baseline, d.candidate.Header); err == nil {
		d.baseline.Header, d.candidate.Header = g.Headers()
	}
}

// livePairs has one more attempt of both variants at every task; the candidate's
// costs factor times the baseline's.
func (d drawn) livePairs(factor float64) (baseline, candidate *baselines.Run) {
	one := func(h baselines.Header, usd float64) *baselines.Run {
		r := &baselines.Run{Header: h}
		for i, task := range h.Suite.Tasks {
			t := attempt('s', task.ID, 1, i+1)
			t.CostUSD = &baselines.CostUSD{Main: usd}
			r.Trials = append(r.Trials, t)
		}
		return r
	}
	return one(d.baseline.Header, 0.2), one(d.candidate.Header, 0.2*factor)
}

func attempt(letter byte, task string, n, seq int) baselines.Trial {
	solved := letter == 's'
	t := baselines.Trial{Seq: seq, Task: task, Attempt: n, Try: 1, Ended: baselines.Finished, Solved: &solved}
	switch letter {
	case 'T':
		t.Ended = baselines.Timeout
	case 'i':
		t.Ended, t.Solved = baselines.InfraError, nil
	case 'n':
		t.Solved = nil
	case 'c':
		t.Ended, t.Solved = baselines.Cancelled, nil
	}
	return t
}
