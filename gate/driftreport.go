package gate

import (
	"time"

	"github.com/benchgate/benchgate/baselines"
)

// DriftSchemaV1 names the format of a [DriftReport] in JSON.
const DriftSchemaV1 = "benchgate.drift/v1"

// DriftReport is what a series of nights says. Headline is empty until package
// report has filled it in.
type DriftReport struct {
	Schema   string     `json:"schema"`
	State    DriftState `json:"state"`
	ExitCode int        `json:"exit_code"`
	Headline string     `json:"headline"`

	Suite   string            `json:"suite"`
	Variant baselines.Variant `json:"variant"` // the newest night's
	Tasks   int               `json:"tasks"`

	// LearningNights is how many of the oldest nights say how it was. The others are
	// watched.
	LearningNights int          `json:"learning_nights"`
	Nights         []DriftNight `json:"nights"` // the oldest first

	PassRate DriftMetric `json:"pass_rate"`
	Cost     DriftMetric `json:"cost"`

	Changes []DriftChange `json:"changes"` // between watched nights, and from the last that was learned from
	Alarms  []DriftSpan   `json:"alarms"`  // all that there were, the oldest first
}

// DriftState is what a report says. The zero value is no state.
type DriftState string

// The states.
const (
	DriftLearning DriftState = "learning" // there are not enough nights yet
	DriftSteady   DriftState = "steady"   // no alarm holds
	DriftFound    DriftState = "drift"    // an alarm holds
)

// ExitCode is 0 when no alarm holds, 1 when one does, 5 when there are not enough
// nights.
func (s DriftState) ExitCode() int {
	switch s {
	case DriftSteady:
		return 0
	case DriftFound:
		return 1
	}
	return NotMeasured.ExitCode()
}

// DriftNight is one run of the series.
type DriftNight struct {
	ID       string    `json:"id"`
	Created  time.Time `json:"created"`
	Learning bool      `json:"learning,omitempty"` // it says how it was
	Trials   int       `json:"trials"`             // that count

	PassRate *float64 `json:"pass_rate,omitempty"` // mean over tasks; absent: no trial counts
	CostUSD  *float64 `json:"cost_usd,omitempty"`  // typical dollars of an attempt, see [DriftMetric]; absent: not known

	// The sums after the night, see [Drift] and [CostDrift].
	PassRateSum float64 `json:"pass_rate_sum"`
	CostSum     float64 `json:"cost_sum"`
}

// DriftMetric is what is watched: the pass rate, as a fraction, or the typical
// dollars of an attempt, which is the geometric mean over tasks.
type DriftMetric struct {
	Unit    string  `json:"unit"` // fraction, usd
	Alarm   bool    `json:"alarm"`
	Sum     float64 `json:"sum"`
	AlarmAt float64 `json:"alarm_at"`

	Before *float64 `json:"before,omitempty"` // of the nights that were learned from

	// Now is of the nights since the change where an alarm holds, else of those since
	// the last alarm ended, or of all that are watched. Since was chosen because of the
	// results: the change in Now is rather too large than too small.
	Now   *float64 `json:"now,omitempty"`
	Delta *float64 `json:"delta,omitempty"` // of a fraction, Now - Before
	Ratio *float64 `json:"ratio,omitempty"` // of dollars, Now / Before

	Since *DriftSince `json:"since,omitempty"` // where an alarm holds
}

// DriftSince is the night from which on the sum did not fall back to 0: the most
// likely first night of the change.
type DriftSince struct {
	Night   string    `json:"night"`
	Created time.Time `json:"created"`
	Nights  int       `json:"nights"` // from it to the newest, both counted
}

// DriftSpan is one alarm, by ids of nights.
type DriftSpan struct {
	Metric string `json:"metric"` // pass_rate, cost
	Since  string `json:"since"`
	Found  string `json:"found"`
	Ended  string `json:"ended,omitempty"` // empty: it holds
}
