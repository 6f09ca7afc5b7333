package action

import (
	"path/filepath"
	"reflect"
	"testing"

	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/workflow"
)

func TestTheNewestVerdictOfACommit(t *testing.T) {
	dir := t.TempDir()
	a := &action{Options: Options{Job: workflow.Job{BuildURL: "https://github.com/octocat/Hello-World/actions/runs/1"}}}
	for run, head := range map[string]string{
		"20261124T101112.345Z-aaaaaa": headCommit, "20261125T101112.345Z-bbbbbb": headCommit,
		"20261126T101112.345Z-cccccc": otherSHA, "20261127T101112.345Z-dddddd": headCommit,
	} {
		lay(t, filepath.Join(dir, run), map[string]string{"plan.json": "{}"})
		if run[7] != '7' { // the newest was interrupted
			lay(t, filepath.Join(dir, run), map[string]string{"verdict.json": "{}"})
		}
		if err := a.remember(&subject{config: &config.Config{}, head: head, pull: 7}, filepath.Join(dir, run)); err != nil {
			t.Fatal(err)
		}
	}
	if got, _, err := verdictOf(dir, headCommit); err != nil || filepath.Base(got) != "20261125T101112.345Z-bbbbbb" {
		t.Errorf("the newest verdict is in %q, %v", got, err)
	}
	if got, _, err := verdictOf(dir, baseCommit); err != nil || got != "" {
		t.Errorf("another commit has the verdict in %q, %v", got, err)
	}
	// A later job that repeats the verdict does not say that it measured it.
	a.Job.BuildURL = "https://github.com/octocat/Hello-World/actions/runs/2"
	run := filepath.Join(dir, "20261124T101112.345Z-aaaaaa")
	if err := a.remember(&subject{config: &config.Config{}, head: otherSHA}, run); err != nil {
		t.Fatal(err)
	}
	want := judged{Schema: judgedSchema, Head: headCommit, PullRequest: 7, BuildURL: "https://github.com/octocat/Hello-World/actions/runs/1"}
	if got, err := readJudged(run); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("it says %+v, %v, want %+v", got, err, want)
	}
}

// What an artifact says of its pages stands in a comment of ours.
func TestOnlyPagesOfThisRepositoryAreLinked(t *testing.T) {
	a := &action{Options: Options{Job: workflow.Job{Server: "https://github.com", Repository: "octocat/Hello-World"}}}
	const own = "https://github.com/octocat/Hello-World/actions/runs/12"
	if got := a.ownRun(own); got != own {
		t.Errorf("its own page is %q", got)
	}
	for _, page := range []string{"", "https://example.com/", "https://github.com/octocat/Hello-World/actions/runs/", own + "/../../../../evil", "https://github.com/octocat/Hello-World-2/actions/runs/1", "https://github.com/octocat/Hello-World/actions/runs/+1"} {
		if got := a.ownRun(page); got != "" {
			t.Errorf("%q is linked as %q", page, got)
		}
	}
}

func TestAForgedRecordIsRefused(t *testing.T) {
	for _, text := range []string{
		"", "{}", `{"schema": "benchgate.judged/v1", "head": "main"}`, `{"schema": "other", "head": "` + headCommit + `"}`,
		`{"schema": "benchgate.judged/v1", "head": "` + headCommit + `", "posted": [{"head": "main", "build": "1.1"}]}`,
		`{"schema": "benchgate.judged/v1", "head": "` + headCommit + `", "posted": [{"head": "` + headCommit + `", "build": "1.1", "unverified": true}]}`,
	} {
		dir := t.TempDir()
		lay(t, dir, map[string]string{judgedFile: text})
		if got, err := readJudged(dir); err == nil {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
}
