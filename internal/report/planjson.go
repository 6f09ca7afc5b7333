package report

import (
	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
)

// PlanSchemaV1 names the format of a plan as JSON.
const PlanSchemaV1 = "benchgate.plan/v1"

// planDocument is a plan as JSON: the numbers of its text, unrounded. What is not
// known is absent.
type planDocument struct {
	Schema string `json:"schema"`
	Suite  string `json:"suite"`
	Tasks  int    `json:"tasks"`

	Alone    baselines.Arm `json:"alone,omitempty"` // the arm that is measured by itself; absent: both, with a gate
	Attempts int           `json:"attempts"`        // of each task and arm
	Mode     gate.Mode     `json:"mode,omitempty"`
	Margins  *planMargins  `json:"margins,omitempty"`

	Baseline *planBaseline `json:"baseline,omitempty"`
	Trials   planTrials    `json:"trials"`
	USD      planUSD       `json:"usd"`
	Tokens   int           `json:"tokens_per_trial_limit,omitempty"`
	Requests int           `json:"requests_limit,omitempty"` // of the whole command
	Minutes  float64       `json:"minutes_limit,omitempty"`  // of the whole command
	Workers  int           `json:"workers"`                  // 0: as many as the engine has room for
	Seconds  *planSeconds  `json:"seconds,omitempty"`

	// SmallestDrop is the smallest drop of the pass rate, 0 to 1, that is found four
	// times in five: as planned, and with one more attempt a task.
	SmallestDrop *planDrop `json:"smallest_drop,omitempty"`

	Odds         map[string]planOdds `json:"odds,omitempty"` // "unchanged", "at_margin"
	Prices       []ModelPrice        `json:"prices"`
	Warnings     []string            `json:"warnings"`
	Incomparable string              `json:"incomparable,omitempty"`
	Order        []planAttempt       `json:"order,omitempty"` // of the trials, where it was asked for
	Cache        *Cache              `json:"cache,omitempty"`
}

// planMargins are those of the gate; a cost that is not gated is absent.
type planMargins struct {
	PassRateMaxDrop       float64 `json:"pass_rate_max_drop"`
	TypicalCostMaxRatio   float64 `json:"typical_cost_max_ratio,omitempty"`
	CostPerSolvedMaxRatio float64 `json:"cost_per_solved_max_ratio,omitempty"`
}

type planBaseline struct {
	From string `json:"from"`         // "stored" or "live"
	ID   string `json:"id,omitempty"` // of the stored run
}

type planTrials struct {
	Planned int `json:"planned"`           // at most: of the candidate, or of the one arm
	Live    int `json:"baseline"`          // at most: of a baseline that is measured live
	Pairs   int `json:"confirm,omitempty"` // more, where costs alone make a regression
}

type planUSD struct {
	Expected *float64 `json:"unchanged,omitempty"` // if nothing changed
	Worst    *float64 `json:"at_most,omitempty"`   // live pairs included
	Pairs    *float64 `json:"confirm,omitempty"`   // of the live pairs, when they are asked for
	Limit    *float64 `json:"limit,omitempty"`     // of the whole command
}

type planSeconds struct {
	Expected float64 `json:"unchanged"`
	Worst    float64 `json:"at_most"`
}

type planDrop struct {
	Planned     float64 `json:"planned"`
	WithOneMore float64 `json:"with_one_more_attempt"`
}

// planOdds are shares from 0 to 1, and means of what it takes.
type planOdds struct {
	Pass         float64  `json:"pass"`
	Regression   float64  `json:"regression"`
	Inconclusive float64  `json:"inconclusive"`
	Confirm      float64  `json:"confirm"` // share that asks for live pairs
	Trials       float64  `json:"trials"`
	USD          *float64 `json:"usd,omitempty"`
}

type planAttempt struct {
	Task    string `json:"task"`
	Attempt int    `json:"attempt"`
}

func (p Planned) document() planDocument {
	f := p.Forecast
	d := planDocument{
		Schema: PlanSchemaV1, Suite: p.Suite, Tasks: p.Tasks, Alone: p.Alone, Attempts: p.Policy.Attempts,
		Trials: planTrials{Planned: f.Trials}, USD: planUSD{Limit: p.LimitUSD}, Tokens: p.LimitTokens, Requests: p.LimitRequests, Minutes: p.LimitMinutes, Workers: p.Workers,
		Prices: append([]ModelPrice{}, p.Prices...), Warnings: append([]string{}, p.Warnings...), Incomparable: p.Incomparable,
	}
	if p.Cache.Key != "" {
		d.Cache = &p.Cache
	}
	for _, k := range p.Order {
		d.Order = append(d.Order, planAttempt{k.Task, k.Attempt})
	}
	if p.Alone != "" {
		d.USD.Expected, d.USD.Worst = f.WorstUSD, f.WorstUSD
		if p.Stored != "" {
			d.Baseline = &planBaseline{From: "stored", ID: p.Stored}
		}
		return d
	}
	d.Mode = f.Mode
	d.Margins = &planMargins{p.Policy.PassRateMaxDrop, p.Policy.TypicalCostMaxRatio, p.Policy.CostPerSolvedMaxRatio}
	d.Baseline = &planBaseline{From: "stored", ID: p.Stored}
	if p.Stored == "" {
		d.Baseline.From, d.Trials.Live = "live", f.Trials
	}
	d.Trials.Pairs = f.LiveTrials
	d.USD.Expected, d.USD.Worst, d.USD.Pairs = f.Unchanged.USD, p.worstUSD(), f.LiveUSD
	if expected, worst := p.seconds(); worst != nil {
		d.Seconds = &planSeconds{*expected, *worst}
	}
	d.SmallestDrop = &planDrop{f.SmallestDrop, f.WithOneMore}
	d.Odds = map[string]planOdds{"unchanged": oddsOf(f.Unchanged), "at_margin": oddsOf(f.AtMargin)}
	return d
}

func oddsOf(o gate.Odds) planOdds {
	return planOdds{o.Pass, o.Regression, o.Inconclusive, o.Confirm, o.Trials, o.USD}
}
