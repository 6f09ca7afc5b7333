package docs_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/realparts"
	"github.com/benchgate/benchgate/internal/report"
)

// identicalAgentsOnce compares each agent with itself: two runs of ten tasks,
// one attempt each.
func identicalAgentsOnce(*testing.T) string {
	const pairs = 100_000
	random, agents := rand.New(rand.NewPCG(1, 1)), realparts.SolvedOfFive()
	counts := []int{1, 2, 3}
	factors := []float64{1.2, 1.25, 1.5}
	var apart, dearer [3]float64
	for range pairs {
		var solved [2]int
		var usd [2]float64
		for _, p := range suite(random, agents) {
			price := realparts.DrawTaskUSD(random)
			for side := range solved {
				won := random.Float64() < p
				if won {
					solved[side]++
				}
				usd[side] += attempt(random, price, won)
			}
		}
		difference := max(solved[0]-solved[1], solved[1]-solved[0])
		factor := math.Exp(math.Abs(math.Log(usd[0] / float64(solved[0]) * float64(solved[1]) / usd[1])))
		for i := range counts {
			if difference >= counts[i] {
				apart[i] += 1.0 / pairs
			}
			if !(factor <= factors[i]) { // infinite and undefined ones differ too
				dearer[i] += 1.0 / pairs
			}
		}
	}
	rows := [][]string{{"two runs of the same agent, ten tasks, one attempt each", "how often"}}
	for i, n := range counts {
		rows = append(rows, []string{fmt.Sprintf("the solved counts differ by %d or more", n), percent(apart[i])})
	}
	for i, f := range factors {
		rows = append(rows, []string{fmt.Sprintf("cost per solved task differs by more than ×%v", f), percent(dearer[i])})
	}
	return table(rows)
}

// model is a line of the article's table.
type model struct {
	name   string
	solved int
	usd    float64
}

var (
	sonnet46 = model{"Sonnet 4.6", 5, 6.30}
	opus47   = model{"Opus 4.7", 7, 8.51}
	opus48   = model{"Opus 4.8", 8, 8.06}
)

// once makes the model's run of ten tasks. Which tasks it solved is not
// published task by task; here it is always the first ones, the reading that
// makes differences as certain as they can be. Of its dollars the article gives
// the sum, and that tasks cost from $0.06 to $3.56: prices spread evenly between
// those on the log scale, attempts as real ones do, all scaled to the sum.
func (m model) once(random *rand.Rand, arm baselines.Arm, prices []float64) *baselines.Run {
	usd, sum := make([]float64, len(prices)), 0.0
	for i := range usd {
		usd[i] = attempt(random, prices[i], i < m.solved)
		sum += usd[i]
	}
	return run(arm, m.name, len(prices), 1,
		func(task, _ int) bool { return task < m.solved },
		func(task, _ int) float64 { return m.usd * usd[task] / sum })
}

// decide gives the verdict on one way in which both models' bills can be spread.
func decide(random *rand.Rand, baseline, candidate model) gate.Verdict {
	const tasks, least, most = 10, 0.06, 3.56
	prices := make([]float64, tasks)
	for i := range prices {
		prices[i] = least * math.Pow(most/least, float64(i)/(tasks-1))
	}
	b, c := baseline.once(random, baselines.Baseline, prices), candidate.once(random, baselines.Candidate, prices)
	v := gate.Foretold(gate.DefaultPolicy(10), b, c)
	report.Explain(&v)
	return v
}

// spreads decides many ways in which the bills can be spread, sorted by the
// width of the interval of cost per solved task.
func spreads(baseline, candidate model) []gate.Verdict {
	random := rand.New(rand.NewPCG(2, 2))
	out := make([]gate.Verdict, 200)
	for i := range out {
		out[i] = decide(random, baseline, candidate)
	}
	width := func(v gate.Verdict) float64 { return *perSolved(v).High / *perSolved(v).Low }
	slices.SortFunc(out, func(a, b gate.Verdict) int { return cmp.Compare(width(a), width(b)) })
	return out
}

func perSolved(v gate.Verdict) gate.Metric { return v.Metrics[compare.CostPerSolved] }

func articleTable(*testing.T) string {
	rows := [][]string{{
		"baseline → candidate", "solved", "p exact", "p mid-p", "cost per solved task",
		"its 90% interval", "interval leaves out \"no change\"", "verdict",
	}}
	for _, c := range []struct{ baseline, candidate model }{{sonnet46, opus47}, {opus47, opus48}, {sonnet46, opus48}, {opus48, sonnet46}} {
		// One-sided, whichever side is ahead: fair coins that all fell one way.
		exact := math.Pow(0.5, math.Abs(float64(c.candidate.solved-c.baseline.solved)))
		all := spreads(c.baseline, c.candidate)
		clear, verdicts := 0, make(map[gate.Outcome]int)
		for _, v := range all {
			verdicts[v.Outcome]++
			if m := perSolved(v); *m.Low > 1 || *m.High < 1 {
				clear++
			}
		}
		middle := perSolved(all[len(all)/2])
		rows = append(rows, []string{
			c.baseline.name + " → " + c.candidate.name,
			fmt.Sprintf("%d → %d", c.baseline.solved, c.candidate.solved),
			fmt.Sprintf("%.3g", exact), fmt.Sprintf("%.3g", exact/2),
			fmt.Sprintf("$%.2f → $%.2f, ×%.2f", *middle.Baseline, *middle.Candidate, *middle.Ratio),
			fmt.Sprintf("×%.2f to ×%.2f", *middle.Low, *middle.High),
			percent(float64(clear) / float64(len(all))),
			shares(verdicts, len(all)),
		})
	}
	return table(rows)
}

// articleVerdicts quotes what benchgate compare says of the middle one.
func articleVerdicts(*testing.T) string {
	var b strings.Builder
	b.WriteString("```\n")
	for i, c := range []struct{ baseline, candidate model }{{opus47, opus48}, {opus48, sonnet46}} {
		if i > 0 {
			b.WriteByte('\n')
		}
		all := spreads(c.baseline, c.candidate)
		v := all[len(all)/2]
		fmt.Fprintf(&b, "%s → %s: %s, exit code %d\n", c.baseline.name, c.candidate.name, v.Outcome, v.ExitCode)
		for _, line := range append([]string{v.Headline}, v.Reasons...) {
			b.WriteString(wrapped(line, "  "))
		}
	}
	b.WriteString("```\n")
	return b.String()
}

func shares(verdicts map[gate.Outcome]int, all int) string {
	var out []string
	for _, o := range []gate.Outcome{gate.Pass, gate.Regression, gate.Inconclusive, gate.Incomparable, gate.NotMeasured} {
		if n := verdicts[o]; n > 0 {
			out = append(out, fmt.Sprintf("%s %s", percent(float64(n)/float64(all)), o))
		}
	}
	return strings.Join(out, ", ")
}

// wrapped breaks a sentence at 100 columns, later lines two columns deeper.
func wrapped(sentence, indent string) string {
	var b strings.Builder
	line := indent
	for _, word := range strings.Fields(sentence) {
		if len([]rune(line))+1+len([]rune(word)) > 100 {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			line = indent + "  "
		}
		line += word + " "
	}
	b.WriteString(strings.TrimRight(line, " ") + "\n")
	return b.String()
}
