package report

import (
	"slices"
	"strings"

	"github.com/benchgate/benchgate/baselines"
)

// Particulars are what a job's page has room for and a comment has not: each
// attempt, where the money went, and the files that have all of it.
type Particulars struct {
	Baseline, Candidate *baselines.Run // nil: there is none
	Files               []NamedFile
}

// NamedFile is a file of a run.
type NamedFile struct {
	Name string // what it is, in words of ours
	Path string // from the workspace on
}

// Markdown is at most so many bytes: the attempts one by one, then the other tables
// are left out, with a word, where they do not fit.
func (p Particulars) Markdown(most int) string {
	for _, parts := range [][]func(*markdown){
		{p.strips, p.money, p.attempts, p.files},
		{p.strips, p.money, p.files, attemptsLeftOut},
		{p.money, p.files, attemptsLeftOut},
		{p.files, attemptsLeftOut},
	} {
		m := &markdown{}
		for _, part := range parts {
			part(m)
		}
		if m.Len() > 0 && m.Len()+1 <= most {
			return "\n" + m.String()
		}
	}
	return ""
}

func attemptsLeftOut(m *markdown) {
	m.block("<sub>Attempts are left out to fit: the run files have all of them.</sub>")
}

// armRun is one arm's run under its name.
type armRun struct {
	arm baselines.Arm
	run *baselines.Run
}

// arms are those that are there, the baseline first.
func (p Particulars) arms() []armRun {
	all := []armRun{{baselines.Baseline, p.Baseline}, {baselines.Candidate, p.Candidate}}
	return slices.DeleteFunc(all, func(a armRun) bool { return a.run == nil })
}

// suiteTasks are the tasks of both suites, in their order.
func (p Particulars) suiteTasks() []baselines.Task {
	var tasks []baselines.Task
	listed := make(map[string]bool)
	for _, a := range p.arms() {
		for _, task := range a.run.Header.Suite.Tasks {
			if !listed[task.ID] {
				tasks = append(tasks, task)
			}
			listed[task.ID] = true
		}
	}
	return tasks
}

// strips show each attempt of each task as one sign.
func (p Particulars) strips(m *markdown) {
	arms := p.arms()
	titles, align := []string{"task", "tier"}, "ll"
	attempts := make([]map[string][]baselines.Trial, len(arms))
	for i, a := range arms {
		titles, align = append(titles, string(a.arm)), align+"l"
		attempts[i] = byTask(a.run.Counted())
	}
	var rows [][]string
	for _, task := range p.suiteTasks() {
		row := []string{code(plain(task.ID, maxName)), escape(plain(task.Tier, maxName))}
		for _, of := range attempts {
			row = append(row, orDash(attemptSigns(of[task.ID])))
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return
	}
	m.details("Attempts at each task", func() {
		m.rows(align, titles, rows)
		m.block("<sub>One sign an attempt: ▮ solved, ▯ not solved, ? no answer from the tests, × counts nowhere</sub>")
	})
}

// attemptSigns are those of one task's attempts: "▮▮▯".
func attemptSigns(attempts []baselines.Trial) string {
	var signs strings.Builder
	for _, t := range attempts {
		signs.WriteString(attemptSign(t))
	}
	return signs.String()
}

func attemptSign(t baselines.Trial) string {
	switch {
	case !t.Ended.Counts():
		return "×"
	case t.Solved == nil:
		return "?"
	case *t.Solved:
		return "▮"
	}
	return "▯"
}

// files lists where the rest stands.
func (p Particulars) files(m *markdown) {
	if len(p.Files) == 0 {
		return
	}
	var b strings.Builder
	b.WriteString("**Files of the run**, from the workspace on:\n\n")
	for _, f := range p.Files {
		b.WriteString("- " + f.Name + ": " + code(plain(f.Path, maxProse)) + "\n")
	}
	m.block(strings.TrimRight(b.String(), "\n"))
}
