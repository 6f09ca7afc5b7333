package gate

import (
	"math"
	"math/rand/v2"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// shift is how the candidate's costs differ from the baseline's, task by task, in
// logarithms: a random-effects model with one shift of all tasks and, where the
// tasks differ by more than their attempts' noise explains, one of each task.
//
// Source: DerSimonian and Laird, Meta-analysis in clinical trials, Controlled
// Clinical Trials 7 (1986) 177-188.
type shift struct {
	logs   [][]float64 // of the candidate's known costs above zero, by task, each as if its attempt had solved it
	failed float64     // how many times as dear is one that fails

	mean, doubt float64   // of all tasks: the estimate and its standard error
	between     float64   // the variance of the tasks' own shifts
	tasks       []float64 // the tasks' observed shifts
	ofStored    []float64 // the variance of the baseline's part of them
	ofCandidate []float64 // and of the candidate's; +Inf where it has no known cost
}

func newShift(t *tally) *shift {
	return &shift{logs: make([][]float64, len(t.tasks)), failed: failedFactor(t)}
}

// observe takes one of the candidate's attempts that count.
func (s *shift) observe(t *tally, trial *baselines.Trial) {
	usd, known := compare.CostOf(trial)
	if !known || usd <= 0 {
		return
	}
	if !trial.IsSolved() {
		usd /= s.failed
	}
	i := t.index[trial.Task]
	s.logs[i] = append(s.logs[i], math.Log(usd))
}

// read estimates the shifts, by the noise of attempts that the bills have.
func (s *shift) read(b *bills) {
	noise := b.noise * b.noise
	var d, v []float64
	for i, logs := range s.logs {
		s.ofStored = append(s.ofStored, b.doubt[i]*b.doubt[i])
		if len(logs) == 0 {
			s.tasks, s.ofCandidate = append(s.tasks, 0), append(s.ofCandidate, math.Inf(1))
			continue
		}
		s.tasks = append(s.tasks, average(logs)-b.logs[i])
		s.ofCandidate = append(s.ofCandidate, noise/float64(len(logs)))
		d, v = append(d, s.tasks[i]), append(v, s.ofStored[i]+s.ofCandidate[i])
	}
	if len(d) == 0 {
		s.doubt = usualScatter
		return
	}
	s.mean, _ = weighted(d, v, 0)
	q, sum, squares := 0.0, 0.0, 0.0
	for i := range d {
		w := 1 / v[i]
		q += w * (d[i] - s.mean) * (d[i] - s.mean)
		sum, squares = sum+w, squares+w*w
	}
	if len(d) > 1 {
		s.between = max(0, (q-float64(len(d)-1))/(sum-squares/sum))
	}
	s.mean, s.doubt = weighted(d, v, s.between)
}

// weighted is the mean of values with these variances, each larger by more, and its
// standard error.
func weighted(values, variances []float64, more float64) (mean, doubt float64) {
	weights := 0.0
	for i, x := range values {
		w := 1 / (variances[i] + more)
		mean, weights = mean+w*x, weights+w
	}
	return mean / weights, math.Sqrt(1 / weights)
}

// means draws the candidate's true means of attempts that solve, by task, in US
// dollars: that of the baseline, shifted by what all tasks' costs and its own say.
func (s *shift) means(random *rand.Rand, b *bills) []float64 {
	all := s.mean + s.doubt*random.NormFloat64()
	out := make([]float64, len(b.solved))
	for i, usd := range b.solved {
		expected, variance := all, s.between+s.ofStored[i]
		if !math.IsInf(s.ofCandidate[i], 1) {
			total := variance + s.ofCandidate[i]
			expected = (all*s.ofCandidate[i] + s.tasks[i]*variance) / total
			variance *= s.ofCandidate[i] / total
		}
		out[i] = usd * math.Exp(expected+math.Sqrt(variance)*random.NormFloat64()-variance/2)
	}
	return out
}
