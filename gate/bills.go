package gate

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/benchgate/benchgate/compare"
)

// bills draws what attempts cost, by what the stored baseline's did: each task
// has its own mean, a failed attempt costs more than one that solves, and
// attempts scatter around their task's mean as the stored ones do, runaways
// included. Nothing is assumed of the distribution: a bill adds up costs, and a
// few dear ones are a good part of it.
type bills struct {
	solved  []float64 // US dollars of an attempt that solves, by task: the mean
	logs    []float64 // and the mean of the logarithms
	failed  float64   // how many times as dear is one that fails
	scatter []float64 // attempts over their task's mean, all tasks together; the mean is 1
	noise   float64   // the standard deviation of its logarithm

	doubt []float64 // of the means in solved: the standard error of the logarithm
	plan  float64   // US dollars of one attempt at each task, at the stored outcomes
}

// Where a baseline says too little of how costs scatter, they do as those of
// real agents at one task; and never by less than a tenth, so that a baseline
// whose costs happen to agree does not make a forecast too sure.
const usualScatter, leastScatter = 0.35, 0.1

// newBills is nil where the baseline has no known cost above zero at some task.
func newBills(t *tally) *bills {
	b := &bills{failed: failedFactor(t)}
	var logs []float64
	for _, task := range t.tasks {
		costs := b.alike(task)
		if len(costs) == 0 {
			return nil
		}
		mean := average(costs)
		b.solved, b.logs = append(b.solved, mean), append(b.logs, 0)
		for _, usd := range costs {
			b.logs[len(b.logs)-1] += math.Log(usd) / float64(len(costs))
		}
		for _, attempt := range slices.Sorted(maps.Keys(task.attempts)) {
			if half := task.attempts[attempt]; half.priced && half.usd > 0 {
				b.plan += half.usd / float64(len(costs))
			}
		}
		if k := float64(len(costs)); k > 1 {
			// Attempts lie closer to a mean that they are part of.
			for _, usd := range costs {
				logs = append(logs, math.Log(usd/mean)*math.Sqrt(k/(k-1)))
			}
		}
	}
	b.noise = usualScatter
	if len(logs) > 0 {
		b.noise = spread(logs)
	}
	if len(logs) == 0 || b.noise < leastScatter {
		b.noise = max(b.noise, leastScatter)
		logs = nil
		const quantiles = 50
		for i := range quantiles {
			logs = append(logs, b.noise*compare.NormalQuantile((float64(i)+0.5)/quantiles))
		}
	}
	for _, log := range logs {
		b.scatter = append(b.scatter, math.Exp(log))
	}
	mean := average(b.scatter)
	for i := range b.scatter {
		b.scatter[i] /= mean
	}
	for _, task := range t.tasks {
		b.doubt = append(b.doubt, b.noise/math.Sqrt(float64(len(b.alike(task)))))
	}
	return b
}

// alike are a task's known costs above zero, each as if its attempt had solved
// it, in the order of attempts.
func (b *bills) alike(task taskTally) []float64 {
	var costs []float64
	for _, attempt := range slices.Sorted(maps.Keys(task.attempts)) {
		switch half := task.attempts[attempt]; {
		case !half.priced || half.usd <= 0:
		case half.solved:
			costs = append(costs, half.usd)
		default:
			costs = append(costs, half.usd/b.failed)
		}
	}
	return costs
}

// failedFactor is how many times as dear failed attempts are as solved ones of
// the same task: the mean of the logarithms over the tasks that have both,
// weighted by how sure they are, together with what is usual. Published runs of
// four agents have 0.9 to 1.2 where runs that timed out are left out, and those
// are the dearest.
func failedFactor(t *tally) float64 {
	const usual, sureness = 1.3, 3 // in pairs of one solved and one failed attempt, twice
	sum, weight := sureness*math.Log(usual), float64(sureness)
	for _, task := range t.tasks {
		var logs [2][]float64 // failed, solved
		for _, attempt := range slices.Sorted(maps.Keys(task.attempts)) {
			if half := task.attempts[attempt]; half.priced && half.usd > 0 {
				i := 0
				if half.solved {
					i = 1
				}
				logs[i] = append(logs[i], math.Log(half.usd))
			}
		}
		failed, solved := float64(len(logs[0])), float64(len(logs[1]))
		if failed > 0 && solved > 0 {
			w := failed * solved / (failed + solved)
			sum += w * (average(logs[0]) - average(logs[1]))
			weight += w
		}
	}
	return math.Exp(sum / weight)
}

// means draws the tasks' true means: those of a few attempts are not quite them.
func (b *bills) means(random *rand.Rand) []float64 {
	out := make([]float64, len(b.solved))
	for i, usd := range b.solved {
		s := b.doubt[i]
		out[i] = usd * math.Exp(s*random.NormFloat64()-s*s/2)
	}
	return out
}

// draw is what one attempt costs at a task whose solved attempts cost mean.
func (b *bills) draw(random *rand.Rand, mean float64, solved bool) float64 {
	usd := mean * b.scatter[random.IntN(len(b.scatter))]
	if !solved {
		usd *= b.failed
	}
	return usd
}

// spread is the standard deviation; 0 of one value.
func spread(x []float64) float64 {
	mean, sum := average(x), 0.0
	for _, v := range x {
		sum += (v - mean) * (v - mean)
	}
	return math.Sqrt(sum / float64(len(x)))
}
