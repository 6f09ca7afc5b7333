package workflow

import (
	"fmt"
	"strings"

	"github.com/sethvargo/go-githubactions"
)

// Lookup finds a variable of the environment, as os.LookupEnv does.
type Lookup func(name string) (value string, found bool)

func (l Lookup) text(name string) string {
	value, _ := l(name)
	return value
}

// Job is what the runner says of the running job, in the environment and in the
// payload of the event that started it. Text is empty and a pointer nil where
// nothing is said: in another CI system all of it may be.
type Job struct {
	Actions bool // GitHub Actions runs this, or something that says it is
	Debug   bool // somebody asked for a job with debug logging

	Repository   string // OWNER/NAME
	API, Server  string // addresses; empty: those of github.com
	Build        string // NUMBER.ATTEMPT of the workflow's run
	BuildURL     string // its page
	WorkflowFile string // as .github/workflows/gate.yml
	Name         string // the job's id in that file
	Event        string // as pull_request
	SHA, Ref     string // what was checked out by default: of a pull request the merge commit
	Workspace    string // absolute path
	Temp         string // directory that the runner empties after the job
	Actor        string // login of who is responsible for the run

	Payload
}

// Payload is what the event says; which parts are there depends on the event.
type Payload struct {
	Action        string // what happened, as opened or labeled
	Sender        string // login of whose deed it is
	DefaultBranch string
	Private       bool // the repository is private or internal; false also where the event does not say
	PullRequest   *PullRequest
	Label         string // that was added or taken away
	MergeGroup    *MergeGroup
	WorkflowRun   *WorkflowRun
}

// PullRequest is the event's pull request as it was then.
type PullRequest struct {
	Number         int
	Head, Base     string // commits in full; empty where the payload does not say
	HeadRepository string // OWNER/NAME; empty: it is deleted, or not said
	BaseBranch     string
	Author         string // login
	Draft          bool
	Fork           bool // the head is not known to be in the base's repository
}

// MergeGroup is a group of pull requests in a merge queue.
type MergeGroup struct {
	Head, Base  string // commits in full
	PullRequest int    // the last of the group, taken from its branch; 0: not said
}

// WorkflowRun is the run whose end started this job.
type WorkflowRun struct {
	ID, Attempt    int64
	Head           string // commit in full
	HeadRepository string // OWNER/NAME
	HeadBranch     string // text that others chose
	Event          string
	Conclusion     string
	WorkflowFile   string
}

// ReadJob reads the environment, and the event's payload where it names one. The
// job is whole but for its payload where the error is of that.
func ReadJob(lookup Lookup) (Job, error) {
	// The library would read the payload too, whole and untyped.
	library := githubactions.New(githubactions.WithGetenv(func(name string) string {
		if name == "GITHUB_EVENT_PATH" {
			return ""
		}
		return lookup.text(name)
	}))
	context, _ := library.Context() // its errors are of numbers, which are not taken from it
	j := Job{
		Actions: context.Actions, Debug: lookup.text("RUNNER_DEBUG") == "1",
		Repository: context.Repository, API: lookup.text("GITHUB_API_URL"), Server: lookup.text("GITHUB_SERVER_URL"),
		Name: context.Job, Event: context.EventName, SHA: context.SHA, Ref: context.Ref,
		Workspace: context.Workspace, Temp: lookup.text("RUNNER_TEMP"), Actor: context.Actor,
	}
	j.WorkflowFile = workflowFile(lookup.text("GITHUB_WORKFLOW_REF"), j.Repository)
	if id := lookup.text("GITHUB_RUN_ID"); id != "" {
		j.Build = id
		if attempt := lookup.text("GITHUB_RUN_ATTEMPT"); attempt != "" {
			j.Build += "." + attempt
		}
		if j.Server != "" {
			j.BuildURL = j.Server + "/" + j.Repository + "/actions/runs/" + id
		}
	}
	file := lookup.text("GITHUB_EVENT_PATH")
	if file == "" {
		return j, nil
	}
	var err error
	if j.Payload, err = readPayload(file); err != nil {
		return j, fmt.Errorf("reading the event (GITHUB_EVENT_PATH): %w", err)
	}
	return j, nil
}

// workflowFile takes the file from OWNER/NAME/.github/workflows/FILE@REF.
func workflowFile(ref, repository string) string {
	path, _, _ := strings.Cut(ref, "@")
	return strings.TrimPrefix(path, repository+"/")
}

// PullRequestNumber is the number of the pull request that the event is of; 0:
// it is of none.
func (j Job) PullRequestNumber() int {
	switch {
	case j.PullRequest != nil:
		return j.PullRequest.Number
	case j.MergeGroup != nil:
		return j.MergeGroup.PullRequest
	}
	return 0
}

// Dependabot says whether Dependabot is responsible for the run. GitHub gives
// such runs a token that reads, and Dependabot's secrets only.
func (j Job) Dependabot() bool { return j.Actor == "dependabot[bot]" }

// WithoutSecrets says whether GitHub withholds secrets from this run and gives it
// a token that only reads: the pull request comes from a fork or from Dependabot.
// Source: docs.github.com, "Events that trigger workflows" and "Dependabot on
// GitHub Actions". A private repository may be set to give forks secrets.
func (j Job) WithoutSecrets() bool {
	switch j.Event {
	case "pull_request", "pull_request_review", "pull_request_review_comment":
		return j.Dependabot() || j.PullRequest != nil && j.PullRequest.Fork
	}
	return false
}

// State is what an earlier step of the same action saved with [Log.SaveState];
// empty: nothing, or it was never reached.
func (l Lookup) State(name string) string { return l.text("STATE_" + name) }
