package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/benchgate/benchgate/baselines"
)

// storeNights puts runs of ten tasks into a directory of baselines, a day apart
// from the first of September 2026 on: from one night to another, of which each
// solves so many tasks, at so many dollars a trial, by a version of the agent.
func storeNights(ts *testscript.TestScript, neg bool, args []string) {
	plainly(ts, neg, args, 6, "nights DIRECTORY FROM TO SOLVED USD VERSION [MODEL]")
	number := func(text string) float64 {
		x, err := strconv.ParseFloat(text, 64)
		ts.Check(err)
		return x
	}
	model := "claude-fable-5"
	if len(args) > 6 {
		model = args[6]
	}
	store := baselines.NewDirectory(ts.MkAbs(args[0]))
	for n := int(number(args[1])); n <= int(number(args[2])); n++ {
		r := storyNight(n, int(number(args[3])), number(args[4]), args[5], model)
		ts.Check(accept(context.Background(), store, r, nil))
	}
}

func storyNight(n, solved int, usd float64, version, model string) *baselines.Run {
	at := time.Date(2026, 9, n, 3, 0, 0, 0, time.UTC)
	r := &baselines.Run{Header: baselines.Header{
		Schema: baselines.SchemaV1, ID: fmt.Sprintf("%s-night-%02d", model, n), Created: at, Benchgate: "v0.1.0",
		Arm: baselines.Baseline, Stopping: baselines.ByNothing,
		Variant: baselines.Variant{Name: model, Agent: baselines.Agent{Name: "claude-code", Version: version}, Model: model},
		Suite:   baselines.Suite{Name: "coding-10", Digest: "sha256:0123"},
		Prices:  baselines.Prices{Source: "embedded", Digest: "sha256:4567"},
		Limits:  baselines.Limits{Attempts: 1, TimeoutMultiplier: 1},
		Host:    baselines.Host{OS: "linux", Arch: "amd64", CPUs: 4, MemoryBytes: 16 << 30, Engine: "docker 28.5.2"},
	}}
	for i := range 10 {
		id := fmt.Sprintf("task-%d", i)
		r.Header.Suite.Tasks = append(r.Header.Suite.Tasks, baselines.Task{ID: id, Digest: "sha256:89ab", Tier: "easy"})
		is := (i+n)%10 < solved
		r.Trials = append(r.Trials, baselines.Trial{
			Seq: i + 1, Task: id, Attempt: 1, Try: 1, Ended: baselines.Finished, Solved: &is, Started: at,
			CostUSD: &baselines.CostUSD{Main: usd * (1 + float64(i*n%3)/20)},
		})
	}
	return r
}

// storeEarlier stores the newest run of a directory of baselines once more for each of
// some days before it, as solved or not solved as a whole.
func storeEarlier(ts *testscript.TestScript, neg bool, args []string) {
	plainly(ts, neg, args, 4, "earlier DIRECTORY FROM-DAYS TO-DAYS true|false")
	ctx, store := context.Background(), baselines.NewDirectory(ts.MkAbs(args[0]))
	entries, err := store.List(ctx, baselines.Query{})
	ts.Check(err)
	from, err := strconv.Atoi(args[1])
	ts.Check(err)
	to, err := strconv.Atoi(args[2])
	ts.Check(err)
	solved := args[3] == "true"
	for days := from; days >= to; days-- {
		r, err := store.Load(ctx, entries[0].Header.ID)
		ts.Check(err)
		r.Header.ID, r.Header.Created = fmt.Sprintf("earlier-%02d", days), r.Header.Created.AddDate(0, 0, -days)
		for i := range r.Trials {
			r.Trials[i].Solved = &solved
		}
		ts.Check(accept(ctx, store, r, nil))
	}
}
