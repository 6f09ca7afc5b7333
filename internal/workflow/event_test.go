package workflow

import (
	"os"
	"path/filepath"
	"testing"
)

// Whatever a payload holds: what is taken from it for a commit is one, and no
// number is negative.
func FuzzPayload(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) < 6 {
		f.Fatalf("%d payloads, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := parsePayload(text)
		if err != nil {
			return
		}
		var commits []string
		if pull := p.PullRequest; pull != nil {
			commits = append(commits, pull.Head, pull.Base)
			if pull.Number < 0 {
				t.Errorf("pull request %d", pull.Number)
			}
			if !pull.Fork && pull.HeadRepository == "" {
				t.Error("a head of no repository is no fork")
			}
		}
		if group := p.MergeGroup; group != nil {
			commits = append(commits, group.Head, group.Base)
			if group.PullRequest < 0 {
				t.Errorf("pull request %d", group.PullRequest)
			}
		}
		if run := p.WorkflowRun; run != nil {
			commits = append(commits, run.Head)
		}
		for _, sha := range commits {
			if sha != "" && !fullCommit.MatchString(sha) {
				t.Errorf("commit %q", sha)
			}
		}
	})
}
