package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/benchgate/benchgate/baselines"
)

// attempts is every try of every attempt, by task. It has numbers and words of ours:
// why a trial ended so, which an agent or an image may have written, is in the run
// file.
func (p Particulars) attempts(m *markdown) {
	arms := p.arms()
	tries := make([]map[string][]baselines.Trial, len(arms))
	counted := make([]map[tryOf]bool, len(arms))
	for i, a := range arms {
		tries[i], counted[i] = byTask(a.run.Trials), countedTries(a.run)
	}
	var rows [][]string
	for _, task := range p.suiteTasks() {
		for i, a := range arms {
			for _, t := range tries[i][task.ID] {
				rows = append(rows, attemptRow(a.arm, t, counted[i][tryOf{t.Key(), t.Try}]))
			}
		}
	}
	if len(rows) == 0 {
		return
	}
	m.details("Each attempt", func() {
		m.rows("llrlrrrrl", []string{"task", "arm", "attempt", "solved", "cost", "requests", "tokens", "agent's time", "ended"}, rows)
	})
}

// byTask are the trials of each task in the order of attempts and their tries.
func byTask(trials []baselines.Trial) map[string][]baselines.Trial {
	tasks := make(map[string][]baselines.Trial)
	for _, t := range trials {
		tasks[t.Task] = append(tasks[t.Task], t)
	}
	for _, of := range tasks {
		slices.SortStableFunc(of, func(a, b baselines.Trial) int {
			return cmp.Or(cmp.Compare(a.Attempt, b.Attempt), cmp.Compare(a.Try, b.Try))
		})
	}
	return tasks
}

// tryOf names one trial of a run.
type tryOf struct {
	baselines.Key
	try int
}

// countedTries are those that stand for their attempts and count.
func countedTries(r *baselines.Run) map[tryOf]bool {
	counted := make(map[tryOf]bool)
	for _, t := range r.Counted() {
		if t.Ended.Counts() {
			counted[tryOf{t.Key(), t.Try}] = true
		}
	}
	return counted
}

func attemptRow(arm baselines.Arm, t baselines.Trial, counted bool) []string {
	number := strconv.Itoa(t.Attempt)
	if t.Try > 1 {
		number += "." + strconv.Itoa(t.Try)
	}
	cost := notKnown
	if t.CostUSD != nil {
		cost = dollars(t.CostUSD.Total())
	}
	requests, tokensUsed := notKnown, notKnown
	if t.Requests != nil {
		requests = count(float64(*t.Requests))
	}
	if t.Tokens != nil {
		tokensUsed = tokens(float64(t.Tokens.Total()))
	}
	return []string{
		code(plain(t.Task, maxName)), string(arm), number, solvedWord(t),
		escape(cost), requests, tokensUsed, duration(t.Seconds.Agent), escape(howEnded(t, counted)),
	}
}

func solvedWord(t baselines.Trial) string {
	switch {
	case t.Solved == nil:
		return notKnown
	case *t.Solved:
		return "yes"
	}
	return "no"
}

// howEnded: "timed out; not counted; tampered".
func howEnded(t baselines.Trial, counted bool) string {
	parts := []string{cmp.Or(endedWords[t.Ended], plain(string(t.Ended), maxName))}
	if !counted {
		parts = append(parts, "not counted")
	}
	for _, f := range t.Flags {
		parts = append(parts, plain(strings.ReplaceAll(string(f), "_", " "), maxName))
	}
	return strings.Join(parts, "; ")
}
