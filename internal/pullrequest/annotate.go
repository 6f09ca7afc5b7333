package pullrequest

import (
	"context"
	"fmt"

	"github.com/google/go-github/v62/github"

	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

// Places say where in the measured commit's files the parts of the gate are, for
// annotations. What has no place, or a file that the commit does not have, is not
// annotated.
type Places struct {
	Config string                 // path of the configuration in the repository
	Rules  map[compare.Metric]int // in it: the line of each metric's own rule, from 1
	Tasks  map[string]string      // by id: path of the task's own file, such as tasks/lru-cache/task.toml

	Candidate int // in Config: the candidate's line, from 1; 0: not known
}

// note is an annotation.
type note struct {
	path, level, title, text string
	line                     int
}

// mostTasks of those that fell have an annotation: GitHub shows ten warnings.
const mostTasks = 9

// notes place what the verdict found.
func (p *Poster) notes(ctx context.Context, v gate.Verdict, f Facts, at Places) ([]note, error) {
	if p.post.NoCheck || f.Unverified {
		return nil, nil
	}
	all := place(report.Notes(v), at)
	if len(all) == 0 {
		return nil, nil
	}
	var paths []string
	for _, n := range all {
		paths = append(paths, n.path)
	}
	there, err := p.existing(ctx, f.Head, paths)
	if err != nil {
		return nil, err
	}
	var kept []note
	for _, n := range all {
		if there[n.path] {
			kept = append(kept, n)
		}
	}
	return fewer(kept), nil
}

func place(found []report.Note, at Places) []note {
	var notes []note
	for _, n := range found {
		line, ruled := at.Rules[n.Rule]
		file, kept := at.Tasks[n.Task]
		switch {
		case n.Rule != "" && ruled && at.Config != "":
			notes = append(notes, note{path: at.Config, line: max(line, 1), level: "failure", title: "benchgate: regression", text: n.Text})
		case n.Candidate && at.Candidate > 0 && at.Config != "":
			notes = append(notes, note{path: at.Config, line: at.Candidate, level: "notice", title: "benchgate: another price", text: n.Text})
		case n.Task != "" && kept:
			notes = append(notes, note{path: file, line: 1, level: "warning", title: "benchgate: solved less often", text: n.Text})
		}
	}
	return notes
}

// fewer keeps the first of the tasks' annotations, the last of which says how many
// more there would be.
func fewer(notes []note) []note {
	var kept []note
	tasks := 0
	for _, n := range notes {
		if n.level == "warning" {
			tasks++
		}
		if n.level != "warning" || tasks <= mostTasks {
			kept = append(kept, n)
		}
	}
	if rest := tasks - mostTasks; rest > 0 {
		kept[len(kept)-1].text += fmt.Sprintf(" (and %d more such tasks)", rest)
	}
	return kept
}

// annotations are the notes as GitHub takes them: fewer than the 50 of a request.
func annotations(notes []note) []*github.CheckRunAnnotation {
	var all []*github.CheckRunAnnotation
	for _, n := range notes {
		all = append(all, &github.CheckRunAnnotation{
			Path: &n.path, StartLine: &n.line, EndLine: &n.line, AnnotationLevel: &n.level, Title: &n.title, Message: &n.text,
		})
	}
	return all
}
