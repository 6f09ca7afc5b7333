package workflow_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/internal/workflow"
)

// withFile is a log whose runner made this file for it.
func withFile(t *testing.T, variable string) (*workflow.Log, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "command")
	must(t, os.WriteFile(file, nil, 0o600))
	return workflow.NewLog(inActions(map[string]string{variable: file}), new(bytes.Buffer)), file
}

func TestOutputsHoldNumbersWordsAndPathsOfOurs(t *testing.T) {
	log, file := withFile(t, "GITHUB_OUTPUT")
	want := map[string]string{
		"verdict": "not_measured", "exit-code": "5", "pass-rate-candidate": "0.5556", "usd-saved": "-1.25",
		"run-path": "bench/.benchgate/runs/20261123T0613-vh5454", "artifact-name": "benchgate-quickstart-1",
	}
	for name, value := range want {
		must(t, log.SetOutput(name, value))
	}
	if diff := cmp.Diff(want, assignments(t, file)); diff != "" {
		t.Errorf("the runner reads (-want +got):\n%s", diff)
	}
	before := content(t, file)
	for _, wrong := range [][2]string{
		{"verdict", "Pass"},
		{"verdict", "pass\nother=1"},
		{"exit-code", "0; rm -rf /"},
		{"usd-used", "1e9"},
		{"usd-used", "NaN"},
		{"usd-used", ""},
		{"run-path", "../outside"},
		{"run-path", "/github/workspace/x"},
		{"run-path", "a/../../b"},
		{"run-path", "--output=x"},
		{"run-path", "a b"},
		{"run-path", "a$(id)"},
		{"report-path", "${{ github.token }}"},
		{"artifact-name", "a/b"},
		{"headline", "x"},
	} {
		if err := log.SetOutput(wrong[0], wrong[1]); err == nil || !strings.Contains(err.Error(), wrong[0]) {
			t.Errorf("%s may be %q: %v", wrong[0], wrong[1], err)
		}
	}
	if content(t, file) != before {
		t.Error("a refused output was written")
	}
}

func TestStateIsWholeWhateverItHolds(t *testing.T) {
	log, file := withFile(t, "GITHUB_STATE")
	value := "first=1\nsecond<<_GitHubActionsFileCommandDelimeter_\nx\n_GitHubActionsFileCommandDelimeter_\nthird=3\n"
	must(t, log.SaveState("run", value), log.SaveState("check", "42"))
	if diff := cmp.Diff(map[string]string{"run": value, "check": "42"}, assignments(t, file)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := log.SaveState("a<<b", "x"); err == nil {
		t.Error("a name with << is taken")
	}
	if got := in(map[string]string{"STATE_check": "42"}).State("check"); got != "42" {
		t.Errorf("State = %q", got)
	}
}

func TestEveryDelimiterIsAnother(t *testing.T) {
	log, file := withFile(t, "GITHUB_OUTPUT")
	must(t, log.SetOutput("verdict", "pass"), log.SetOutput("verdict", "pass"))
	lines := strings.Split(content(t, file), "\n")
	if len(lines) != 7 || lines[0] == lines[3] || len(lines[2]) != len("benchgate_")+32 {
		t.Errorf("the file is %q", lines)
	}
}

func TestAMissingFileOfTheRunnerIsSaid(t *testing.T) {
	none := workflow.NewLog(inActions(nil), new(bytes.Buffer))
	gone := workflow.NewLog(inActions(map[string]string{
		"GITHUB_OUTPUT": t.TempDir() + "/gone", "GITHUB_STATE": t.TempDir() + "/gone", "GITHUB_STEP_SUMMARY": t.TempDir() + "/gone",
	}), new(bytes.Buffer))
	for _, log := range []*workflow.Log{none, gone} {
		for variable, err := range map[string]error{
			"GITHUB_OUTPUT": log.SetOutput("verdict", "pass"), "GITHUB_STATE": log.SaveState("a", "b"), "GITHUB_STEP_SUMMARY": log.Summarize("x"),
		} {
			if err == nil || !strings.Contains(err.Error(), variable) {
				t.Errorf("without the file of %s: %v", variable, err)
			}
		}
	}
}

func TestTheSummaryStaysUnderTheLimit(t *testing.T) {
	log, file := withFile(t, "GITHUB_STEP_SUMMARY")
	must(t, log.Summarize("# First"))
	line := "| `task` | 1 | 2 |\n"
	must(t, log.Summarize("<details><summary>All</summary>\n\n"+strings.Repeat(line, 100_000)+"\n</details>\n"))
	text := content(t, file)
	switch {
	case len(text) > 1024*1024 || len(text) < 1000*1024:
		t.Errorf("it has %d bytes", len(text))
	case !strings.HasPrefix(text, "# First\n<details>"):
		t.Errorf("it begins %q", text[:40])
	case !strings.HasSuffix(text, line+"\n</details>\n\n**The summary is cut here: GitHub shows at most 1 MiB of a step. The run's files have all of it.**\n"):
		t.Errorf("it ends %q", text[len(text)-200:])
	}
	must(t, log.Summarize(strings.Repeat("x", 2_000_000)))
	if content(t, file) != text {
		t.Error("something was added to a full summary")
	}
}

func TestACutFenceIsEnded(t *testing.T) {
	log, file := withFile(t, "GITHUB_STEP_SUMMARY")
	must(t, log.Summarize("````text\n"+strings.Repeat("```\n<details>\n", 100_000)))
	if text := content(t, file); !strings.Contains(text, "\n````\n\n**The summary is cut here") {
		t.Errorf("it ends %q", text[len(text)-200:])
	}
	log, file = withFile(t, "GITHUB_STEP_SUMMARY")
	must(t, log.Summarize(strings.Repeat("é", 1_000_000)))
	if text := content(t, file); !strings.Contains(text, "é\n\n**The summary is cut here") || strings.Contains(text, "\uFFFD") {
		t.Errorf("one long line ends %q", text[len(text)-200:])
	}
}

func content(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	must(t, err)
	return string(text)
}
