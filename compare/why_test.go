package compare_test

import (
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// quickstart reads the two runs of examples/quickstart, 18 trials each.
func quickstart() (baseline, candidate *baselines.Run) {
	read := func(arm string) *baselines.Run {
		r, err := baselines.ReadFile(filepath.Join("..", "docs", "testdata", "quickstart-"+arm+".jsonl"))
		if err != nil {
			panic(err)
		}
		return r
	}
	return read("baseline"), read("candidate")
}

// The numbers were computed before, by another program in another language, from
// the same files. Their headers have no rates: prices are fitted.
func TestWhyTheQuickstartsBillMoved(t *testing.T) {
	c := compare.Compare(quickstart())
	w := c.Why
	near := func(what string, got *float64, want float64) {
		t.Helper()
		if got == nil || math.Abs(*got-want) > 5e-5 {
			t.Errorf("%s is %v, want %v", what, show(got), want)
		}
	}
	near("cost of a trial, baseline", &w.TrialUSD.Baseline, 0.2105)
	near("cost of a trial, candidate", &w.TrialUSD.Candidate, 0.1782)
	near("factor of a trial", w.Factors.CostPerTrial, 0.8465)
	near("factor of solved", w.Factors.Solved, 0.5882)
	near("requests, baseline", &w.RequestsPerTrial.Baseline, 8)
	near("requests, candidate", &w.RequestsPerTrial.Candidate, 3.8889)
	near("prices", w.PerTrial.Price, 0.1064)
	near("requests", &w.PerTrial.Requests, -0.1477)
	near("cache write", w.PerTrial.CacheWrite, 0.0160)
	near("cache read", w.PerTrial.CacheRead, -0.0055)
	near("output", w.PerTrial.Output, -0.0015)
	near("input", w.PerTrial.Input, 0)
	near("other", &w.PerTrial.Other, 0)
	near("price ratio", w.PriceRatio, 1.6667)
	near("ratio at equal prices", w.RatioAtEqualPrices, 0.8634)
	near("unsolved share, baseline", &w.UnsolvedShare.Baseline, 0.1238)
	near("unsolved share, candidate", &w.UnsolvedShare.Candidate, 0.6522)
	near("break-even", w.BreakEven.USD, 0.0831)
	if w.BreakEven.Cheaper != compare.CheaperBelow {
		t.Errorf("cheaper is %s", w.BreakEven.Cheaper)
	}
	if sum, change := w.PerTrial.Sum(), w.TrialUSD.Candidate-w.TrialUSD.Baseline; math.Abs(sum-change) > 1e-12 {
		t.Errorf("the parts add up to %v, and a trial's cost changed by %v", sum, change)
	}
	without := map[string]float64{"lru-cache": 1.17, "cancel-worker-pool": 1.30, "rate-limiter": 1.33}
	for _, task := range c.Tasks {
		if want, named := without[task.ID]; named && (task.PerSolvedWithout == nil || math.Abs(*task.PerSolvedWithout-want) > 0.005) {
			t.Errorf("without %s the ratio is %v, want %v", task.ID, show(task.PerSolvedWithout), want)
		}
	}
	// All 2¹⁸ exchanges give 0.0395 to 0.1757; here 9,999 were drawn.
	if b := w.BreakEven; b.Low == nil || math.Abs(*b.Low-0.0395) > 0.002 || b.High == nil || math.Abs(*b.High-0.1757) > 0.005 || b.Level != compare.Level {
		t.Errorf("break-even from %v to %v at %v, want 0.0395 to 0.1757", show(b.Low), show(b.High), b.Level)
	}
}

// Rates in the headers give what the fit found.
func TestRatesOfTheHeaderGiveTheSameSplit(t *testing.T) {
	baseline, candidate := quickstart()
	fitted := compare.Compare(baseline, candidate).Why
	baseline.Header.Prices.Rates = map[string]baselines.Rates{"model-a": {Input: 3, Output: 15, CacheWrite5m: 3.75, CacheWrite1h: 6, CacheRead: 0.3}}
	candidate.Header.Prices.Rates = map[string]baselines.Rates{"model-b": {Input: 5, Output: 25, CacheWrite5m: 6.25, CacheWrite1h: 10, CacheRead: 0.5}}
	known := compare.Compare(baseline, candidate).Why
	if diff := cmp.Diff(fitted, known, cmpopts.EquateApprox(1e-6, 1e-9)); diff != "" {
		t.Errorf("why (-fitted +known):\n%s", diff)
	}
}

// drawPriced makes two runs with all that a bill can have: two models, every kind
// of token, housekeeping, requests that were cut off, unequal attempts, tasks that
// one side lacks. Which of it is there depends on the seed.
func drawPriced(seed uint64) (baseline, candidate *baselines.Run) {
	random := rand.New(rand.NewPCG(seed, 7))
	tasks := 1 + random.IntN(8)
	lists := map[string]baselines.Rates{
		"big":   {Input: 3, Output: 15, CacheWrite5m: 3.75, CacheWrite1h: 6, CacheRead: 0.3},
		"small": {Input: 1, Output: 5, CacheWrite5m: 1.25, CacheWrite1h: 2, CacheRead: 0.1},
	}
	draw := func(arm baselines.Arm, dearer float64) *baselines.Run {
		r := emptyRun(arm, tasks)
		r.Header.Variant.Model = "big"
		if seed%3 > 0 {
			r.Header.Prices.Rates = map[string]baselines.Rates{}
			for name, list := range lists {
				r.Header.Prices.Rates[name] = baselines.Rates{Input: dearer * list.Input, Output: dearer * list.Output, CacheWrite5m: dearer * list.CacheWrite5m, CacheWrite1h: dearer * list.CacheWrite1h, CacheRead: dearer * list.CacheRead}
			}
		}
		chance := random.Float64()
		for task := range tasks {
			for number := range random.IntN(5) + min(1, task) {
				a := attempt(r, task, number+1, baselines.Finished, random.Float64() < chance, 0)
				a.Models = map[string]baselines.Model{}
				for name, list := range lists {
					if name == "small" && seed%2 == 0 {
						continue
					}
					tokens := baselines.Tokens{Input: random.Int64N(1e3), Output: random.Int64N(1e4), CacheRead: random.Int64N(1e6), CacheWrite5m: random.Int64N(1e5)}
					if seed%5 == 0 {
						tokens.CacheWrite1h = random.Int64N(1e5)
					}
					usd := dearer * list.USD(tokens)
					if seed%7 == 0 {
						usd *= 1.05 // a tier that the header does not have
					}
					a.Models[name] = baselines.Model{Role: baselines.RoleMain, Requests: 1 + random.IntN(9), Tokens: tokens, CostUSD: &usd}
					a.CostUSD.Main += usd
				}
				cheap := 0.01
				a.Models["housekeeper"] = baselines.Model{Role: baselines.RoleAuxiliary, Requests: 3, Tokens: baselines.Tokens{Input: 500}, CostUSD: &cheap}
				a.CostUSD.Auxiliary = cheap
				if seed%4 == 0 {
					a.CostUSD.Unfinished = random.Float64() / 50
				}
			}
		}
		return r
	}
	return draw(baselines.Baseline, 1), draw(baselines.Candidate, 0.5+random.Float64())
}

// Whatever the runs, the parts add up to the change in a trial's cost, the factors
// make the printed ratio, and exchanging the runs turns all of it round.
func TestThePartsOfABillAddUp(t *testing.T) {
	kinds := make(map[string]int)
	for seed := range uint64(400) {
		baseline, candidate := drawPriced(seed)
		c := compare.Compare(baseline, candidate)
		w, back := c.Why, compare.Compare(candidate, baseline).Why
		if w == nil {
			kinds["none"]++
			continue
		}
		if w.PerTrial != nil {
			sum, change := w.PerTrial.Sum(), w.TrialUSD.Candidate-w.TrialUSD.Baseline
			if math.Abs(sum-change) > 1e-8*(w.TrialUSD.Candidate+w.TrialUSD.Baseline) {
				t.Errorf("gate %d: the parts add up to %v, a trial's cost changed by %v", seed, sum, change)
			}
			kinds[map[bool]string{true: "by token", false: "by request"}[w.PerTrial.Price != nil]]++
			if w.PerTrial.Other != 0 {
				kinds["other"]++
			}
			if diff := cmp.Diff(negative(*w.PerTrial), *back.PerTrial, cmpopts.EquateApprox(1e-6, 1e-9)); diff != "" {
				t.Errorf("gate %d: exchanged runs have other parts (-turned +exchanged):\n%s", seed, diff)
			}
		}
		if r := w.RatioAtEqualPrices; r != nil && !(*r > 0) {
			t.Errorf("gate %d: the ratio at equal prices is ×%v, where a side solved nothing", seed, *r)
		}
		if ratio := c.Estimates[compare.CostPerSolved].Ratio; ratio != nil {
			kinds["ratio by "+c.Estimates[compare.CostPerSolved].Method]++
			if got := *w.Factors.CostPerTrial / *w.Factors.Solved; math.Abs(got-*ratio) > 1e-9**ratio {
				t.Errorf("gate %d: the factors make %v, the printed ratio is %v", seed, got, *ratio)
			}
			if p := w.PriceRatio; p != nil && w.PerTrial != nil && w.PerTrial.Other == 0 && math.Abs(*p**w.RatioAtEqualPrices-*ratio) > 1e-9**ratio {
				t.Errorf("gate %d: ×%v of prices and ×%v at equal ones, and the ratio is ×%v", seed, *p, *w.RatioAtEqualPrices, *ratio)
			}
		}
		checkBreakEven(t, seed, w, back)
		kinds["cheaper: "+string(w.BreakEven.Cheaper)]++
	}
	t.Log(kinds)
	for _, kind := range []string{
		"none", "by token", "by request", "other", "ratio by swap", "ratio by within-task",
		"cheaper: candidate_below", "cheaper: candidate_above", "cheaper: candidate", "cheaper: baseline",
	} {
		if kinds[kind] == 0 {
			t.Errorf("no comparison drawn is %q", kind)
		}
	}
}

func negative(p compare.PerTrial) compare.PerTrial {
	turn := func(x *float64) *float64 {
		if x == nil {
			return nil
		}
		turned := -*x
		return &turned
	}
	return compare.PerTrial{
		Price: turn(p.Price), Requests: -p.Requests, PerRequest: turn(p.PerRequest), Other: -p.Other,
		CacheWrite: turn(p.CacheWrite), CacheRead: turn(p.CacheRead), Output: turn(p.Output), Input: turn(p.Input),
	}
}

// At the break-even price both sides come to the same; its limits enclose it, and
// are those of the exchanged runs.
func checkBreakEven(t *testing.T, seed uint64, w, back *compare.Why) {
	t.Helper()
	b := w.BreakEven
	if b.USD == nil {
		return
	}
	if !(*b.USD > 0) || b.Low != nil && *b.Low > *b.USD || b.High != nil && *b.High < *b.USD {
		t.Errorf("gate %d: break-even %v is not inside %v to %v", seed, *b.USD, show(b.Low), show(b.High))
	}
	want := back.BreakEven
	want.Cheaper = map[compare.Cheaper]compare.Cheaper{compare.CheaperAbove: compare.CheaperBelow, compare.CheaperBelow: compare.CheaperAbove}[want.Cheaper]
	if diff := cmp.Diff(b, want, cmpopts.EquateApprox(1e-6, 1e-9)); diff != "" {
		t.Errorf("gate %d: break-even of exchanged runs (-there +back):\n%s", seed, diff)
	}
}

// Where trials say what each kind of token cost, the parts are exact whatever made a
// price: of two sides that used the same tokens, one in the batch tier and with
// searches, price and server tools are all that moved, and nothing is left for other
// but what was estimated. Lists do not tell this, and fits find no prices in it.
func TestDollarsByKindMakeTheSplitExact(t *testing.T) {
	list := baselines.Rates{Input: 5, Output: 25, CacheWrite5m: 6.25, CacheWrite1h: 10, CacheRead: 0.5}
	random := rand.New(rand.NewPCG(5, 5))
	run := func(arm baselines.Arm, factor, searches float64) *baselines.Run {
		r := emptyRun(arm, 3)
		r.Header.Variant.Model = "big"
		r.Header.Prices.Rates = map[string]baselines.Rates{"big": list}
		for n := range 9 {
			a := attempt(r, n%3, 1+n/3, baselines.Finished, n%2 == 0, 0)
			tokens := baselines.Tokens{Input: 100, Output: 1000 + int64(100*n), CacheRead: 1e5, CacheWrite5m: 1e4}
			kinds := baselines.KindUSD{WebSearch: searches, Estimated: 0.01}
			usual := list.ByKind(tokens)
			usual.Output *= factor * (1 + random.Float64()/10) // some requests in one tier, some in another
			kinds = kinds.Add(usual)
			usd := kinds.Total() - kinds.Estimated
			a.CostUSD.Main, a.CostUSD.Unfinished = usd, kinds.Estimated
			a.USDByKind = &baselines.USDByKind{Compared: kinds, Auxiliary: &baselines.KindUSD{Input: 3}}
			a.Models = map[string]baselines.Model{"big": {Role: baselines.RoleMain, Requests: 5, Tokens: tokens, CostUSD: &usd}}
		}
		return r
	}
	w := compare.Compare(run(baselines.Baseline, 1, 0), run(baselines.Candidate, 0.5, 0.02)).Why
	p := w.PerTrial
	change := w.TrialUSD.Candidate - w.TrialUSD.Baseline
	if p.Price == nil || p.ServerTools == nil || math.Abs(*p.ServerTools-0.02) > 1e-9 || p.Other != 0 {
		t.Fatalf("price %v, server tools %v, other %v", show(p.Price), show(p.ServerTools), p.Other)
	}
	if math.Abs(*p.Price-(change-0.02)) > 1e-9 || math.Abs(p.Sum()-change) > 1e-9 {
		t.Errorf("price moved %v, the sum is %v, want %v in all", *p.Price, p.Sum(), change)
	}
}
