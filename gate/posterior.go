package gate

import (
	"math"

	"github.com/benchgate/benchgate/compare"
)

// posterior is what the baseline's trials leave of the prior, by Bayes' rule: for
// each shape how likely it is, and for each shape and task how likely each pass
// probability is. A task that passed five times in five is likely to have one
// near 1, and in a suite of which all others did the same even more so.
type posterior struct {
	support [supportPoints]float64
	shapes  []shapePosterior

	// mean is the suite's expected pass rate, 0.02 to 0.98. It is computed from
	// the baseline alone: hypotheses that moved with the candidate's outcomes
	// would not have the error rates that Bayes factors promise.
	mean float64
}

type shapePosterior struct {
	weight float64                  // the probability of the shape, 0 to 1; they sum to 1 but for the shapes left out
	tasks  [][supportPoints]float64 // each sums to 1
	prior  [supportPoints]float64   // of a task that nothing is known of
}

// newPosterior updates the prior by the baseline's counts per task. Shapes
// that the data all but exclude are dropped.
func newPosterior(p *prior, baseline []compare.Count) *posterior {
	const excluded = 1e-9
	post := &posterior{support: p.support}
	logs := make([]float64, len(p.shapes))
	updated := make([]shapePosterior, len(p.shapes))
	for h, s := range p.shapes {
		logs[h] = math.Log(s.weight)
		updated[h].prior = s.mass
		updated[h].tasks = make([][supportPoints]float64, len(baseline))
		for t, c := range baseline {
			tw := &updated[h].tasks[t]
			*tw = s.mass // times the probability of the task's outcomes at each support point:
			for i, q := range p.support {
				tw[i] *= math.Pow(q, float64(c.Solved)) * math.Pow(1-q, float64(c.Attempts-c.Solved))
			}
			logs[h] += math.Log(normalise(tw)) // how well the shape foretold the task
		}
	}
	weights := shares(logs)
	for h := range updated {
		if updated[h].weight = weights[h]; weights[h] >= excluded {
			post.shapes = append(post.shapes, updated[h])
		}
	}
	for _, m := range post.taskMeans() {
		post.mean += m / float64(len(baseline))
	}
	return post
}

// taskMeans are the tasks' expected pass probabilities.
func (p *posterior) taskMeans() []float64 { return p.expected(p.support) }

// expected are those when each support point became pass.
func (p *posterior) expected(pass [supportPoints]float64) []float64 {
	means := make([]float64, len(p.shapes[0].tasks))
	for _, s := range p.shapes {
		for t := range s.tasks {
			for i, w := range s.tasks[t] {
				means[t] += s.weight * w * pass[i]
			}
		}
	}
	return means
}

// average is the distribution of the pass probability of a task taken at
// random from the suite.
func (p *posterior) average() (mass [supportPoints]float64) {
	for _, s := range p.shapes {
		for t := range s.tasks {
			for i, w := range s.tasks[t] {
				mass[i] += s.weight * w / float64(len(s.tasks))
			}
		}
	}
	return mass
}

// normalise makes the weights sum to 1 and returns what they summed to. Weights
// that are all zero stay, and sum to the smallest number above zero, so that
// its logarithm exists.
func normalise(w *[supportPoints]float64) float64 {
	sum := 0.0
	for _, x := range w {
		sum += x
	}
	if !(sum > 0) {
		return math.SmallestNonzeroFloat64
	}
	for i := range w {
		w[i] /= sum
	}
	return sum
}

// shares turns log weights into weights that sum to 1.
func shares(logs []float64) []float64 {
	total := logSum(logs)
	out := make([]float64, len(logs))
	for i, l := range logs {
		out[i] = math.Exp(l - total)
	}
	return out
}

// logSum is log(Σ exp(l)). The largest term is taken out first, so that nothing
// overflows and the largest never vanishes.
func logSum(logs []float64) float64 {
	most := math.Inf(-1)
	for _, l := range logs {
		most = max(most, l)
	}
	if math.IsInf(most, 0) {
		return most
	}
	sum := 0.0
	for _, l := range logs {
		sum += math.Exp(l - most)
	}
	return most + math.Log(sum)
}
