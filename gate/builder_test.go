package gate_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
)

// outcomes of a run's attempts: one string per task, one letter per attempt:
//
//	s  solved                f  failed
//	T  timed out, failed     t  timed out, solved
//	i  infrastructure error  c  cancelled
//	n  the tests gave no answer
//	.  no trial: the next one takes its place in the order
type outcomes []string

// run makes the trials of both letters and costs. Attempts come in rounds:
// every task's first, then every task's second. cost gives dollars by task
// and attempt (from 1); nil means that nothing is known about costs.
func run(arm baselines.Arm, model string, o outcomes, cost func(task, attempt int) float64) *baselines.Run {
	r := &baselines.Run{Header: header(arm, model, len(o), longest(o))}
	for attempt := range longest(o) {
		for task, letters := range o {
			if attempt >= len(letters) || letters[attempt] == '.' {
				continue
			}
			t := trial(letters[attempt], task, attempt+1, len(r.Trials)+1)
			if cost != nil && t.Ended != baselines.Cancelled {
				t.CostUSD = &baselines.CostUSD{Main: cost(task, attempt+1)}
			}
			r.Trials = append(r.Trials, t)
		}
	}
	return r
}

// watched are both runs with headers that say so, as a gate of this policy
// writes them that watches the candidate.
func watched(p gate.Policy, baseline, candidate *baselines.Run) (*baselines.Run, *baselines.Run) {
	g, err := gate.Open(p, baseline, candidate.Header)
	if err != nil { // no gate watches these
		return baseline, candidate
	}
	b, c := *baseline, *candidate
	b.Header, c.Header = g.Headers()
	return &b, &c
}

// replayed is the verdict on the files of a run that a gate of this policy
// watched; only their headers say how to read them.
func replayed(p gate.Policy, baseline, candidate *baselines.Run) gate.Verdict {
	baseline, candidate = watched(p, baseline, candidate)
	p.Mode = gate.Auto
	return gate.Decide(p, baseline, candidate)
}

// left is the candidate's file as a gate leaves it that stops when it is done,
// with some trials that were in flight then and came to their end.
func left(p gate.Policy, baseline, candidate *baselines.Run, inFlight int) *baselines.Run {
	g, err := gate.Open(p, baseline, candidate.Header)
	if err != nil {
		panic(err)
	}
	out := new(baselines.Run)
	_, out.Header = g.Headers()
	for _, t := range candidate.Trials {
		if g.Done() {
			if inFlight--; inFlight < 0 {
				break
			}
		}
		g.Add(t)
		out.Trials = append(out.Trials, t)
	}
	return out
}

func longest(o outcomes) int {
	most := 0
	for _, letters := range o {
		most = max(most, len(letters))
	}
	return most
}

func header(arm baselines.Arm, model string, tasks, attempts int) baselines.Header {
	h := baselines.Header{
		Schema: baselines.SchemaV1, ID: string(arm) + "-1", Arm: arm, Compare: "model",
		Variant: baselines.Variant{Name: model, Agent: baselines.Agent{Name: "claude-code", Version: "2.1.330"}, Model: model},
		Suite:   baselines.Suite{Name: "made-up", Digest: fmt.Sprintf("sha256:%d", tasks)},
		Limits:  baselines.Limits{Attempts: attempts, TimeoutMultiplier: 1, CPUs: 2, MemoryMB: 4096},
	}
	for task := range tasks {
		h.Suite.Tasks = append(h.Suite.Tasks, baselines.Task{ID: taskID(task), Digest: "sha256:t", Tier: "medium"})
	}
	return h
}

func taskID(task int) string { return fmt.Sprintf("task-%02d", task) }

func trial(letter byte, task, attempt, seq int) baselines.Trial {
	t := baselines.Trial{Seq: seq, Task: taskID(task), Attempt: attempt, Try: 1, Ended: baselines.Finished}
	yes, no := true, false
	switch letter {
	case 's':
		t.Solved = &yes
	case 'f':
		t.Solved = &no
	case 'T':
		t.Ended, t.Solved = baselines.Timeout, &no
	case 't':
		t.Ended, t.Solved = baselines.Timeout, &yes
	case 'i':
		t.Ended = baselines.InfraError
	case 'c':
		t.Ended = baselines.Cancelled
	case 'n':
	default:
		panic("no such letter: " + string(letter))
	}
	return t
}

// costing is a plausible bill: tasks differ by much, attempts by about a third,
// all times the factor.
func costing(factor float64, seed uint64) func(task, attempt int) float64 {
	return func(task, attempt int) float64 {
		random := rand.New(rand.NewPCG(seed, uint64(task*1000+attempt)))
		return factor * 0.2 * float64(1+task%7) * (1 + 0.3*random.NormFloat64()/3)
	}
}

// all repeats one task's letters.
func all(tasks int, letters string) outcomes {
	o := make(outcomes, tasks)
	for i := range o {
		o[i] = letters
	}
	return o
}

// but replaces some tasks' letters.
func (o outcomes) but(letters string, tasks ...int) outcomes {
	out := append(outcomes(nil), o...)
	for _, t := range tasks {
		out[t] = letters
	}
	return out
}

func fixed(tasks int) gate.Policy {
	p := gate.DefaultPolicy(tasks)
	p.Mode = gate.Fixed
	return p
}

// said is everything that a verdict has to say, in the document's own codes: a
// line a finding ("pass_rate: worse worse"), what is held against it, what would
// settle it, what it warns of, and the metrics' notes.
func said(v gate.Verdict) string {
	var b strings.Builder
	line := func(what string, about any) {
		text, err := json.Marshal(about)
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(&b, "%s%s\n", what, text)
	}
	for _, f := range v.Findings {
		fmt.Fprintf(&b, "%s: %s %s", f.Metric, f.Status, f.Says)
		for _, fact := range []*compare.Fact{f.Why, f.Doubt} {
			if fact != nil {
				line(" ", fact)
			}
		}
		b.WriteString("\n")
	}
	for _, fact := range v.Held {
		line("held: ", fact)
	}
	if v.Settle != nil {
		line("settle: ", v.Settle)
	}
	for _, fact := range v.Caveats {
		line("caveat: ", fact)
	}
	for _, m := range compare.Metrics {
		for _, fact := range v.Metrics[m].Notes {
			line("note "+string(m)+": ", fact)
		}
	}
	return b.String()
}
