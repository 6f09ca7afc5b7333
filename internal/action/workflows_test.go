package action_test

import (
	"cmp"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/internal/realparts"
)

// Each workflow that people copy is run by act, as it is but for its name, for the
// events that it is made for and for those that it leaves out.
func TestActRunsTheWorkflowsToCopy(t *testing.T) {
	realparts.ActProgram(t)
	image := actionImage(t)
	for name, story := range stories {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGated(t, image, story.attempts)
			for _, d := range story.deliveries {
				if got := g.deliver(toCopy(cmp.Or(d.workflow, name)), d.event(g)); got != d.want {
					t.Errorf("%s:%s\nwant%s", d.what, got, d.want)
				}
			}
		})
	}
}

func toCopy(name string) string { return filepath.Join(root, "examples/workflows", name) }

// A workflow that people copy and that no story runs might not work.
func TestEachWorkflowToCopyHasAStory(t *testing.T) {
	files, err := filepath.Glob(toCopy("*"))
	if err != nil {
		t.Fatal(err)
	}
	for i, file := range files {
		files[i] = filepath.Base(file)
	}
	if diff := gocmp.Diff(slices.Sorted(maps.Keys(stories)), files); diff != "" {
		t.Errorf("workflows with a story (-) and in examples/workflows (+):\n%s", diff)
	}
}

// outputsWorkflow has a step that reads what the Action's step says, with a token that
// may do nothing.
const outputsWorkflow = `
name: outputs
on: {pull_request: {}}
permissions: {}
jobs:
  gate:
    runs-on: ubuntu-24.04
    permissions: {}
    steps:
      - uses: actions/checkout@v7
        with:
          ref: ${{ github.event.pull_request.base.sha }}
      - uses: benchgate/benchgate@v0
        id: gate
        continue-on-error: true
        with:
          check: false
          comment: never
        env:
          ANTHROPIC_API_KEY: ${{ secrets.ANTHROPIC_API_KEY }}
      - env:
          SAID: ${{ steps.gate.outputs.verdict }}, exit code ${{ steps.gate.outputs.exit-code }}, ${{ steps.gate.outputs.trials-used }} trials, step ${{ steps.gate.outcome }}
          FILES: ${{ steps.gate.outputs.verdict-path }} ${{ steps.gate.outputs.report-path }}
        run: |
          ls $FILES
          echo "::notice::$SAID"
`

func TestActHandsOutputsToTheNextStep(t *testing.T) {
	realparts.ActProgram(t)
	image := actionImage(t)
	t.Parallel()
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"outputs.yml": outputsWorkflow})
	g := newGated(t, image, 2)
	const want = `
job gate: success
4 trials
asked api.example.com with ANTHROPIC_API_KEY
error benchgate: regression: Regression: claude-opus-4-8 solves 0% instead of 10…
notice: regression, exit code 1, 2 trials, step failure
`
	if got := g.deliver(filepath.Join(dir, "outputs.yml"), pullRequest(ofABranch, "opened", "")(g)); got != want {
		t.Errorf("%s\nwant%s", got, want)
	}
}
