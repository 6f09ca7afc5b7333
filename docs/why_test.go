package docs_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// whyWorked writes out what the quickstart's report says of its bill, with the
// numbers that it is made from.
func whyWorked(t *testing.T) string {
	var runs [2]*baselines.Run
	for i, name := range []string{"baseline", "candidate"} {
		r, err := baselines.ReadFile(filepath.Join("testdata", "quickstart-"+name+".jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		runs[i] = r
	}
	w := compare.Compare(runs[0], runs[1]).Why
	return meanTrials(runs) + "\n" + splitOf(w)
}

// meanTrials is the plain mean of 18 trials: each task has three on both sides, so
// each weighs the same.
func meanTrials(runs [2]*baselines.Run) string {
	rows := [][]string{{"the mean trial", "model-a", "model-b"}, {"requests"}, {"input tokens a request"}, {"output tokens a request"}, {"tokens read from the cache a request"}, {"tokens written to it a request"}, {"dollars"}, {"solved"}}
	for _, r := range runs {
		n, requests, usd, solved := 0.0, 0.0, 0.0, 0.0
		var tokens baselines.Tokens
		for _, trial := range r.Counted() {
			n++
			requests += float64(*trial.Requests)
			tokens = tokens.Add(*trial.Tokens)
			cost, _ := trial.Cost()
			usd += cost
			if trial.IsSolved() {
				solved++
			}
		}
		each := func(count int64) string { return fmt.Sprintf("%.1f", float64(count)/requests) }
		for i, cell := range []string{
			fmt.Sprintf("%.2f", requests/n), each(tokens.Input), each(tokens.Output), each(tokens.CacheRead), each(tokens.CacheWrite5m),
			fmt.Sprintf("%.4f", usd/n), fmt.Sprintf("%.4f", solved/n),
		} {
			rows[i+1] = append(rows[i+1], cell)
		}
	}
	return table(rows)
}

func splitOf(w *compare.Why) string {
	p := w.PerTrial
	rows := [][]string{{"part of the change in a trial's dollars", "model-b − model-a"}}
	for _, part := range []struct {
		name string
		usd  float64
	}{
		{"prices", *p.Price},
		{"number of requests", p.Requests},
		{"tokens written to the cache a request", *p.CacheWrite},
		{"tokens read from it a request", *p.CacheRead},
		{"output tokens a request", *p.Output},
		{"input tokens a request", *p.Input},
		{"unfinished requests and other", p.Other},
		{"**together**", p.Sum()},
	} {
		usd := strings.Replace(fmt.Sprintf("%+.4f", part.usd), "-", "−", 1)
		if strings.Trim(usd, "+−0.") == "" {
			usd = "0"
		}
		rows = append(rows, []string{part.name, usd})
	}
	change, fall := w.TrialUSD.Candidate-w.TrialUSD.Baseline, 17.0/18-10.0/18
	lines := []string{
		fmt.Sprintf("cost per solved task   ×%.3f of a trial / ×%.3f solved = ×%.2f", *w.Factors.CostPerTrial, *w.Factors.Solved, *w.Factors.CostPerTrial / *w.Factors.Solved),
		fmt.Sprintf("at equal prices        ×%.2f / ×%.2f of prices = ×%.2f", *w.Factors.CostPerTrial / *w.Factors.Solved, *w.PriceRatio, *w.RatioAtEqualPrices),
		fmt.Sprintf("break-even             $%.4f saved a trial / %.4f fewer solved = $%.4f an unsolved task", -change, fall, *w.BreakEven.USD),
		fmt.Sprintf("its 90%% interval       $%.3f to $%.3f", *w.BreakEven.Low, *w.BreakEven.High),
	}
	return table(rows) + "\n```\n" + strings.Join(lines, "\n") + "\n```\n"
}
