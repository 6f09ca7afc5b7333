package action

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/internal/golden"
	"github.com/benchgate/benchgate/internal/workflow"
)

const headCommit = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"

// jobs have the parts of the payload that an event of GitHub has.
func aJob(event string, change ...func(*workflow.Job)) workflow.Job {
	j := workflow.Job{Actions: true, Event: event, Repository: "octocat/Hello-World", SHA: otherSHA, Ref: "refs/heads/main", Actor: "octocat"}
	j.DefaultBranch = "main"
	for _, f := range change {
		f(&j)
	}
	return j
}

func ofPull(j *workflow.Job) {
	j.Action = "synchronize"
	j.PullRequest = &workflow.PullRequest{Number: 7, Head: headCommit, Base: baseCommit, HeadRepository: "octocat/Hello-World"}
}

func ofFork(j *workflow.Job) {
	ofPull(j)
	j.PullRequest.HeadRepository, j.PullRequest.Fork = "mallory/Hello-World", true
}

func label(action, name string) func(*workflow.Job) {
	return func(j *workflow.Job) { j.Action, j.Label = action, name }
}

func ofRun(event, repository string) func(*workflow.Job) {
	return func(j *workflow.Job) {
		j.WorkflowRun = &workflow.WorkflowRun{ID: 5, Head: headCommit, Event: event, HeadRepository: repository}
	}
}

// event is one row of docs/events.md.
type event struct {
	name   string
	job    workflow.Job
	values workflow.Values
	want   ask
	err    string
}

func events() []event {
	byDependabot := func(j *workflow.Job) { j.Actor = "dependabot[bot]" }
	inQueue := func(j *workflow.Job) {
		j.MergeGroup = &workflow.MergeGroup{Head: headCommit, Base: baseCommit, PullRequest: 7}
	}
	standard := workflow.Values{Check: true, AcceptLabel: "benchgate:accept"}
	dispatched := standard
	dispatched.PullRequest = 7
	unchecked := standard
	unchecked.Check = false
	nightly := unchecked
	nightly.OnAlarm = "issue"
	ofHead := ask{do: measure, pull: 7, head: headCommit, proposed: true, workspace: baseCommit, comments: true, checks: true}
	changed := func(f func(*ask)) ask {
		a := ofHead
		f(&a)
		return a
	}
	return []event{
		{name: "a pull request of this repository", job: aJob("pull_request", ofPull), values: standard, want: ofHead},
		{
			name: "without a check", job: aJob("pull_request", ofPull), values: unchecked,
			want: changed(func(a *ask) { a.checks = false }),
		},
		{
			name: "a fork's", job: aJob("pull_request", ofFork), values: standard,
			want: changed(func(a *ask) { a.silent, a.comments, a.checks = true, false, false }),
		},
		{
			name: "Dependabot's", job: aJob("pull_request", ofPull, byDependabot), values: standard,
			want: changed(func(a *ask) { a.silent, a.comments, a.checks = true, false, false }),
		},
		{name: "another label", job: aJob("pull_request", ofPull, label("labeled", "benchgate")), values: standard, want: ofHead},
		{
			name: "the label of acceptance", job: aJob("pull_request", ofPull, label("labeled", "benchgate:accept")), values: standard,
			want: ask{do: accept, pull: 7, head: headCommit, comments: true, checks: true},
		},
		{
			name: "that label taken away", job: aJob("pull_request", ofPull, label("unlabeled", "benchgate:accept")), values: standard,
			want: ask{do: accept, pull: 7, head: headCommit, comments: true, checks: true},
		},
		{
			name: "that label on a fork's", job: aJob("pull_request", ofFork, label("labeled", "benchgate:accept")), values: standard,
			want: ask{do: nothing, pull: 7, head: headCommit, silent: true, why: "GitHub gives this event of a fork or of Dependabot a token that only reads: accept it by a workflow with the event pull_request_target"},
		},
		{
			name: "that label, by the event with secrets", job: aJob("pull_request_target", ofFork, label("labeled", "benchgate:accept")), values: standard,
			want: ask{do: accept, pull: 7, head: headCommit, comments: true, checks: true},
		},
		{name: "the event with secrets", job: aJob("pull_request_target", ofFork), values: standard, err: "pull_request_target"},
		{
			name: "a merge queue", job: aJob("merge_group", inQueue), values: standard,
			want: changed(func(a *ask) { a.comments = false }),
		},
		{
			name: "a maintainer, for a pull request", job: aJob("workflow_dispatch"), values: dispatched,
			want: ask{do: measure, pull: 7, proposed: true, workspace: otherSHA, comments: true, checks: true, dispatcher: "octocat"},
		},
		{
			name: "a maintainer", job: aJob("workflow_dispatch"), values: standard,
			want: ask{do: measure, head: otherSHA, checks: true},
		},
		{name: "a push", job: aJob("push"), values: standard, want: ask{do: measure, head: otherSHA, checks: true}},
		{name: "a schedule", job: aJob("schedule"), values: unchecked, want: ask{do: measure, head: otherSHA}},
		{name: "a schedule with on-alarm: issue", job: aJob("schedule"), values: nightly, want: ask{do: measure, head: otherSHA, alarms: true}},
		{name: "a dispatch by a program, with on-alarm: issue", job: aJob("repository_dispatch"), values: nightly, want: ask{do: measure, head: otherSHA, alarms: true}},
		{name: "a schedule with a pull request's number", job: aJob("schedule"), values: dispatched, err: "input pull-request is for workflow_dispatch"},
		{
			name: "the end of a fork's run", job: aJob("workflow_run", ofRun("pull_request", "mallory/Hello-World")), values: standard,
			want: ask{do: relay, head: headCommit, comments: true, checks: true},
		},
		{
			name: "the end of a run of this repository", job: aJob("workflow_run", ofRun("pull_request", "Octocat/hello-world")), values: standard,
			want: ask{do: nothing, why: "the run that ended is of this repository and has reported itself"},
		},
		{
			name: "the end of a push's run", job: aJob("workflow_run", ofRun("push", "mallory/Hello-World")), values: standard,
			want: ask{do: nothing, why: "the run that ended was started by push, and only those of pull requests are reported"},
		},
		{name: "anybody's comment", job: aJob("issue_comment"), values: standard, err: `the event "issue_comment" asks for nothing`},
		{name: "an event without its payload", job: aJob("pull_request"), values: standard, err: `the event "pull_request" asks for nothing`},
		{name: "a payload without the base", job: aJob("pull_request", ofPull, func(j *workflow.Job) { j.PullRequest.Base = "" }), values: standard, err: "lacks the number or a commit"},
		{name: "a payload without the number", job: aJob("pull_request", ofPull, func(j *workflow.Job) { j.PullRequest.Number = 0 }), values: standard, err: "lacks the number or a commit"},
		{name: "another CI system", job: workflow.Job{}, values: standard, err: "no job of GitHub Actions"},
	}
}

func TestWhatAnEventAsks(t *testing.T) {
	for _, test := range events() {
		t.Run(test.name, func(t *testing.T) {
			got, err := asked(test.job, test.values)
			if diff := gocmp.Diff(test.want, got, gocmp.AllowUnexported(ask{})); diff != "" {
				t.Errorf("what it asks (-want +got):\n%s", diff)
			}
			if said := fmt.Sprint(err); test.err == "" && err != nil || !strings.Contains(said, test.err) {
				t.Errorf("the error is %v, want %q", err, test.err)
			}
		})
	}
}

// The page says what is tested here.
func TestThePageOfEvents(t *testing.T) {
	var b strings.Builder
	b.WriteString(pageOfEvents)
	for _, e := range events() {
		if e.err != "" {
			_, err := asked(e.job, e.values)
			fmt.Fprintf(&b, "| %s | `%s` | refused: %s | – | – | – |\n", e.name, cmp.Or(e.job.Event, "none"), err)
			continue
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s | %s | %s |\n", e.name, e.job.Event, e.want.inWords(), e.want.files(), yes(e.want.comments), yes(e.want.checks))
	}
	golden.Check(t, "../../docs/events.md", []byte(b.String()))
}

const pageOfEvents = `# What an event asks for

This table is written by a test of ` + "`internal/action`" + ` from what it tests; ` + "`go test ./internal/action -update`" + ` writes it
anew. "From the head, as data" means: only ` + "`candidate`" + ` is read from the pull request's head, through GitHub's API, as text in
which nothing is looked up or run; suite, lock, gate, limits, prices, API, sandbox and baseline are those of the base
branch, which must be checked out. Without a secret and a token that writes, all goes to the job's summary, and the job
succeeds.

| started by | event | what is done | whose files judge | comment | check run |
| --- | --- | --- | --- | --- | --- |
`

func (a ask) inWords() string {
	switch a.do {
	case measure:
		text := "measure"
		if a.proposed {
			text += " the candidate from the head, as data"
		}
		if a.alarms {
			text += "; a regression, and drift of the stored nights, is an issue, and does not fail the step"
		}
		if a.silent {
			text += ", if no key is needed; tell it in the summary only"
		}
		return text
	case accept:
		return "look whether the regression is accepted; nothing is run"
	case relay:
		return "post what that run measured, as unverified, never as a success"
	}
	return "nothing: " + a.why
}

func (a ask) files() string {
	switch {
	case a.dispatcher != "":
		return "the branch it was started from"
	case a.proposed:
		return "the base"
	case a.do == measure:
		return "what is checked out"
	}
	return "–"
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}
