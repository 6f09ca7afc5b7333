package workflow_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/internal/workflow"
)

const (
	head = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"
	base = "2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e"
)

// The payloads are cut from GitHub's documentation of its webhooks, with the
// values that benchgate reads replaced.
func TestPayloads(t *testing.T) {
	for name, want := range map[string]workflow.Payload{
		"pull_request.labeled": {
			Action: "labeled", Sender: "hubot", DefaultBranch: "main", Label: "benchgate:accept",
			PullRequest: &workflow.PullRequest{Number: 7, Head: head, Base: base, HeadRepository: "Octo-Org/app", BaseBranch: "main", Author: "octocat"},
		},
		"pull_request.fork": {
			Action: "opened", Sender: "octocat", DefaultBranch: "main", Private: true,
			PullRequest: &workflow.PullRequest{Number: 8, Head: head, Base: base, HeadRepository: "octocat/app", BaseBranch: "main", Author: "octocat", Draft: true, Fork: true},
		},
		"pull_request.deleted-fork": {
			Action: "synchronize", Sender: "octocat", DefaultBranch: "main",
			PullRequest: &workflow.PullRequest{Number: 9, Head: head, Base: base, BaseBranch: "main", Author: "octocat", Fork: true},
		},
		"merge_group": {
			Action: "checks_requested", Sender: "github-merge-queue[bot]", DefaultBranch: "main",
			MergeGroup: &workflow.MergeGroup{Head: head, Base: base, PullRequest: 12},
		},
		"workflow_run": {
			Action: "completed", Sender: "octocat", DefaultBranch: "main",
			WorkflowRun: &workflow.WorkflowRun{ID: 19123456789, Attempt: 2, Head: head, HeadRepository: "octocat/app", HeadBranch: "main", Event: "pull_request", Conclusion: "success", WorkflowFile: ".github/workflows/gate.yml"},
		},
		"schedule": {},
	} {
		t.Run(name, func(t *testing.T) {
			job, err := workflow.ReadJob(in(map[string]string{"GITHUB_EVENT_PATH": filepath.Join("testdata", name+".json")}))
			if diff := cmp.Diff(want, job.Payload); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestTheJobIsReadFromItsEnvironment(t *testing.T) {
	got, err := workflow.ReadJob(inActions(map[string]string{
		"RUNNER_DEBUG": "1", "GITHUB_REPOSITORY": "octo-org/app", "GITHUB_API_URL": "https://ghe.example/api/v3", "GITHUB_SERVER_URL": "https://ghe.example",
		"GITHUB_RUN_ID": "19123456789", "GITHUB_RUN_ATTEMPT": "2", "GITHUB_WORKFLOW_REF": "octo-org/app/.github/workflows/gate.yml@refs/pull/7/merge",
		"GITHUB_JOB": "gate", "GITHUB_EVENT_NAME": "workflow_dispatch", "GITHUB_SHA": head, "GITHUB_REF": "refs/heads/main",
		"GITHUB_WORKSPACE": "/github/workspace", "RUNNER_TEMP": "/github/runner_temp", "GITHUB_ACTOR": "octocat",
	}))
	want := workflow.Job{
		Actions: true, Debug: true, Repository: "octo-org/app", API: "https://ghe.example/api/v3", Server: "https://ghe.example",
		Build: "19123456789.2", BuildURL: "https://ghe.example/octo-org/app/actions/runs/19123456789", WorkflowFile: ".github/workflows/gate.yml",
		Name: "gate", Event: "workflow_dispatch", SHA: head, Ref: "refs/heads/main", Workspace: "/github/workspace", Temp: "/github/runner_temp", Actor: "octocat",
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if got, err := workflow.ReadJob(in(nil)); err != nil || cmp.Diff(workflow.Job{}, got) != "" {
		t.Errorf("outside GitHub Actions: %v %s", err, cmp.Diff(workflow.Job{}, got))
	}
}

func TestWhoGetsNoSecrets(t *testing.T) {
	fork := workflow.Payload{PullRequest: &workflow.PullRequest{Number: 7, Fork: true}}
	own := workflow.Payload{PullRequest: &workflow.PullRequest{Number: 7}}
	for _, test := range []struct {
		job  workflow.Job
		want bool
	}{
		{workflow.Job{Event: "pull_request", Payload: fork}, true},
		{workflow.Job{Event: "pull_request", Payload: own}, false},
		{workflow.Job{Event: "pull_request", Payload: own, Actor: "dependabot[bot]"}, true},
		{workflow.Job{Event: "pull_request_target", Payload: fork}, false},
		{workflow.Job{Event: "workflow_dispatch"}, false},
		{workflow.Job{Event: "schedule"}, false},
	} {
		if got := test.job.WithoutSecrets(); got != test.want {
			t.Errorf("%+v: %v", test.job, got)
		}
	}
}

func TestAForgedOrBrokenPayloadIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		`{`: "unexpected end of JSON input",
		`{"pull_request": {"number": -1, "head": {"sha": "main; rm -rf /"}}}`: `pull_request.head.sha is "main; rm -rf /", want a commit in full`,
		`{"pull_request": {"number": "7"}}`:                                   "cannot unmarshal string",
		`{"merge_group": {"base_sha": "abc"}}`:                                `merge_group.base_sha is "abc", want a commit in full`,
	} {
		file := filepath.Join(t.TempDir(), "event.json")
		must(t, os.WriteFile(file, []byte(text), 0o600))
		_, err := workflow.ReadJob(in(map[string]string{"GITHUB_EVENT_PATH": file}))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "reading the event (GITHUB_EVENT_PATH): ") {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	if _, err := workflow.ReadJob(in(map[string]string{"GITHUB_EVENT_PATH": t.TempDir() + "/gone"})); err == nil {
		t.Error("a payload that is not there is none")
	}
}
