package compare

import (
	"math"

	"github.com/benchgate/benchgate/baselines"
)

// Task is one task on both sides.
type Task struct {
	ID, Tier            string
	Baseline, Candidate TaskSide

	// Flip is [Lost] or [Won] when one side solved the task every time and
	// the other never. It is something to look at, not a finding: below three
	// attempts a side it happens by chance.
	Flip Flip

	// ShareOfChange is the task's signed part of all changes in dollars over
	// matched attempts, -1 to 1; the absolute parts of all tasks sum to 1.
	// Nil when a cost is unknown or no cost changed.
	ShareOfChange *float64

	// PerSolvedWithout is the ratio of costs per solved task, candidate over
	// baseline, without this task: far from the ratio of all, the task made it.
	// Nil where the others have none, or the task has no attempt of known cost on
	// both sides.
	PerSolvedWithout *float64
}

// Flip is a task that one side always solved and the other never.
type Flip string

// The flips.
const (
	Lost Flip = "lost" // the baseline solved it, the candidate does not
	Won  Flip = "won"  // the candidate solves it, the baseline did not
)

// TaskSide is one task on one side.
type TaskSide struct {
	Solved, Attempts int      // of the attempts that count
	CostUSD          *float64 // the sum over them; nil when one is unknown
	Seconds          float64  // that they took from first to last, summed; 0 where no time is recorded
	Ended            map[baselines.Ended]int
}

func taskRows(tasks []matchedTask) []Task {
	rows := make([]Task, 0, len(tasks))
	changes, all, known := make([]float64, 0, len(tasks)), 0.0, true
	for _, t := range tasks {
		row := Task{ID: t.id, Tier: t.tier, Baseline: t.baseline.row(), Candidate: t.candidate.row()}
		row.Flip = flip(row.Baseline, row.Candidate)
		rows = append(rows, row)

		change := 0.0
		for _, p := range t.pairs {
			c1, known1 := CostOf(p.candidate)
			c0, known0 := CostOf(p.baseline)
			known = known && known1 && known0
			change += c1 - c0
		}
		changes = append(changes, change)
		all += math.Abs(change)
	}
	if known && all > 0 {
		for i := range rows {
			rows[i].ShareOfChange = finite(changes[i] / all)
		}
	}
	return rows
}

func (a attempts) row() TaskSide {
	c := a.count()
	side := TaskSide{Solved: c.Solved, Attempts: c.Attempts, Ended: a.ended}
	for _, t := range a.valid {
		side.Seconds += t.Seconds.Total
	}
	usd := 0.0
	for _, t := range a.valid {
		cost, known := CostOf(t)
		if !known {
			return side
		}
		usd += cost
	}
	if len(a.valid) > 0 {
		side.CostUSD = finite(usd)
	}
	return side
}

// flip compares the sides as [Task.Flip] says; it is empty for a side without
// attempts.
func flip(baseline, candidate TaskSide) Flip {
	always := func(s TaskSide) bool { return s.Attempts > 0 && s.Solved == s.Attempts }
	never := func(s TaskSide) bool { return s.Attempts > 0 && s.Solved == 0 }
	switch {
	case always(baseline) && never(candidate):
		return Lost
	case never(baseline) && always(candidate):
		return Won
	}
	return ""
}
