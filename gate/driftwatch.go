package gate

import (
	"maps"
	"math"
	"slices"

	"github.com/benchgate/benchgate/baselines"
)

// DefaultDriftLearning is how many nights say how it was, where nothing else is
// asked for. LeastDriftLearning is the least: what fewer say of ten tasks is chance.
const (
	DefaultDriftLearning = 10
	LeastDriftLearning   = 5
)

// DriftFalseYears is the share of years with an alarm where nothing changes, of ten
// tasks with one attempt a night: no more than that, by TestCalibrationYearOfNights.
const DriftFalseYears = 0.8

// WatchDrift replays a series of nights, the oldest first and all of one
// [SameSeries]. The first learning of them say how it was; each of the others
// is added to [Drift] and to [CostDrift]. An alarm begins when the sum reaches it;
// the sum is then held there, so that it ends, at 0, when as much speaks for
// "as it was" as had to speak against it. There must be one night.
func WatchDrift(nights []*baselines.Run, learning int) DriftReport {
	newest := nights[len(nights)-1].Header
	r := DriftReport{
		Schema: DriftSchemaV1, State: DriftLearning, Suite: newest.Suite.Name, Variant: newest.Variant,
		Tasks: len(newest.Suite.Tasks), LearningNights: learning, Changes: []DriftChange{}, Alarms: []DriftSpan{},
		PassRate: DriftMetric{Unit: "fraction", AlarmAt: DriftAlarm}, Cost: DriftMetric{Unit: "usd", AlarmAt: CostDriftAlarm},
	}
	w := watch{DriftReport: &r, nights: nights, pass: alarm{metric: "pass_rate"}, cost: alarm{metric: "cost"}}
	w.learn(nights[:min(learning, len(nights))])
	for i := learning; i < len(nights); i++ {
		w.night(i)
	}
	w.finish()
	r.ExitCode = r.State.ExitCode()
	return r
}

// watch is a series while it is replayed.
type watch struct {
	*DriftReport
	nights []*baselines.Run
	drift  *Drift
	dollar *CostDrift

	pass, cost alarm
}

// alarm is what becomes of one sum from night to night.
type alarm struct {
	metric string
	holds  bool
	since  int     // place of the night after the sum was last 0
	was    float64 // the sum before the night
	ended  int     // place of the night in which the last alarm ended; 0: none has
}

func (w *watch) learn(nights []*baselines.Run) {
	w.drift, w.dollar = NewDrift(nights...), NewCostDrift(nights...)
	for _, n := range nights {
		night := w.describe(n)
		night.Learning = true
		w.Nights = append(w.Nights, night)
	}
}

func (w *watch) night(i int) {
	n := w.nights[i]
	counted := n.Counted()
	w.drift.Night(counted)
	w.dollar.Night(counted)
	w.drift.Sum = w.move(&w.pass, i, w.drift.Sum, DriftAlarm)
	w.dollar.Sum = w.move(&w.cost, i, w.dollar.Sum, CostDriftAlarm)
	night := w.describe(n)
	night.PassRateSum, night.CostSum = w.drift.Sum, w.dollar.Sum
	w.Nights = append(w.Nights, night)
	w.Changes = append(w.Changes, changesBetween(w.nights[i-1], n)...)
}

// move takes the sum after a night, and gives it as the next one begins with.
func (w *watch) move(a *alarm, i int, sum, at float64) float64 {
	if a.was == 0 {
		a.since = i
	}
	sum = math.Min(sum, at)
	id := w.nights[i].Header.ID
	switch {
	case !a.holds && sum >= at:
		a.holds = true
		w.Alarms = append(w.Alarms, DriftSpan{Metric: a.metric, Since: w.nights[a.since].Header.ID, Found: id})
	case a.holds && sum == 0:
		a.holds, a.ended = false, i
		for j := range w.Alarms {
			if w.Alarms[j].Metric == a.metric && w.Alarms[j].Ended == "" {
				w.Alarms[j].Ended = id
			}
		}
	}
	a.was = sum
	return sum
}

// describe is a night by itself.
func (w *watch) describe(r *baselines.Run) DriftNight {
	counted := r.Counted()
	n := DriftNight{ID: r.Header.ID, Created: r.Header.Created, PassRate: passRate(r)}
	for _, t := range counted {
		if t.Ended.Counts() {
			n.Trials++
		}
	}
	if x, known := w.dollar.observe(counted); known {
		usd := w.dollar.typical() * math.Exp(x)
		n.CostUSD = &usd
	}
	return n
}

// finish fills in what holds after the last night.
func (w *watch) finish() {
	if len(w.Nights) <= w.LearningNights {
		return
	}
	w.State = DriftSteady
	if w.pass.holds || w.cost.holds {
		w.State = DriftFound
	}
	before := w.Nights[:w.LearningNights]
	w.PassRate.Sum, w.Cost.Sum = w.drift.Sum, w.dollar.Sum
	w.PassRate.compare(before, w.since(&w.PassRate, w.pass), arithmetic)
	w.Cost.compare(before, w.since(&w.Cost, w.cost), geometric)
}

// since are the nights that Now is of.
func (w *watch) since(m *DriftMetric, a alarm) []DriftNight {
	if m.Alarm = a.holds; !a.holds {
		return w.Nights[max(w.LearningNights, a.ended):]
	}
	nights := w.Nights[a.since:]
	m.Since = &DriftSince{Night: nights[0].ID, Created: nights[0].Created, Nights: len(nights)}
	return nights
}

func (m *DriftMetric) compare(before, now []DriftNight, mean func([]DriftNight) *float64) {
	m.Before, m.Now = mean(before), mean(now)
	if m.Before == nil || m.Now == nil {
		return
	}
	if m.Unit == "usd" {
		ratio := *m.Now / *m.Before
		m.Ratio = &ratio
		return
	}
	delta := *m.Now - *m.Before
	m.Delta = &delta
}

func arithmetic(nights []DriftNight) *float64 {
	return meanOf(nights, func(n DriftNight) *float64 { return n.PassRate }, func(x float64) float64 { return x }, func(x float64) float64 { return x })
}

func geometric(nights []DriftNight) *float64 {
	return meanOf(nights, func(n DriftNight) *float64 { return n.CostUSD }, math.Log, math.Exp)
}

// meanOf is the mean of the nights in which the value is known; nil: of none.
func meanOf(nights []DriftNight, value func(DriftNight) *float64, to, back func(float64) float64) *float64 {
	sum, n := 0.0, 0.0
	for _, night := range nights {
		if x := value(night); x != nil {
			sum += to(*x)
			n++
		}
	}
	if n == 0 {
		return nil
	}
	mean := back(sum / n)
	return &mean
}

// passRate is the mean over tasks of the share of a run's attempts that solved
// them; nil: no attempt counts.
func passRate(r *baselines.Run) *float64 {
	solved, all := make(map[string]float64), make(map[string]float64)
	for _, t := range r.Counted() {
		if !t.Ended.Counts() {
			continue
		}
		all[t.Task]++
		if t.IsSolved() {
			solved[t.Task]++
		}
	}
	if len(all) == 0 {
		return nil
	}
	sum := 0.0
	for _, task := range slices.Sorted(maps.Keys(all)) {
		sum += solved[task] / all[task]
	}
	mean := sum / float64(len(all))
	return &mean
}
