package suite

import (
	"errors"
	"fmt"
	"path"
)

// Select returns the suite with only those tasks whose id matches one of the
// patterns (path.Match). A pattern that matches nothing is an error that names
// the nearest ids.
func (s *Suite) Select(patterns []string) (*Suite, error) {
	picked := make(map[string]bool)
	have := make([]string, len(s.Tasks))
	for i, t := range s.Tasks {
		have[i] = t.ID
	}
	var errs []error
	for _, pattern := range patterns {
		found := false
		for _, t := range s.Tasks {
			ok, err := path.Match(pattern, t.ID)
			if err != nil {
				errs = append(errs, fmt.Errorf("task pattern %q: %w", pattern, err))
				found = true // one error is enough
				break
			}
			if ok {
				picked[t.ID], found = true, true
			}
		}
		if !found {
			errs = append(errs, fmt.Errorf("no task of suite %s matches the id %q%s", s.Name, pattern, nearestHint(pattern, have)))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	out := &Suite{Name: s.Name}
	for _, t := range s.Tasks {
		if picked[t.ID] {
			out.Tasks = append(out.Tasks, t)
		}
	}
	return out, nil
}
