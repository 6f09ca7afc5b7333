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

// mostHosts is how many names of hosts a record has.
const mostHosts = 50

// watchHosts forgets which hosts were asked for before the agent begins.
func (a *attempt) watchHosts(ctx context.Context) {
	if a.job.Task.Network == suite.NoNetwork {
		return // there are none
	}
	before, err := a.box.Asked(ctx, a.leaks().Sites()...)
	if err != nil {
		a.log.Warn("which hosts the agent asks for is not known", "error", err)
	}
	a.watched = before.Watched
}

// noteHosts notes which hosts were asked for until the agent was stopped. Of a trial
// that was cancelled it is not known.
func (a *attempt) noteHosts(ctx context.Context) {
	if !a.watched || a.removed {
		return
	}
	asked, err := a.box.Asked(ctx)
	if a.watched = err == nil && asked.Watched; !a.watched {
		a.log.Warn("which hosts the agent asked for is not known", "error", err)
		return
	}
	a.asked = asked.Hosts
	noted := &baselines.HostsAsked{More: int64(asked.More), Lost: int64(asked.Lost)}
	for i, host := range asked.Hosts {
		if i == mostHosts {
			noted.More += int64(len(asked.Hosts) - mostHosts)
			break
		}
		noted.Names = append(noted.Names, redact.String(host, a.secrets()))
	}
	a.trial.HostsAsked = noted
	if noted.Lost > 0 {
		a.flag(baselines.HostsLost)
	}
}

// noteFetched notes where the agent went for the task's answer, as far as its
// transcript and the hosts that were asked for tell.
func (a *attempt) noteFetched() {
	task := a.leaks()
	if result := a.ending.Result; result != nil && result.Uses != nil {
		a.lookedAt("transcript")
		for _, use := range result.Uses {
			if what, found := task.Find(use); found {
				a.fetched(string(use.Tool) + ": " + redact.String(what, a.secrets()))
			}
		}
	}
	if a.watched {
		a.lookedAt("network")
		for _, host := range a.asked {
			if at, found := task.Asked(host); found {
				a.fetched("network: " + string(at))
			}
		}
	}
}

// lookedAt notes where fetched answers were looked for.
func (a *attempt) lookedAt(source string) {
	if a.trial.Sources == nil {
		a.trial.Sources = make(map[string]string)
	}
	if before := a.trial.Sources["answers_fetched"]; before != "" {
		source = before + ", " + source
	}
	a.trial.Sources["answers_fetched"] = source
}

func (a *attempt) fetched(what string) {
	a.flag(baselines.AnswersFetched)
	says := plain.Line(what, maxTamperedText)
	if len(a.trial.AnswersFetched) < maxTampered && !slices.Contains(a.trial.AnswersFetched, says) {
		a.trial.AnswersFetched = append(a.trial.AnswersFetched, says)
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
