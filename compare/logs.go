package compare

import "math"

// LogMean gathers the logarithms of one side's attempts at one task.
type LogMean struct {
	Positive int     // attempts above zero
	Zeros    int     // attempts of zero, which have no logarithm
	Sum      float64 // of the logarithms
}

// Add takes one attempt's value, zero or above.
func (m *LogMean) Add(x float64) {
	if x == 0 {
		m.Zeros++
		return
	}
	m.Positive++
	m.Sum += math.Log(x)
}

// LogChange is a task's change: the difference of the mean logarithms. Where
// every attempt of both sides is zero, nothing changed. Otherwise attempts of zero
// are left out; ok is false where a side then has none.
func LogChange(candidate, baseline LogMean) (change float64, ok bool) {
	switch {
	case candidate.Positive > 0 && baseline.Positive > 0:
		return candidate.Sum/float64(candidate.Positive) - baseline.Sum/float64(baseline.Positive), true
	case candidate.Positive == 0 && baseline.Positive == 0:
		return 0, candidate.Zeros > 0 && baseline.Zeros > 0
	}
	return 0, false
}

// logs are the logarithms of a quantity, by task as [LogChange] takes them.
type logs struct {
	values []TaskValues // the logarithm of 1 where all of a task's attempts are zero
	free   int          // tasks of which that is so
	left   int          // attempts of zero that were left out
}

func logsOf(tasks []matchedTask, of quantity) logs {
	var out logs
	for _, t := range valuesOf(tasks, of) {
		candidate, zeros1 := logarithms(t.Candidate)
		baseline, zeros0 := logarithms(t.Baseline)
		if len(candidate)+len(baseline) == 0 {
			out.free++
			out.values = append(out.values, TaskValues{make([]float64, zeros1), make([]float64, zeros0)})
			continue
		}
		out.left += zeros1 + zeros0
		if len(candidate) > 0 && len(baseline) > 0 {
			out.values = append(out.values, TaskValues{candidate, baseline})
		}
	}
	return out
}

func logarithms(values []float64) (logs []float64, zeros int) {
	for _, x := range values {
		if x == 0 {
			zeros++
			continue
		}
		logs = append(logs, math.Log(x))
	}
	return logs, zeros
}

// geometricMeans are those over tasks of each side's geometric means, whose
// quotient is the typical ratio: zero when every attempt is zero, nil when that is
// so in some tasks only.
func geometricMeans(l logs) (baseline, candidate *float64) {
	switch {
	case len(l.values) == 0 || l.free > 0 && l.free < len(l.values):
		return nil, nil
	case l.free > 0:
		return finite(0), finite(0)
	}
	log0, log1 := meanValues(l.values)
	return finite(math.Exp(*log0)), finite(math.Exp(*log1))
}
