package trial

import (
	"context"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/leak"
	"github.com/benchgate/benchgate/internal/plain"
	"github.com/benchgate/benchgate/internal/redact"
	"github.com/benchgate/benchgate/internal/suite"
)

// noteFetched notes where the agent went for the task's answer, as far as its
// transcript tells.
func (a *attempt) noteFetched() {
	if a.ending.Result == nil || a.ending.Result.Uses == nil {
		return
	}
	if a.trial.Sources == nil {
		a.trial.Sources = make(map[string]string)
	}
	a.trial.Sources["answers_fetched"] = "transcript"
	task := a.leaks()
	for _, use := range a.ending.Result.Uses {
		what, found := task.Find(use)
		if !found {
			continue
		}
		a.flag(baselines.AnswersFetched)
		says := plain.Line(string(use.Tool)+": "+redact.String(what, a.secrets()), maxTamperedText)
		if len(a.trial.AnswersFetched) < maxTampered && !slices.Contains(a.trial.AnswersFetched, says) {
			a.trial.AnswersFetched = append(a.trial.AnswersFetched, says)
		}
	}
}

// leaks is where the task's answer can be had.
func (a *attempt) leaks() leak.Task {
	task := a.job.Task
	known := leak.Task{
		Places:  slices.Concat(a.job.Upstream, a.AnswersAt),
		Offline: task.Network == suite.NoNetwork,
		History: a.job.AnswerInHistory,
		Told:    task.Instruction + "\n" + scriptText(task.Solution.Files),
	}
	if p := leak.PlaceOf(task.Source.Git); p != "" {
		known.Places = append(known.Places, p)
	}
	return known
}

// findHistory tells Job.OnHistory what the repositories had of what the agent wrote.
func (a *attempt) findHistory(ctx context.Context) {
	if a.job.OnHistory == nil || a.before == nil {
		return
	}
	after, err := a.takeSnapshot(ctx, forRecording)
	if err != nil {
		a.log.Warn("what the task's git history holds is not known", "error", err)
		return
	}
	objects := make(leak.Objects)
	var found History
	for _, name := range slices.Sorted(maps.Keys(a.before.files)) {
		content := a.before.files[name].content
		objects.Add(name, content)
		for _, p := range leak.Remotes(name, content) {
			if len(found.Places) < maxTampered && !slices.Contains(found.Places, p) {
				found.Places = append(found.Places, p)
			}
		}
	}
	written, _ := after.since(a.before)
	for _, c := range written {
		if len(found.Files) < maxTampered && !inGit(c.header.Name) && objects.Has(c.content) {
			found.Files = append(found.Files, plain.Line(c.header.Name, maxTamperedText))
		}
	}
	// Where the solution itself reads the history, that is how the task is solved.
	if _, reads := leak.ReadsHistory(scriptText(a.job.Task.Solution.Files)); reads {
		found.Files = nil
	}
	a.job.OnHistory(found)
}

// inGit reports whether a path is in git's own directory.
func inGit(name string) bool { return slices.Contains(strings.Split(path.Dir(name), "/"), ".git") }
