package trial

import "github.com/benchgate/benchgate/baselines"

// Causes is how a trial with each symptom ends.
func Causes() map[string]baselines.Ended {
	ends := make(map[string]baselines.Ended)
	for seen, row := range causes {
		ends[string(seen)] = row.ended
	}
	return ends
}
