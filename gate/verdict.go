package gate

import (
	"encoding/json"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// SchemaV1 names the verdict document's format.
const SchemaV1 = "benchgate.verdict/v1"

// Outcome is the gate's answer. The zero value is not a pass.
type Outcome string

// The outcomes. The empty string means [NotMeasured] too.
const (
	NotMeasured  Outcome = "not_measured"
	Pass         Outcome = "pass"
	Regression   Outcome = "regression"
	Inconclusive Outcome = "inconclusive"
	Incomparable Outcome = "incomparable"
)

// ExitCode is the command line's exit code for the outcome: 0 pass, 1
// regression, 3 inconclusive, 4 incomparable, 5 not measured. (2 is for usage,
// configuration and suite errors, which have no outcome.)
func (o Outcome) ExitCode() int {
	switch o {
	case Pass:
		return 0
	case Regression:
		return 1
	case Inconclusive:
		return 3
	case Incomparable:
		return 4
	default:
		return 5
	}
}

// Verdict is the document every report is made from (benchgate.verdict/v1).
type Verdict struct {
	Schema   string  `json:"schema"`
	Outcome  Outcome `json:"verdict"`
	ExitCode int     `json:"exit_code"`

	// The sentences of the document. The gate leaves them empty: whoever
	// makes reports fills them from the findings below.
	Headline string   `json:"headline"` // one sentence: what decided, then cost per solved task
	Reasons  []string `json:"reasons"`
	Warnings []string `json:"warnings"`

	Mode Mode `json:"mode"` // informed, strict or fixed; as asked for when nothing was compared

	Baseline  baselines.Header `json:"baseline"`
	Candidate baselines.Header `json:"candidate"`

	TrialsPlanned int `json:"trials_planned"` // of the candidate
	TrialsUsed    int `json:"trials_used"`    // of the candidate, in the statistics

	// Dollars of the whole command's candidate arm; absent when some trial's
	// money is unknown.
	USDUsed  *float64 `json:"usd_used,omitempty"`
	USDSaved *float64 `json:"usd_saved,omitempty"` // expected, by stopping early

	// StoppedEarly tells that the verdict stood before the plan was through.
	StoppedEarly bool `json:"stopped_early,omitempty"`

	// Once tells that the data were read once only; otherwise the gate looked
	// several times and asks for more than chance explains at one look.
	Once bool `json:"once,omitempty"`

	Findings    []Finding              `json:"findings,omitempty"`    // one a gated metric; none when nothing was measured
	Held        []compare.Fact         `json:"held,omitempty"`        // what keeps the whole verdict from an answer
	Differences []baselines.Difference `json:"differences,omitempty"` // what makes the runs incomparable
	Settle      *Settle                `json:"settle,omitempty"`      // of an inconclusive verdict
	Caveats     []compare.Fact         `json:"caveats,omitempty"`     // what a reader should be warned of

	Evidence map[compare.Metric]Evidence `json:"evidence,omitempty"`

	// Confirm is what live pairs say to a regression that costs alone make
	// against a stored baseline; nil for every other verdict. The gate itself
	// leaves it [Unconfirmed], which asks for the pairs; [Confirm] takes them.
	Confirm *Confirmation `json:"confirm,omitempty"`

	// Workers is what the model API's rate limits did to the number of trials at
	// once; nil when it refused none. The gate leaves it nil: who runs the trials
	// fills it in.
	Workers *baselines.Workers `json:"workers,omitempty"`

	// Why is what moved the cost per solved task. Nil where nothing was measured
	// or costs are not known well enough to be judged.
	Why *compare.Why `json:"why,omitempty"`

	// Integrity is what may make the candidate's pass rate say something else
	// than what it can do. Nil where nothing was measured.
	Integrity *Integrity `json:"integrity,omitempty"`

	Metrics map[compare.Metric]Metric `json:"metrics"`
	Tasks   []TaskRow                 `json:"tasks"`
}

// Evidence is how far a gated metric's two sequential tests have come. A test
// has its answer when its evidence reaches the threshold beside it and the estimate
// agrees. In informed mode these are Bayes factors and e-values, in strict mode
// lost pairs and a z score; a threshold of zero is one that this look does not
// have.
//
// Cost per solved task has one test, for a regression: its p value and the level
// that it must not be above. Its document has these two alone, that of the
// others the first four.
type Evidence struct {
	Fail   float64 `json:"fail"`
	Pass   float64 `json:"pass"`
	FailAt float64 `json:"fail_at"`
	PassAt float64 `json:"pass_at"`

	P   float64 `json:"p,omitempty"`
	PAt float64 `json:"p_at,omitempty"` // 0: the metric has no p value
}

// MarshalJSON writes the numbers that this metric's evidence has.
func (e Evidence) MarshalJSON() ([]byte, error) {
	type all Evidence
	if e.PAt == 0 {
		return json.Marshal(all(e))
	}
	return json.Marshal(struct {
		P   float64 `json:"p"`
		PAt float64 `json:"p_at"`
	}{e.P, e.PAt})
}

// Status is what one metric says.
type Status string

// The statuses.
const (
	Better            Status = "better"
	NoWorse           Status = "no_worse"
	Worse             Status = "worse"
	Unclear           Status = "unclear"
	StatusNotMeasured Status = "not_measured"
)

// Metric is one compared number: pass_rate and cache_utilization carry Delta
// (candidate minus baseline), everything else Ratio (candidate over baseline),
// and Low to High is the interval of that one. They are absent where no
// interval exists. For time, tokens, requests, calls and lines the two values
// are totals over the matched attempts and Ratio is a typical task's, so
// Ratio is not their quotient.
type Metric struct {
	Unit      string   `json:"unit"` // usd, fraction, errors_per_call, seconds, tokens, count, lines
	Baseline  *float64 `json:"baseline,omitempty"`
	Candidate *float64 `json:"candidate,omitempty"`
	Delta     *float64 `json:"delta,omitempty"`
	Ratio     *float64 `json:"ratio,omitempty"`
	Low       *float64 `json:"low,omitempty"`
	High      *float64 `json:"high,omitempty"`
	Level     float64  `json:"level,omitempty"` // two-sided confidence level of Low..High
	Method    string   `json:"method,omitempty"`
	PValue    *float64 `json:"p_value,omitempty"` // one-sided, "candidate is worse"
	Margin    *float64 `json:"margin,omitempty"`
	Gated     bool     `json:"gated"`
	Status    Status   `json:"status"`

	Notes []compare.Fact `json:"notes,omitempty"` // what a reader of these numbers must know
	Note  string         `json:"note,omitempty"`  // the same in words; empty as the gate leaves it
}

// TaskRow is one task on both sides.
type TaskRow struct {
	ID        string   `json:"id"`
	Tier      string   `json:"tier"`
	Baseline  TaskSide `json:"baseline"`
	Candidate TaskSide `json:"candidate"`

	// Flip is "lost" when the baseline always solved the task and the
	// candidate never, "won" the other way round, else empty.
	Flip compare.Flip `json:"flip,omitempty"`

	// ShareOfChange is the task's part of the change in total dollars, -1 to
	// 1; absent when costs are unknown.
	ShareOfChange *float64 `json:"share_of_change,omitempty"`

	// PerSolvedWithout is the ratio of costs per solved task, candidate over
	// baseline, without this task; absent where the others have none.
	PerSolvedWithout *float64 `json:"cost_per_solved_without,omitempty"`
}

// TaskSide is one task on one side. CostUSD is the sum over its attempts, in
// US dollars; absent when some attempt's money is unknown. Seconds is the sum of
// how long they took with set-up and tests; absent when no time is recorded.
type TaskSide struct {
	Solved   int                     `json:"solved"`
	Attempts int                     `json:"attempts"`
	CostUSD  *float64                `json:"cost_usd,omitempty"`
	Seconds  float64                 `json:"seconds,omitempty"`
	Ended    map[baselines.Ended]int `json:"ended"`
}
