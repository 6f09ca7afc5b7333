package docs_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/realparts"
	"github.com/benchgate/benchgate/internal/report"
)

// quickstartReport is what benchgate compare prints on two run files of the
// quickstart that are kept in testdata.
func quickstartReport(t *testing.T) string { return quickstart(t, report.TextOptions{Width: 100}) }

// quickstartInFull is what it prints with --full.
func quickstartInFull(t *testing.T) string {
	return quickstart(t, report.TextOptions{Width: 100, Full: true})
}

func quickstart(t *testing.T, opts report.TextOptions) string {
	var b strings.Builder
	b.WriteString("```\n")
	if err := report.Text(&b, quickstartVerdict(t), opts); err != nil {
		t.Fatal(err)
	}
	return b.String() + "```\n"
}

func quickstartVerdict(t *testing.T) gate.Verdict {
	var runs [2]*baselines.Run
	for i, name := range []string{"baseline", "candidate"} {
		r, err := baselines.ReadFile(filepath.Join("testdata", "quickstart-"+name+".jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		runs[i] = r
	}
	v := gate.Decide(gate.DefaultPolicy(len(runs[1].Header.Suite.Tasks)), runs[0], runs[1])
	report.Explain(&v)
	return v
}

// leastEvidence searches for the smallest results that decide.
func leastEvidence(t *testing.T) string {
	rows := [][]string{{"ten tasks, one attempt each, pass rate", "least that is a regression"}}
	for _, d := range []struct {
		words string
		mode  gate.Mode
		kept  int // attempts of the baseline
	}{
		{"`fixed` mode", gate.Fixed, 1},
		{"`strict` mode", gate.Strict, 1},
		{"`informed` mode, stored baseline of 5 attempts", gate.Informed, 5},
	} {
		rows = append(rows, []string{d.words, fmt.Sprintf("%d tasks lost, none won", leastLost(t, d.mode, d.kept))})
	}
	out := table(rows) + "\n"
	rows = [][]string{{"margin of the pass rate", "fewest attempts for a pass, all agreeing: `fixed`", "`informed`, stored baseline of 5 attempts"}}
	for _, margin := range []float64{0.1, 0.2, 0.3} {
		rows = append(rows, []string{
			fmt.Sprintf("%.0f points", 100*margin),
			fmt.Sprint(fewestToPass(t, gate.Fixed, 1, margin)), fmt.Sprint(fewestToPass(t, gate.Informed, 5, margin)),
		})
	}
	return out + table(rows)
}

// leastLost is how many of ten tasks that the baseline always solved must be
// lost in one attempt each.
func leastLost(t *testing.T, mode gate.Mode, kept int) int {
	p := gate.DefaultPolicy(10)
	p.Mode = mode
	baseline := run(baselines.Baseline, "a", 10, kept, always, aDollar)
	for lost := 0; lost <= 10; lost++ {
		candidate := run(baselines.Candidate, "b", 10, 1, func(task, _ int) bool { return task >= lost }, aDollar)
		if gate.Decide(p, baseline, candidate).Outcome == gate.Regression {
			return lost
		}
	}
	t.Fatalf("%s mode: ten lost tasks are no regression", mode)
	return 0
}

// fewestToPass is for so many tasks, tried once.
func fewestToPass(t *testing.T, mode gate.Mode, kept int, margin float64) int {
	p := gate.DefaultPolicy(10)
	p.Mode, p.PassRateMaxDrop, p.TypicalCostMaxRatio = mode, margin, 0
	for n := 1; n <= 100; n++ {
		outcome := gate.Decide(p, run(baselines.Baseline, "a", n, kept, always, aDollar), run(baselines.Candidate, "b", n, 1, always, aDollar)).Outcome
		if outcome == gate.Pass {
			return n
		}
	}
	t.Fatal("a hundred attempts that agree do not pass")
	return 0
}

func always(int, int) bool { return true }

func aDollar(int, int) float64 { return 1 }

func attemptsTable(*testing.T) string {
	drops := []float64{0.05, 0.10, 0.20, 0.30}
	head := []string{"tasks"}
	for _, d := range drops {
		head = append(head, fmt.Sprintf("%.0f points", 100*d))
	}
	rows := [][]string{append(head, "smallest drop seen with 1 attempt", "with 3", "with 5")}
	for _, tasks := range []int{6, 10, 20, 30, 50, 89} {
		row := []string{fmt.Sprint(tasks)}
		for _, d := range drops {
			row = append(row, fmt.Sprint(compare.AttemptsToSee(tasks, d)))
		}
		for _, attempts := range []int{1, 3, 5} {
			row = append(row, fmt.Sprintf("%.0f points", 100*compare.SmallestDropSeen(tasks, attempts)))
		}
		rows = append(rows, row)
	}
	return table(rows)
}

// oddsTable is what benchgate plan says for a common suite: of ten tasks five
// are always solved, two never, three now and then.
func oddsTable(*testing.T) string {
	const simulations = 400
	solved := []int{5, 5, 5, 5, 5, 4, 3, 2, 0, 0}
	random := rand.New(rand.NewPCG(3, 3))
	prices := make([]float64, len(solved))
	for i := range prices {
		prices[i] = realparts.DrawTaskUSD(random)
	}
	stored := run(baselines.Baseline, "a", 10, 5,
		func(task, attempt int) bool { return attempt < solved[task] },
		func(task, _ int) float64 { return prices[task] * math.Exp(0.35*random.NormFloat64()) })
	rows := [][]string{{"baseline, mode", "attempts", "unchanged: pass / regression", "trials", "20 points lost: regression / pass", "trials"}}
	for _, b := range []struct {
		words    string
		baseline *baselines.Run
	}{{"stored, 5 attempts: informed", stored}, {"live: strict", nil}} {
		for _, attempts := range []int{1, 3, 5, 8} {
			p := gate.DefaultPolicy(10)
			h := run(baselines.Candidate, "b", 10, attempts, always, aDollar).Header
			f := gate.Predict(p, b.baseline, h, gate.Order(p, b.baseline, h.Suite, attempts, 1, nil), simulations, 1)
			rows = append(rows, []string{
				b.words, fmt.Sprint(attempts),
				percent(f.Unchanged.Pass) + " / " + percent(f.Unchanged.Regression), fmt.Sprintf("%.0f of %d", f.Unchanged.Trials, f.Trials),
				percent(f.AtMargin.Regression) + " / " + percent(f.AtMargin.Pass), fmt.Sprintf("%.0f of %d", f.AtMargin.Trials, f.Trials),
			})
		}
	}
	return table(rows)
}

// costPowerTable is how often a true rise of all costs is found, at a one-sided
// level of 0.05, by 50 pairs: ten tasks, five attempts.
func costPowerTable(*testing.T) string {
	const worlds = 400
	rows := [][]string{{"all costs rise to", "found by typical cost", "by total cost", "by cost per solved task"}}
	for _, factor := range []float64{1, 1.2, 1.5, 2} {
		random, agents := rand.New(rand.NewPCG(4, 4)), realparts.SolvedOfFive()
		var typical, total, perSolved float64
		for range worlds {
			pairs, shift := rise(random, suite(random, agents), factor)
			found := func(p float64) float64 {
				if p <= 0.05 {
					return 1.0 / worlds
				}
				return 0
			}
			typical += found(shift.PAbove(0))
			total += found(pairs.Totals().PUpper(1))
			perSolved += found(pairs.PUpper(1))
		}
		rows = append(rows, []string{fmt.Sprintf("×%v", factor), percent(typical), percent(total), percent(perSolved)})
	}
	return table(rows)
}

func rise(random *rand.Rand, rates []float64, factor float64) (*compare.SwapTest, *compare.SignedRank) {
	var pairs []compare.SwapPair
	var logs []float64
	for _, p := range rates {
		price, sum := realparts.DrawTaskUSD(random), 0.0
		for range 5 {
			won, before := random.Float64() < p, random.Float64() < p
			c := compare.SwapPair{C1: factor * attempt(random, price, won), C0: attempt(random, price, before), S1: one(won), S0: one(before)}
			pairs = append(pairs, c)
			sum += math.Log(c.C1 / c.C0)
		}
		logs = append(logs, sum/5)
	}
	return compare.NewSwapTest(pairs, 1), compare.NewSignedRank(logs)
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// The page names files that other parts of the repository must still have.
func TestWhatPointsHereFindsIt(t *testing.T) {
	for _, file := range []string{"../README.md", "../.ci/full", "../internal/report/runs_notes.go", "../examples/terminal-bench/benchgate.yaml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "docs/statistics.md") {
			t.Errorf("%s no longer points to docs/statistics.md", file)
		}
	}
}

// Reports of single runs side by side quote two rates of the page's first table.
func TestReportsQuoteTheSameRates(t *testing.T) {
	text := read(t)
	a := run(baselines.Candidate, "a", 10, 1, always, aDollar)
	var b strings.Builder
	if err := report.Runs(&b, []*baselines.Run{a, a}, report.FormatMarkdown, report.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ row, words string }{
		{"the solved counts differ by 2 or more", "differ by two or more in %s of runs"},
		{"cost per solved task differs by more than ×1.5", "more than ×1.5 in cost per solved task in %s."},
	} {
		_, rest, found := strings.Cut(text, "| "+c.row+" | ")
		rate, _, _ := strings.Cut(rest, " |")
		if !found || rate == "" {
			t.Fatalf("the page has no row %q", c.row)
		}
		if want := fmt.Sprintf(c.words, rate); !strings.Contains(b.String(), want) {
			t.Errorf("the report does not say %q:\n%s", want, b.String())
		}
	}
}
