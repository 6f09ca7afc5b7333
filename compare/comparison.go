package compare

import (
	"hash/fnv"

	"github.com/benchgate/benchgate/baselines"
)

// Difference is a test of the mean difference of pass rates, candidate minus
// baseline: [Pairs] or [Strata].
type Difference interface {
	Delta() float64
	Score(d float64) float64
	Interval(level float64) Interval
	PWorse() float64
	PBetter() float64
}

// Comparison is what two runs say about each other.
type Comparison struct {
	Estimates map[Metric]Estimate

	// The tests behind three of the estimates, for a decision at another
	// level. PassRateTest is nil when no task has attempts on both sides.
	PassRateTest      Difference
	TypicalCostTest   *Shift // of the log ratio
	CostPerSolvedTest *SwapTest

	// UndefinedCostPairs counts matched attempts that cost nothing on one
	// side only, which have no ratio.
	UndefinedCostPairs int

	Baseline, Candidate Side
	Tasks               []Task // by id

	// MissingTasks are the tasks without an attempt that counts on one side
	// or both, by id.
	MissingTasks []string

	// OtherTasks is the interval of the difference of pass rates over tasks
	// like these, by Student's t at [Level]; nil below 30 tasks, where no
	// statement about other tasks holds.
	OtherTasks *Interval

	Warnings []Warning
}

// Side is one run at a glance, over the attempts that count.
type Side struct {
	Solved, Attempts int
	Infra            int // attempts lost to infrastructure errors
	NoAnswer         int // attempts whose tests gave no answer: taken as not solved
	UnknownCost      int // attempts whose dollars are unknown
	MeterMissed      int // attempts with requests that the meter did not see, unexplained

	// USD is what the attempts cost as far as it is known, in the dollars
	// that are compared; nil when no attempt's cost is known.
	USD   *float64
	Ended map[baselines.Ended]int

	// PassRate is the mean over tasks under three readings of the lost
	// attempts, 0 to 1.
	PassRate Sensitivity
}

// InfraShare is the share of attempts that infrastructure errors took, 0 to 1.
func (s Side) InfraShare() float64 { return share(s.Infra, s.Attempts+s.Infra) }

// UnknownCostShare is the share of attempts without a trustworthy cost, 0 to 1.
func (s Side) UnknownCostShare() float64 { return share(s.UnknownCost, s.Attempts) }

// MeterMissedShare is the share of attempts whose requests passed by the meter
// for no known reason, 0 to 1.
func (s Side) MeterMissedShare() float64 { return share(s.MeterMissed, s.Attempts) }

func share(part, all int) float64 {
	if all == 0 {
		return 0
	}
	return float64(part) / float64(all)
}

// Compare estimates every metric from two runs of one suite. It does not ask
// whether they are comparable; package gate does.
func Compare(baseline, candidate *baselines.Run) *Comparison {
	tasks := match(baseline, candidate)
	c := &Comparison{
		Estimates: make(map[Metric]Estimate),
		Baseline:  sideOf(tasks, func(t matchedTask) attempts { return t.baseline }),
		Candidate: sideOf(tasks, func(t matchedTask) attempts { return t.candidate }),
		Tasks:     taskRows(tasks),
	}
	for _, t := range tasks {
		if len(t.candidate.valid) == 0 || len(t.baseline.valid) == 0 {
			c.MissingTasks = append(c.MissingTasks, t.id)
		}
	}
	c.passRate(tasks)
	c.ratiosOfSums(tasks, seedOf(candidate.Header.Suite))
	c.typicalTask(tasks)
	c.Warnings = warnings(c, tasks, baseline.Header, candidate.Header)
	return c
}

// seedOf makes the random swaps the same for every comparison on one suite.
func seedOf(s baselines.Suite) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s.Digest)) // a hash never fails
	return h.Sum64()
}

func sideOf(tasks []matchedTask, of func(matchedTask) attempts) Side {
	s := Side{Ended: make(map[baselines.Ended]int)}
	var byTask []Attempts
	usd := 0.0
	for _, task := range tasks {
		a := of(task)
		c := a.count()
		s.Solved += c.Solved
		s.Attempts += c.Attempts
		s.Infra += a.infra
		for ended, n := range a.ended {
			s.Ended[ended] += n
		}
		byTask = append(byTask, Attempts{Solved: c.Solved, Wrong: c.Attempts - c.Solved, Infra: a.infra})
		for _, t := range a.valid {
			if t.Solved == nil {
				s.NoAnswer++
			}
			if MeterMissed(t) {
				s.MeterMissed++
			}
			cost, known := CostOf(t)
			if !known {
				s.UnknownCost++
			}
			usd += cost
		}
	}
	if s.UnknownCost < s.Attempts {
		s.USD = finite(usd)
	}
	s.PassRate = SensitivityOf(byTask)
	return s
}
