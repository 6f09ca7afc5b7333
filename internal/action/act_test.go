package action_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/realparts"
)

// gateWorkflow uses the Action as people do, and reads its outputs in the next step.
const gateWorkflow = `
on: push
permissions: {}
jobs:
  gate:
    runs-on: ubuntu-latest
    steps:
      - uses: ./benchgate
        id: gate
        continue-on-error: true
        with:
          check: false
          github-token: ghs_nobody
      - if: always()
        run: |
          echo "the verdict is ${{ steps.gate.outputs.verdict }}, exit code ${{ steps.gate.outputs.exit-code }}, step ${{ steps.gate.outcome }}"
          ls ${{ steps.gate.outputs.upload-path }}/*/verdict.json ${{ steps.gate.outputs.report-path }}
`

// act is another runner than ours, and reads action.yml itself.
func TestActRunsTheAction(t *testing.T) {
	program := realparts.ActProgram(t)
	image := actionImage(t)
	dir := workspace(t, "act", "true")
	described, err := os.ReadFile(filepath.Join(root, "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	asReleased := regexp.MustCompile(`(?m)^  image: .*$`).ReplaceAll(described, []byte("  image: docker://"+image))
	for name, text := range map[string][]byte{"benchgate/action.yml": asReleased, ".github/workflows/gate.yml": []byte(gateWorkflow)} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.RemoveAll(filepath.Join(dir, ".git")); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"init", "--quiet", "--initial-branch=main"},
		{"add", "."},
		{"-c", "user.name=octocat", "-c", "user.email=octocat@users.noreply.github.com", "commit", "--quiet", "--message=tasks"},
		{"remote", "add", "origin", "https://github.com/octocat/Hello-World.git"},
	} {
		git := exec.CommandContext(t.Context(), "git", append([]string{"-C", dir, "-c", "safe.directory=*"}, args...)...)
		if out, err := git.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	var out bytes.Buffer
	act := exec.CommandContext(t.Context(), program, "push", "--workflows", ".github/workflows/gate.yml",
		"--platform", "ubuntu-latest=debian:bookworm-slim", "--pull=false", "--bind", "--env", "ANTHROPIC_API_KEY="+apiKey)
	act.Dir, act.Stdout, act.Stderr = dir, &out, &out
	act.Env = append(os.Environ(), "HOME="+t.TempDir())
	if err := act.Run(); err != nil {
		t.Fatalf("act: %v\n%s", err, &out)
	}
	for _, want := range []string{"the verdict is regression, exit code 1, step failure", "/verdict.json", "/report.md"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the job's log does not hold %q", want)
		}
	}
	if t.Failed() {
		t.Log(out.String())
	}
	gone(t, dir)
}
