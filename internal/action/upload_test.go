package action

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/benchgate/benchgate/internal/workflow"
)

func TestWhatIsUploaded(t *testing.T) {
	t.Chdir(t.TempDir())
	const earlier = "20261125T101112.345Z-abcdef"
	files := map[string]string{
		"plan.json": "{}", "verdict.json": "{}", "report.md": "words", "judged.json": "{}", "candidate.jsonl": "x", "ledger.jsonl": "x", "confirm/candidate.jsonl": "x",
		"trials/candidate/a/1.1/transcript.jsonl": "agent", "trials/candidate/a/1.1/agent.log": "agent",
	}
	for _, run := range []string{earlier, aRun} {
		lay(t, filepath.Join(".benchgate", "runs", run), files)
	}
	lay(t, ".benchgate/runs", map[string]string{"notes/plan.json": "no run's directory"})
	kept := []string{"candidate.jsonl", "confirm/candidate.jsonl", "judged.json", "ledger.jsonl", "plan.json", "report.md", "verdict.json"}
	all := append(slices.Clone(kept[:6]), "trials/candidate/a/1.1/agent.log", "trials/candidate/a/1.1/transcript.jsonl", "verdict.json")
	for _, test := range []struct {
		upload string
		want   []string
	}{{"verdict", kept}, {"full", all}, {"verdict", kept}} { // over what the full one left
		a := &action{values: workflow.Values{WorkingDirectory: ".", Config: "benchgate.yaml", Upload: test.upload}}
		if err := a.stage(); err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, run := range []string{earlier, aRun} {
			for _, name := range test.want {
				want = append(want, run+"/"+name)
			}
		}
		if got := filesBelow(t, a.uploadDir()); !slices.Equal(got, want) {
			t.Errorf("upload: %s has %q, want %q", test.upload, got, want)
		}
	}
}

func TestNothingIsUploadedUnasked(t *testing.T) {
	t.Chdir(t.TempDir())
	lay(t, filepath.Join(".benchgate", "runs", aRun), map[string]string{"plan.json": "{}"})
	a := &action{values: workflow.Values{WorkingDirectory: ".", Config: "benchgate.yaml", Upload: "none"}}
	if err := a.stage(); err != nil || isThere(a.uploadDir()) {
		t.Errorf("there is something to upload (%v)", err)
	}
}
