package suite

import "slices"

// Select returns the suite with only those tasks whose id matches one of the
// patterns (of [path.Match]). A pattern that matches nothing is an error that
// names the nearest ids.
func (s *Suite) Select(patterns []string) (*Suite, error) {
	have := make([]string, len(s.Tasks))
	for i, t := range s.Tasks {
		have[i] = t.ID
	}
	picked, err := pick(have, patterns, "task of suite "+s.Name)
	if err != nil {
		return nil, err
	}
	out := &Suite{Name: s.Name, SolvedAt: s.SolvedAt, Skipped: s.Skipped}
	for _, t := range s.Tasks {
		if slices.Contains(picked, t.ID) {
			out.Tasks = append(out.Tasks, t)
		}
	}
	return out, nil
}
