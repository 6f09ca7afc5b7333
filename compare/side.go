package compare

import "github.com/benchgate/benchgate/baselines"

// Side is one run at a glance, over the attempts that count.
type Side struct {
	Solved, Attempts int
	Infra            int // attempts lost to infrastructure errors
	NoAnswer         int // attempts whose tests gave no answer: taken as not solved
	UnknownCost      int // attempts whose dollars are unknown
	MeterMissed      int // attempts with requests that the meter did not see, unexplained
	OtherModel       int // attempts in which another model did work: [ByOtherModel]

	// USD is what the attempts cost as far as it is known, in the dollars
	// that are compared; nil when no attempt's cost is known.
	USD   *float64
	Ended map[baselines.Ended]int

	// Integrity is what may make the pass rate say something else than what the
	// variant can do.
	Integrity Integrity

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

// OtherModelShare is the share of attempts in which another model than the variant's
// did work, 0 to 1.
func (s Side) OtherModelShare() float64 { return share(s.OtherModel, s.Attempts) }

func share(part, all int) float64 {
	if all == 0 {
		return 0
	}
	return float64(part) / float64(all)
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
			if ByOtherModel(t) {
				s.OtherModel++
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
	s.Integrity = integrityOf(tasks, of)
	return s
}
