package compare

import (
	"math"

	"github.com/benchgate/benchgate/baselines"
)

// Why says what moved the cost per solved task, in parts that add up or multiply to
// the printed numbers: they are of the same attempts, with each task weighing the
// same. What does not exist or is not known is nil.
type Why struct {
	Factors Factors `json:"factors"`

	// TrialUSD is what a trial cost on average, in US dollars, and
	// RequestsPerTrial how many requests it made.
	TrialUSD         Arms  `json:"trial_usd"`
	RequestsPerTrial *Arms `json:"requests_per_trial,omitempty"`

	// PerTrial splits the change of TrialUSD. Nil where an attempt's requests are
	// not known.
	PerTrial *PerTrial `json:"per_trial_usd,omitempty"`

	// PriceRatio is what the candidate's tokens cost over what they would have
	// cost at the baseline's prices, and RatioAtEqualPrices the ratio of costs per
	// solved task had they cost that. Above 0. RatioAtEqualPrices is nil where a
	// side solved nothing, both where tokens have no known prices.
	PriceRatio         *float64 `json:"price_ratio,omitempty"`
	RatioAtEqualPrices *float64 `json:"ratio_at_equal_prices,omitempty"`

	// UnsolvedShare is the share of the dollars that went into attempts that
	// solved nothing, 0 to 1. Nil where a side cost nothing.
	UnsolvedShare *Arms `json:"unsolved_share,omitempty"`

	BreakEven BreakEven `json:"break_even"`
}

// Arms are a number of both sides.
type Arms struct {
	Baseline  float64 `json:"baseline"`
	Candidate float64 `json:"candidate"`
}

// Factors are candidate over baseline. Cost per solved task is what a trial costs
// over the share of trials that are solved, so its ratio is CostPerTrial/Solved.
// Solved is 0 where the candidate solved nothing. Nil where the baseline cost, or
// solved, nothing.
type Factors struct {
	CostPerTrial *float64 `json:"cost_per_trial,omitempty"`
	Solved       *float64 `json:"solved,omitempty"`
}

// PerTrial is the change in a trial's mean cost, candidate minus baseline, in US
// dollars, split by [Shapley]: the parts add up to it. A trial costs requests ×
// Σ (tokens a request × price of a token) + ServerTools + Other. A kind's price is what its
// tokens cost on average, also for large prompts, in other tiers and at other speeds.
//
// Where the prices of tokens are not known, a trial costs requests × cost of a
// request: then there are Requests, PerRequest and Other alone.
type PerTrial struct {
	Price      *float64 `json:"price,omitempty"`       // of all kinds of token together
	Requests   float64  `json:"requests"`              // their number
	PerRequest *float64 `json:"per_request,omitempty"` // what a request costs, where that is all that is known
	CacheWrite *float64 `json:"cache_write,omitempty"` // tokens a request, for five minutes and an hour; so the next three
	CacheRead  *float64 `json:"cache_read,omitempty"`
	Output     *float64 `json:"output,omitempty"`
	Input      *float64 `json:"input,omitempty"`

	// ServerTools are web searches and other tools of the model's server; nil where
	// there were none, or runs do not say what they cost.
	ServerTools *float64 `json:"server_tools,omitempty"`

	// Other is what nothing above explains: the estimate for requests that were cut
	// off; of attempts without USDByKind also server tools, and what a large prompt, a
	// tier, a speed, a place or the prices of another day made dearer or cheaper,
	// which Price has otherwise.
	Other float64 `json:"other"`
}

// Sum is the change that the parts add up to.
func (p PerTrial) Sum() float64 {
	sum := p.Requests + p.Other
	for _, part := range []*float64{p.Price, p.PerRequest, p.CacheWrite, p.CacheRead, p.Output, p.Input, p.ServerTools} {
		if part != nil {
			sum += *part
		}
	}
	return sum
}

// whyOf compares the mean trials of the attempts that the printed cost per solved
// task rests on. Nil where no task has an attempt of known cost on both sides.
func (c *Comparison) whyOf(tasks []matchedTask, baseline, candidate baselines.Header) *Why {
	compared := comparedTasks(tasks, c.PerSolved)
	if len(compared) == 0 {
		return nil
	}
	before := meanTrialOf(compared, func(t comparedTask) []*baselines.Trial { return t.baseline }, baseline)
	after := meanTrialOf(compared, func(t comparedTask) []*baselines.Trial { return t.candidate }, candidate)
	before, after = samePrices(before, after)
	w := &Why{
		Factors:  Factors{CostPerTrial: finite(after.usd / before.usd), Solved: finite(after.solved / before.solved)},
		TrialUSD: Arms{before.usd, after.usd},
	}
	if before.requests > 0 && after.requests > 0 {
		w.RequestsPerTrial = &Arms{before.requests, after.requests}
		w.PerTrial = splitTrial(before, after)
	}
	if before.byToken && after.byToken {
		equal := after.tokens.times(before.price).sum()
		w.PriceRatio = finite(after.spent.sum() / equal)
		if before.solved > 0 {
			w.RatioAtEqualPrices = finite((equal + after.tools + after.other()) / after.solved * before.solved / before.usd)
		}
	}
	if before.usd > 0 && after.usd > 0 {
		w.UnsolvedShare = &Arms{before.unsolvedUSD / before.usd, after.unsolvedUSD / after.usd}
	}
	n := float64(len(compared)) // the test's sums are over tasks
	w.BreakEven = c.CostPerSolvedTest.breakEven(n*(after.usd-before.usd), n*(before.solved-after.solved))
	if paired := comparedTasks(tasks, ofPairs); len(paired) < len(compared) {
		w.BreakEven.Low, w.BreakEven.High, w.BreakEven.Level = nil, nil, 0
	}
	return w
}

// samePrices gives a kind of token that one side did not use, and whose price is
// not known there, the other side's price: then it is no change of prices.
func samePrices(a, b meanTrial) (meanTrial, meanTrial) {
	for kind := range kinds {
		switch {
		case a.price[kind] == 0 && a.tokens[kind] == 0:
			a.price[kind] = b.price[kind]
		case b.price[kind] == 0 && b.tokens[kind] == 0:
			b.price[kind] = a.price[kind]
		}
	}
	return a, b
}

// splitTrial splits the change in a trial's cost, by kind of token where both
// sides have prices, else by request.
func splitTrial(before, after meanTrial) *PerTrial {
	if !before.byToken || !after.byToken {
		return splitByRequest(before, after)
	}
	const price, requests, tokens = 0, 1, 2 // the factors; of tokens there is one a kind
	parts := Shapley(tokens+kinds, func(changed uint) float64 {
		side := func(factor int) meanTrial {
			if changed&(1<<factor) != 0 {
				return after
			}
			return before
		}
		usd := 0.0
		for kind := range kinds {
			used := side(tokens + kind)
			usd += used.tokens[kind] / used.requests * side(price).price[kind]
		}
		return side(requests).requests * usd
	})
	kind := parts[tokens:]
	var tools *float64
	if before.tools > 0 || after.tools > 0 {
		tools = finite(after.tools - before.tools)
	}
	return &PerTrial{
		Price: &parts[price], Requests: parts[requests],
		Input: &kind[0], Output: &kind[1], CacheRead: &kind[2], CacheWrite: finite(kind[3] + kind[4]),
		ServerTools: tools, Other: withoutNoise(after.other()-before.other(), after.usd+before.usd),
	}
}

func splitByRequest(before, after meanTrial) *PerTrial {
	each := func(m meanTrial) float64 { return (m.usd - m.unfinished) / m.requests }
	parts := Shapley(2, func(changed uint) float64 {
		n, usd := before.requests, each(before)
		if changed&1 != 0 {
			n = after.requests
		}
		if changed&2 != 0 {
			usd = each(after)
		}
		return n * usd
	})
	return &PerTrial{Requests: parts[0], PerRequest: &parts[1], Other: after.unfinished - before.unfinished}
}

// withoutNoise is 0 where a difference is only what rounding left of sums of that
// size.
func withoutNoise(difference, of float64) float64 {
	if math.Abs(difference) <= 1e-9*of {
		return 0
	}
	return difference
}

// withoutEach fills in [Task.PerSolvedWithout].
func (c *Comparison) withoutEach(tasks []matchedTask) {
	compared := comparedTasks(tasks, c.PerSolved)
	rows := make(map[string]*Task)
	for i := range c.Tasks {
		rows[c.Tasks[i].ID] = &c.Tasks[i]
	}
	var after, before bill
	for _, t := range compared {
		after, before = after.plus(meanBill(billsOfTrials(t.candidate))), before.plus(meanBill(billsOfTrials(t.baseline)))
	}
	for _, t := range compared {
		candidate, baseline := after.without(meanBill(billsOfTrials(t.candidate))), before.without(meanBill(billsOfTrials(t.baseline)))
		if up, down := candidate.cost*baseline.bought, baseline.cost*candidate.bought; up > 0 && down > 0 {
			rows[t.id].PerSolvedWithout = finite(up / down)
		}
	}
}

func (b bill) without(c bill) bill { return bill{rest(b.cost, c.cost), rest(b.bought, c.bought)} }

func billsOfTrials(trials []*baselines.Trial) []bill {
	out := make([]bill, len(trials))
	for i, t := range trials {
		out[i], _ = billOf(t, CostOf, solvedOf)
	}
	return out
}
