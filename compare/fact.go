package compare

import "github.com/benchgate/benchgate/baselines"

// Fact is something that a reader of a comparison or a verdict must know, as a
// code with its numbers. It has no sentence: those are written where reports
// are made, so that a number looks the same wherever it is shown. What a code
// does not speak of is left at zero or nil.
type Fact struct {
	Code Code `json:"code"`

	// Arm is the side that the fact is about; empty where it is about both or
	// neither.
	Arm baselines.Arm `json:"arm,omitempty"`

	Count int `json:"count,omitempty"` // how many: of what, the code says
	Of    int `json:"of,omitempty"`    // of how many
	Need  int `json:"need,omitempty"`  // how many it would take
	Tasks int `json:"tasks,omitempty"` // tasks in the design that is spoken of

	Value  *float64 `json:"value,omitempty"`  // a share or a difference, as a fraction
	Beside *float64 `json:"beside,omitempty"` // the other side's value
	Margin *float64 `json:"margin,omitempty"` // the margin that is spoken of
	Low    *float64 `json:"low,omitempty"`    // of an interval or a range
	High   *float64 `json:"high,omitempty"`

	Names  []string    `json:"names,omitempty"`  // ids of tasks
	Trials []TrialCost `json:"trials,omitempty"` // single trials of the candidate
	Detail string      `json:"detail,omitempty"` // what the code cannot say: another value's name, an error's text
}

// TrialCost is a trial of the candidate and what it cost.
type TrialCost struct {
	Task     string  `json:"task"`
	Attempt  int     `json:"attempt"`
	USD      float64 `json:"usd"`
	UsualUSD float64 `json:"usual_usd"` // the mean of the baseline's attempts that it is compared with
}

// Code is a kind of [Fact]. Codes are part of the verdict document: they are
// added to, never renamed.
type Code string

// What a [Comparison] warns of.
const (
	NothingToCompare Code = "nothing_to_compare" // no task has attempts that count on both sides
	FewAttempts      Code = "few_attempts"       // Count attempts a task, where a drop by Margin takes Need, with Tasks tasks
	Unmatched        Code = "unmatched"          // Count attempts without a counterpart: in the pass rate only
	MissingTasks     Code = "missing_tasks"      // Names have no attempt that counts on one side or both
	InfraLost        Code = "infra"              // Arm lost Count attempts; its pass rate is Value, Low to High had they counted
	NoAnswer         Code = "no_answer"          // Count attempts of Arm whose tests gave no answer: taken as not solved
	UnknownCost      Code = "unknown_cost"       // Count of Arm's Of attempts have an unknown cost
	MissedRequests   Code = "meter_missed"       // in Count of Arm's Of attempts the meter did not see all requests, for no known reason
	HostsDiffer      Code = "hosts_differ"       // operating system or processor, in the headers: times do not compare
	NoOtherTasks     Code = "no_other_tasks"     // Tasks are too few to say anything about others
)

// What a reader of an [Estimate] must know.
const (
	UnequalAttempts   Code = "unequal_attempts"    // the tasks' numbers of attempts differ between the sides
	PairsBesideValues Code = "pairs_beside_values" // the two values are of all attempts, the ratio is of those that both sides have
	TotalsBesideRatio Code = "totals_beside_ratio" // the two values are of one attempt at every task, the ratio is a typical task's
	ZeroOnOneSide     Code = "zero_on_one_side"    // Count attempts are zero, where others at their task are not, and left out
	SolvedNone        Code = "solved_none"         // Arm solved no task; without an Arm, neither side did
)
