package gate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/realparts"
)

// year is a suite whose nights are simulated: each night's costs differ by 5 %
// from another's as a whole, beside what attempts differ by.
type year struct {
	random *rand.Rand
	header baselines.Header
	p, usd []float64
	nights int
}

func (y *year) night(p []float64, factor float64) *baselines.Run {
	r := &baselines.Run{Header: y.header}
	y.nights++
	r.Header.ID = fmt.Sprintf("n%d", y.nights)
	r.Header.Created = time.Date(2026, 1, y.nights, 3, 0, 0, 0, time.UTC)
	factor *= math.Exp(0.05 * y.random.NormFloat64())
	for i := range p {
		solved := y.random.Float64() < p[i]
		usd := realparts.DrawAttemptUSD(y.random, factor*y.usd[i])
		if !solved {
			usd *= realparts.FailedFactor
		}
		r.Trials = append(r.Trials, baselines.Trial{
			Task: y.header.Suite.Tasks[i].ID, Attempt: 1, Try: 1, Ended: baselines.Finished, Solved: &solved, CostUSD: &baselines.CostUSD{Main: usd},
		})
	}
	return r
}

// series is ten nights to learn from, and more: changed ones, then ones as before.
func (y *year) series(changed int, p []float64, factor float64, after int) []*baselines.Run {
	y.nights = 0
	var out []*baselines.Run
	for range DefaultDriftLearning {
		out = append(out, y.night(y.p, 1))
	}
	for range changed {
		out = append(out, y.night(p, factor))
	}
	for range after {
		out = append(out, y.night(y.p, 1))
	}
	return out
}

func years(t *testing.T, tasks, n int) []*year {
	real := realistic(t, 0.5, 0.9)
	random := rand.New(rand.NewPCG(20261127, uint64(tasks)))
	var out []*year
	for range n {
		y := &year{random: random, header: simulatedHeader(tasks, 1), p: real(random, tasks)}
		for range tasks {
			y.usd = append(y.usd, realparts.DrawTaskUSD(random))
		}
		out = append(out, y)
	}
	return out
}

// A year in which nothing changes: how many have an alarm, and how many alarms.
func TestCalibrationYearOfNights(t *testing.T) {
	runs, allowance := calibrationRuns(t, 600)
	for _, c := range []struct {
		tasks               int
		mostYears, mostMean float64 // with an alarm; alarms a year
	}{{10, DriftFalseYears, 6}, {30, DriftFalseYears, 3}} {
		with, alarms, pass, cost := 0.0, 0.0, 0.0, 0.0
		for _, y := range years(t, c.tasks, runs) {
			r := WatchDrift(y.series(0, nil, 0, 365), DefaultDriftLearning)
			of := make(map[string]bool)
			for _, a := range r.Alarms {
				of[a.Metric] = true
			}
			n := float64(runs)
			alarms += float64(len(r.Alarms)) / n
			if len(of) > 0 {
				with += 1 / n
			}
			if of["pass_rate"] {
				pass += 1 / n
			}
			if of["cost"] {
				cost += 1 / n
			}
		}
		t.Logf("%d tasks: of the years %.3f have an alarm (pass rate %.3f, cost %.3f); alarms a year %.2f", c.tasks, with, pass, cost, alarms)
		if with > c.mostYears+allowance(c.mostYears) {
			t.Errorf("%d tasks: %.3f of the years have an alarm, want at most %v", c.tasks, with, c.mostYears)
		}
		if alarms > c.mostMean*(1+allowance(0.5)) {
			t.Errorf("%d tasks: %.2f alarms a year, want at most %v", c.tasks, alarms, c.mostMean)
		}
	}
}

// After a change: the median night in which it is found, and in which the alarm
// ends when the change is gone.
func TestCalibrationDriftIsFoundAndEnds(t *testing.T) {
	runs, allowance := calibrationRuns(t, 600)
	for _, c := range []struct {
		name         string
		metric       string
		drop, factor float64
		most         int
	}{
		{"10 points lost", "pass_rate", 0.1, 1, 4},
		{"20 points lost", "pass_rate", 0.2, 1, 2},
		{"costs x1.3", "cost", 0, 1.3, 5},
	} {
		var found, ended []int
		for _, y := range years(t, 10, runs) {
			p := y.p
			if c.drop > 0 {
				p = thin(c.drop)(y.random, y.p)
			}
			const changed, after = 60, 60
			series := y.series(changed, p, c.factor, after)
			night, end := changed, after
			for _, a := range WatchDrift(series[:DefaultDriftLearning+changed], DefaultDriftLearning).Alarms {
				if a.Metric == c.metric {
					night = nightNumber(a.Found) - DefaultDriftLearning
					break
				}
			}
			for _, a := range WatchDrift(series, DefaultDriftLearning).Alarms {
				if n := nightNumber(a.Ended) - DefaultDriftLearning - changed; a.Metric == c.metric && n > 0 {
					end = n
					break
				}
			}
			found, ended = append(found, night), append(ended, end)
		}
		slices.Sort(found)
		slices.Sort(ended)
		t.Logf("%s: found in night %d (nine of ten by %d), ended in night %d after it is gone (nine of ten by %d)",
			c.name, found[runs/2], found[runs*9/10], ended[runs/2], ended[runs*9/10])
		if most := c.most + int(math.Ceil(4*allowance(0.5))); found[runs/2] > most {
			t.Errorf("%s: found in night %d in the median, want at most %d", c.name, found[runs/2], most)
		}
	}
}

func nightNumber(id string) int {
	var n int
	fmt.Sscanf(id, "n%d", &n)
	return n
}
