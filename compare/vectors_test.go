package compare

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/realparts"
)

// printed is how exactly the file prints its values: 8 decimals.
const printed = 1e-8

// within and withinRelative fail a test whose result is too far from the
// expected one.
var within = realparts.Within

func withinRelative(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	within(t, what, got, want, tolerance*math.Abs(want))
}

func TestVectorTango(t *testing.T) {
	for id, v := range realparts.Vectors(t) {
		if v.Method != "tango" {
			continue
		}
		t.Run(id, func(t *testing.T) {
			var in struct {
				Losses, Wins int
				N            int     `json:"n_pairs"`
				Level        float64 `json:"one_sided_level"`
			}
			var want struct {
				Delta, Hi, Lo float64
				Z10           float64 `json:"z_at_minus_0.10"`
				Z20           float64 `json:"z_at_minus_0.20"`
			}
			v.Read(t, &in, &want)
			p := Pairs{N: in.N, Losses: in.Losses, Wins: in.Wins}
			got := p.IntervalAt(NormalQuantile(1 - in.Level))
			within(t, "delta", p.Delta(), want.Delta, 1e-4)
			within(t, "low", got.Low, want.Lo, 1e-4)
			within(t, "high", got.High, want.Hi, 1e-4)
			within(t, "z(-0.10)", p.Score(-0.10), want.Z10, 1e-4)
			within(t, "z(-0.20)", p.Score(-0.20), want.Z20, 1e-4)
		})
	}
}

// The example of Tango 1998: 7 losses and 1 win of 21 pairs, 95 % limits.
func TestTangoPublishedExample(t *testing.T) {
	got := Pairs{N: 21, Losses: 7, Wins: 1}.IntervalAt(NormalQuantile(0.975))
	within(t, "low", got.Low, -0.5172, 5e-5)
	within(t, "high", got.High, -0.0260, 5e-5)
}

// When no pair disagrees, the score is -n·d/√(n·|d|(1-|d|)), so the limit
// solves n·d = z²(1-d): d = z²/(n+z²). At n=10, z=1.6449: 2.7055/12.7055.
func TestTangoWithoutDisagreement(t *testing.T) {
	z := NormalQuantile(0.95)
	for _, n := range []int{1, 10, 30, 1000} {
		want := z * z / (float64(n) + z*z)
		got := Pairs{N: n}.IntervalAt(z)
		within(t, "low", got.Low, -want, 1e-9)
		within(t, "high", got.High, want, 1e-9)
	}
}

type cell struct{ N0, N1, X, Y int }

func strataFrom(cells []cell) Strata {
	var s Strata
	for _, c := range cells {
		s = append(s, Stratum{Candidate: Count{c.Y, c.N1}, Baseline: Count{c.X, c.N0}})
	}
	return s
}

func TestVectorStratifiedMiettinenNurminen(t *testing.T) {
	var in struct {
		Cells []cell
		Level float64 `json:"one_sided_level"`
	}
	var want struct {
		Delta, Hi, Lo float64
		Z0            float64 `json:"z_at_0"`
		Z20           float64 `json:"z_at_minus_0.20"`
	}
	realparts.Vectors(t)["V02"].Read(t, &in, &want)
	s := strataFrom(in.Cells)
	got := s.IntervalAt(NormalQuantile(1 - in.Level))
	within(t, "delta", s.Delta(), want.Delta, 1e-4)
	within(t, "low", got.Low, want.Lo, 1e-4)
	within(t, "high", got.High, want.Hi, 1e-4)
	within(t, "z(0)", s.Score(0), want.Z0, 1e-4)
	within(t, "z(-0.20)", s.Score(-0.20), want.Z20, 1e-4)
}

func TestVectorPermutation(t *testing.T) {
	var in struct{ Cells []cell }
	var want struct {
		PBetter float64 `json:"p_better"`
		PWorse  float64 `json:"p_worse"`
	}
	realparts.Vectors(t)["V03"].Read(t, &in, &want)
	s := strataFrom(in.Cells)
	within(t, "p worse", s.PWorse(), want.PWorse, printed)
	// The vector's two values are P(S <= obs) and P(S >= obs).
	within(t, "p better", s.PBetter(), want.PBetter, printed)
}

func TestVectorPairedT(t *testing.T) {
	var in struct {
		Cells []cell
		Level float64 `json:"one_sided_level"`
	}
	var want struct{ Delta, Hi, Lo float64 }
	realparts.Vectors(t)["V04"].Read(t, &in, &want)
	got, ok := strataFrom(in.Cells).populationInterval(in.Level)
	if !ok {
		t.Fatal("no interval")
	}
	within(t, "low", got.Low, want.Lo, 1e-6)
	within(t, "high", got.High, want.Hi, 1e-6)
}

// With one attempt a side at each task, shuffling labels inside tasks is McNemar's
// exact test.
func TestVectorMcNemar(t *testing.T) {
	var want []struct {
		Losses, Wins int
		P            float64 `json:"p_worse"`
	}
	realparts.Vectors(t)["V05"].Read(t, nil, &want)
	for _, w := range want {
		var s Strata
		for i := range 20 {
			one := Stratum{Count{1, 1}, Count{1, 1}}
			if i < w.Losses {
				one.Candidate.Solved = 0
			} else if i < w.Losses+w.Wins {
				one.Baseline.Solved = 0
			}
			s = append(s, one)
		}
		within(t, "exact p", s.PWorse(), w.P, 1e-12)
		if got := (Pairs{N: 20, Losses: w.Losses, Wins: w.Wins}); s.Difference() != Difference(got) {
			t.Errorf("20 tasks are %+v, want %+v", s.Difference(), got)
		}
	}
}

// costs are the ten pairs of V06 to V08.
type costs struct {
	BaseCost   []float64 `json:"base_cost"`
	BaseSolved []float64 `json:"base_solved"`
	CandCost   []float64 `json:"cand_cost"`
	CandSolved []float64 `json:"cand_solved"`
}

func (c costs) pairs() []SwapPair {
	var out []SwapPair
	for i := range c.BaseCost {
		out = append(out, SwapPair{c.CandCost[i], c.CandSolved[i], c.BaseCost[i], c.BaseSolved[i]})
	}
	return out
}

// checkSwap compares a test with an expected map: p_upper_rho1, p_lower_rho1.2,
// ci90_lo, ci90_hi; others are left to the caller.
func checkSwap(t *testing.T, test *SwapTest, want map[string]any) {
	t.Helper()
	interval, ok := test.Interval(0.05)
	for key, value := range want {
		number, isNumber := value.(float64)
		if !isNumber {
			continue
		}
		switch {
		case strings.HasPrefix(key, "p_upper_rho"):
			within(t, key, test.PUpper(rho(t, key)), number, printed)
		case strings.HasPrefix(key, "p_lower_rho"):
			within(t, key, test.PLower(rho(t, key)), number, printed)
		case key == "ci90_lo" && ok:
			withinRelative(t, key, interval.Low, number, 1e-3)
		case key == "ci90_hi" && ok:
			withinRelative(t, key, interval.High, number, 1e-3)
		case strings.HasSuffix(key, "_ratio"):
			got, exists := test.Ratio()
			if !exists {
				t.Errorf("%s does not exist, want %v", key, number)
			}
			withinRelative(t, key, got, number, 1e-7)
		case strings.HasPrefix(key, "ci90"):
			t.Errorf("no interval, want %s = %v", key, number)
		}
	}
}

func rho(t *testing.T, key string) float64 {
	t.Helper()
	r, err := strconv.ParseFloat(key[strings.Index(key, "rho")+3:], 64)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestVectorSwapCostPerSolved(t *testing.T) {
	var in costs
	var want map[string]any
	realparts.Vectors(t)["V06"].Read(t, &in, &want)
	test := NewSwapTest(in.pairs(), 1)
	checkSwap(t, test, want)
	within(t, "G", test.statistic(swap{kept: test.total.C1, s1: test.total.S1}, 1), want["G_rho1"].(float64), 1e-7)
}

func TestVectorSwapTotalCost(t *testing.T) {
	var in costs
	var want map[string]any
	realparts.Vectors(t)["V07"].Read(t, &in, &want)
	checkSwap(t, NewSwapTest(in.pairs(), 1).Totals(), want)
}

func TestVectorSwapZeroSolved(t *testing.T) {
	var in costs
	var want map[string]any
	realparts.Vectors(t)["V08"].Read(t, &in, &want)
	test := NewSwapTest(in.pairs(), 1)
	within(t, "p", test.PUpper(1), want["p_upper_rho1"].(float64), printed)
	if _, ok := test.Ratio(); ok {
		t.Error("a candidate that solved nothing has a ratio")
	}
	if _, ok := test.Interval(0.05); ok {
		t.Error("a candidate that solved nothing has an interval")
	}

	in.BaseSolved = make([]float64, len(in.BaseCost))
	nothing := NewSwapTest(in.pairs(), 1)
	within(t, "p when neither solved", nothing.PUpper(1), want["both_zero_p"].(float64), 0)
}

func TestVectorSwapToolErrors(t *testing.T) {
	var in struct {
		BaseCalls  []float64 `json:"base_calls"`
		BaseErrors []float64 `json:"base_errors"`
		CandCalls  []float64 `json:"cand_calls"`
		CandErrors []float64 `json:"cand_errors"`
	}
	var want map[string]any
	realparts.Vectors(t)["V10"].Read(t, &in, &want)
	var pairs []SwapPair
	for i := range in.BaseCalls {
		pairs = append(pairs, SwapPair{in.CandErrors[i], in.CandCalls[i], in.BaseErrors[i], in.BaseCalls[i]})
	}
	checkSwap(t, NewSwapTest(pairs, 1), want)
}

// The limits of Hodges and Lehmann's interval are where the signed-rank test turns
// from rejecting to not rejecting.
func TestVectorSignedRank(t *testing.T) {
	var in struct {
		Values []float64 `json:"task_log_ratio"`
	}
	var want struct{ Hi, Lo float64 }
	realparts.Vectors(t)["V09"].Read(t, &in, &want)
	test := NewSignedRank(in.Values)
	for _, c := range []struct {
		what  string
		limit float64
		p     func(x float64) float64
		out   float64
	}{{"low", want.Lo, test.PAbove, -1}, {"high", want.Hi, test.PBelow, 1}} {
		limit := math.Log(c.limit)
		beyond, inside := c.p(limit+c.out*1e-6), c.p(limit-c.out*1e-6)
		if !(beyond <= 0.05 && inside > 0.05) {
			t.Errorf("%s: p is %v beyond the limit and %v inside", c.what, beyond, inside)
		}
	}
}

// outcomes are the attempts at each task: [solved, dollars].
type outcomes [][][2]float64

func (o outcomes) run(arm baselines.Arm) *baselines.Run {
	r := &baselines.Run{Header: baselines.Header{Arm: arm, Suite: baselines.Suite{Digest: "sha256:vector"}}}
	for task, attempts := range o {
		id := strconv.Itoa(task)
		r.Header.Suite.Tasks = append(r.Header.Suite.Tasks, baselines.Task{ID: id})
		for i, a := range attempts {
			solved := a[0] == 1
			r.Trials = append(r.Trials, baselines.Trial{
				Seq: len(r.Trials) + 1, Task: id, Attempt: i + 1, Try: 1, Ended: baselines.Finished,
				Solved: &solved, CostUSD: &baselines.CostUSD{Main: a[1]},
			})
		}
	}
	return r
}

// limits are an estimate as the vectors print it.
type limits struct{ Ratio, Delta, Low, High float64 }

func check(t *testing.T, e Estimate, method string, want limits) {
	t.Helper()
	if e.Method != method || e.Low == nil || e.High == nil {
		t.Fatalf("an estimate by %q from %v to %v, want one by %s with limits", e.Method, e.Low, e.High, method)
	}
	if e.Ratio != nil {
		within(t, method+": ratio", *e.Ratio, want.Ratio, printed)
	} else {
		within(t, method+": delta", *e.Delta, want.Delta, printed)
	}
	within(t, method+": low", *e.Low, want.Low, printed)
	within(t, method+": high", *e.High, want.High, printed)
}

func TestVectorWithinTasks(t *testing.T) {
	var in struct{ Candidate, Baseline outcomes }
	var want struct {
		PassRate  limits `json:"pass_rate"`
		PerSolved struct {
			limits
			Candidate, Baseline, DF float64
		} `json:"cost_per_solved"`
		Typical struct {
			limits
			DF float64
		} `json:"typical_cost"`
	}
	realparts.Vectors(t)["V18"].Read(t, &in, &want)
	c := Compare(in.Baseline.run(baselines.Baseline), in.Candidate.run(baselines.Candidate))
	check(t, c.Estimates[PassRate], "within-task", want.PassRate)
	check(t, c.Estimates[CostPerSolved], "within-task", want.PerSolved.limits)
	within(t, "candidate", *c.Estimates[CostPerSolved].Candidate, want.PerSolved.Candidate, printed)
	within(t, "baseline", *c.Estimates[CostPerSolved].Baseline, want.PerSolved.Baseline, printed)
	within(t, "degrees of freedom of cost per solved", c.PerSolved.Within.Freedom, want.PerSolved.DF, printed)
	check(t, c.Estimates[TypicalCost], "within-task", want.Typical.limits)
	within(t, "degrees of freedom of typical cost", c.TypicalCostTest.Freedom, want.Typical.DF, printed)
}

func TestVectorTaskWeights(t *testing.T) {
	var in struct{ Candidate, Baseline outcomes }
	type sides struct{ Candidate, Baseline float64 }
	var want struct {
		PerSolved sides  `json:"cost_per_solved"`
		Total     sides  `json:"total_cost"`
		Typical   limits `json:"typical_cost"`
	}
	realparts.Vectors(t)["V19"].Read(t, &in, &want)
	c := Compare(in.Baseline.run(baselines.Baseline), in.Candidate.run(baselines.Candidate))
	for metric, want := range map[Metric]sides{CostPerSolved: want.PerSolved, TotalCost: want.Total} {
		e := c.Estimates[metric]
		within(t, string(metric)+" of the candidate", *e.Candidate, want.Candidate, printed)
		within(t, string(metric)+" of the baseline", *e.Baseline, want.Baseline, printed)
	}
	check(t, c.Estimates[TypicalCost], "task-t", want.Typical)
	// Of the pairs alone, a task's weighing 1/2 where it has two:
	// (0.3 + (0.9+1.4)/2 + 2.4 + 0.62) / 2.5 over (0.25 + (0.8+1.3)/2 + 1.7 + 0.55) / 3.5.
	within(t, "ratio", *c.Estimates[CostPerSolved].Ratio, (4.47/2.5)/(3.55/3.5), printed)
	within(t, "ratio of totals", *c.Estimates[TotalCost].Ratio, 4.47/3.55, printed)
}

func TestVectorInfraSensitivity(t *testing.T) {
	var want struct{ Best, Excluded, Worst float64 }
	realparts.Vectors(t)["V17"].Read(t, nil, &want)
	got := SensitivityOf([]Attempts{{Solved: 3, Wrong: 1, Infra: 1}, {Solved: 1, Wrong: 2, Infra: 2}})
	within(t, "excluded", got.Excluded, want.Excluded, printed)
	within(t, "worst", got.Worst, want.Worst, 1e-9)
	within(t, "best", got.Best, want.Best, 1e-9)
}
