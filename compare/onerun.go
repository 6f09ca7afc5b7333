package compare

import (
	"math"

	"github.com/benchgate/benchgate/baselines"
)

// SolvedCost is what a solved task cost in one run by itself, in US dollars: the
// cost of one attempt at every task over the solved tasks among them, with
// its interval at [Level]. A value that does not exist is nil: the number where
// nothing was solved or a cost is not known, the limits also where some task has
// fewer than two attempts that count.
type SolvedCost struct {
	USD, Low, High *float64
}

// NewSolvedCost reads it from the attempts that count.
//
// With a task's mean cost cₜ and share solved sₜ, C = Σcₜ, S = Σsₜ, the logarithm of
// C/S varies by cᵢ/C - sᵢ/S, attempt by attempt, so that
//
//	Var log(C/S) = Σ Var(cᵢ/C - sᵢ/S inside task t)/nₜ + mean(1/(4·nₜ))/S²
//
// which is the delta method with the tasks taken as fixed. The second term is that of
// [Within]: one more task of coin tosses, without which attempts that happened to
// agree would look certain. The degrees of freedom are Satterthwaite's.
func NewSolvedCost(r *baselines.Run) SolvedCost {
	tasks := attemptsByTask(r)
	var cost, solved, coins float64
	for _, t := range tasks {
		cost += mean(t.usd)
		solved += mean(t.solved)
		coins += coinToss(float64(len(t.usd))) / float64(len(tasks))
	}
	if solved == 0 || math.IsNaN(cost) {
		return SolvedCost{}
	}
	out := SolvedCost{USD: finite(cost / solved)}
	var s spread
	for _, t := range tasks {
		if len(t.usd) < 2 {
			return out
		}
		influence := make([]float64, len(t.usd))
		for i := range influence {
			influence[i] = t.usd[i]/cost - t.solved[i]/solved
		}
		s.add(influence)
	}
	log := Student{Mean: math.Log(cost / solved), Variance: s.variance + coins/(solved*solved), Freedom: s.freedom()}
	if limits, ok := log.Interval(oneSided); ok {
		out.Low, out.High = finite(math.Exp(limits.Low)), finite(math.Exp(limits.High))
	}
	return out
}

// taskAttempts are the attempts at one task that count. An unknown cost is NaN.
type taskAttempts struct{ usd, solved []float64 }

// attemptsByTask has the tasks of the suite that have such an attempt.
func attemptsByTask(r *baselines.Run) []taskAttempts {
	at := make(map[string]int)
	var tasks []taskAttempts
	for _, t := range r.Counted() {
		if !t.Ended.Counts() {
			continue
		}
		i, seen := at[t.Task]
		if !seen {
			i = len(tasks)
			at[t.Task] = i
			tasks = append(tasks, taskAttempts{})
		}
		usd, known := CostOf(&t)
		if !known {
			usd = math.NaN()
		}
		solved, _ := solvedOf(&t)
		tasks[i].usd, tasks[i].solved = append(tasks[i].usd, usd), append(tasks[i].solved, solved)
	}
	return tasks
}
