package action_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/benchgate/benchgate/internal/pullrequest/githubtest"
)

// occasion is an event, and what GitHub tells a workflow that it starts.
type occasion struct {
	event    string
	payload  githubtest.Payload
	sha, ref string                 // what a checkout would take by itself
	run      githubtest.WorkflowRun // as GitHub's API shows it
	readOnly bool                   // GitHub withholds secrets, and the right to write
	actor    string                 // who is responsible; empty: octocat
	ownKey   bool                   // a secret is there nevertheless, as a fork may have of its own
}

// mergeCommit stands for the one that GitHub makes of a pull request: no file of
// ours may be judged by it, and no branch has it.
var mergeCommit = strings.Repeat("f0", 20)

func pullRequest(number int, action, label string) func(*gated) occasion {
	return func(g *gated) occasion {
		p := g.pulls[number]
		return occasion{
			event: "pull_request", payload: githubtest.PullRequestPayload(p, action, label), sha: mergeCommit, ref: fmt.Sprintf("refs/pull/%d/merge", number),
			run: githubtest.WorkflowRun{Head: p.Head, Branch: p.HeadRef, Fork: p.Fork}, readOnly: p.Fork,
		}
	}
}

// byDependabot is a pull request of Dependabot's own branch: GitHub treats its runs as
// those of forks. Source: docs.github.com, "Dependabot on GitHub Actions".
func byDependabot(g *gated) occasion {
	o := pullRequest(ofABranch, "opened", "")(g)
	o.actor, o.readOnly = "dependabot[bot]", true
	return o
}

// withOwnKey is a fork's pull request where the fork has a key of its own.
func withOwnKey(g *gated) occasion {
	o := pullRequest(ofAFork, "opened", "")(g)
	o.ownKey = true
	return o
}

// accepted sets the label of acceptance, a second from now: GitHub's times have no
// fractions, and a label counts that comes after the verdict.
func accepted(g *gated) occasion {
	const label, maintainer = "benchgate:accept", "hubot"
	g.SetAccount(maintainer, githubtest.Account{Role: "maintain"})
	g.AddLabel(ofABranch, label, maintainer, time.Now().Add(time.Second))
	return pullRequest(ofABranch, "labeled", label)(g)
}

// queued is a pull request's place in the merge queue: a commit of its own with the
// head's files.
func queued(g *gated) occasion {
	p := g.pulls[ofABranch]
	branch := githubtest.QueueBranch(p.Number, p.Base)
	g.Put(branch, "100644", g.Files(p.HeadRef))
	o := onBranch("merge_group", branch, g)
	o.payload = githubtest.MergeGroupPayload(p.Number, o.sha, p.Base)
	return o
}

// onBranch is an event whose workflow runs on the tip of a branch.
func onBranch(event, branch string, g *gated) occasion {
	tip := g.Head(branch)
	return occasion{event: event, sha: tip, ref: "refs/heads/" + branch, run: githubtest.WorkflowRun{Head: tip, Branch: branch}}
}

func dispatched(branch string, inputs map[string]string) func(*gated) occasion {
	return func(g *gated) occasion {
		o := onBranch("workflow_dispatch", branch, g)
		o.payload = githubtest.NewPayload(githubtest.Payload{"ref": o.ref, "inputs": inputs})
		return o
	}
}

// scheduled has the payload that GitHub sends: it names no repository.
func scheduled(g *gated) occasion {
	o := onBranch("schedule", "main", g)
	o.payload = githubtest.Payload{"schedule": "17 3 * * 1"}
	return o
}

// completed is the end of the last run, as of a workflow for a pull request.
func completed(workflow string, number int) func(*gated) occasion {
	return func(g *gated) occasion {
		p := g.pulls[number]
		o := onBranch("workflow_run", "main", g)
		o.payload = githubtest.WorkflowRunPayload(githubtest.WorkflowRun{
			ID: g.last.ID, Path: ".github/workflows/" + workflow, Event: "pull_request", Head: p.Head, Branch: p.HeadRef, Fork: p.Fork,
		}, readWorkflow(g.t, toCopy(workflow)).Name)
		return o
	}
}

// workflowFile is what GitHub reads of a workflow before it starts a job.
type workflowFile struct {
	Name string
	On   map[string]yaml.Node
	Jobs map[string]struct{ Permissions map[string]string }
}

func readWorkflow(t *testing.T, file string) workflowFile {
	t.Helper()
	var w workflowFile
	if err := yaml.Unmarshal([]byte(readFile(t, file)), &w); err != nil {
		t.Fatalf("%s: %v", filepath.Base(file), err)
	}
	return w
}

// starts tells whether GitHub starts the workflow: act does not look at types, and not
// at which workflow's run has completed.
func (w workflowFile) starts(t *testing.T, o occasion) bool {
	t.Helper()
	node, listens := w.On[o.event]
	if !listens {
		return false
	}
	var only struct{ Types, Workflows []string }
	if node.Kind == yaml.MappingNode {
		if err := node.Decode(&only); err != nil {
			t.Fatal(err)
		}
	}
	if only.Types == nil && o.event == "pull_request" {
		only.Types = []string{"opened", "synchronize", "reopened"}
	}
	action, _ := o.payload["action"].(string)
	if only.Types != nil && !slices.Contains(only.Types, action) {
		return false
	}
	of, _ := o.payload["workflow"].(githubtest.Payload)
	return of == nil || slices.Contains(only.Workflows, of["name"].(string))
}

// token is what the token of the workflow's only job may do. For a repository that is
// not public, reading has to be allowed, too.
func (w workflowFile) token(o occasion) githubtest.Token {
	var may map[string]string
	for _, job := range w.Jobs {
		may = job.Permissions
	}
	write := func(what string) bool { return may[what] == "write" && !o.readOnly }
	return githubtest.Token{
		Login: githubtest.Actions.Login, App: githubtest.Actions.App, Comments: write("pull-requests"), Checks: write("checks"),
		Contents: write("contents"), Issues: write("issues"), Runs: may["actions"] != "",
	}
}
