package compare

// Attempts counts how one task's attempts came out on one side.
type Attempts struct {
	Solved, Wrong, Infra int
}

// Sensitivity is a pass rate under three readings of the attempts that were
// lost to infrastructure errors.
type Sensitivity struct {
	Excluded float64 `json:"excluded"` // as if they had not been planned: what is reported
	Worst    float64 `json:"worst"`    // as if none had solved its task
	Best     float64 `json:"best"`     // as if all had
}

// SensitivityOf averages over tasks, each with the same weight. Whatever the
// lost attempts would have done, the rate of all would lie between Worst and
// Best. Excluded leaves out tasks whose every attempt was lost; all three are 0
// where nothing is left.
func SensitivityOf(tasks []Attempts) Sensitivity {
	var s Sensitivity
	all, valid := 0, 0
	for _, t := range tasks {
		counted := t.Solved + t.Wrong
		if counted+t.Infra == 0 {
			continue
		}
		all++
		s.Worst += float64(t.Solved) / float64(counted+t.Infra)
		s.Best += float64(t.Solved+t.Infra) / float64(counted+t.Infra)
		if counted > 0 {
			valid++
			s.Excluded += float64(t.Solved) / float64(counted)
		}
	}
	s.Excluded /= float64(max(valid, 1))
	s.Worst /= float64(max(all, 1))
	s.Best /= float64(max(all, 1))
	return s
}
