package benchgate

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// workflowFile is what the tests read of a workflow.
type workflowFile struct {
	On          yaml.Node
	Permissions map[string]string
	Concurrency yaml.Node
	Jobs        map[string]struct {
		Timeout     int `yaml:"timeout-minutes"`
		Permissions map[string]string
		Steps       []struct {
			Uses, Run string
			With      map[string]string
		}
	}
}

var (
	pinnedUse = regexp.MustCompile(`(?m)^\s*(?:- )?uses: ([^\s@]+)@([0-9a-f]{40}) # v\d+(\.\d+){0,2}$`)
	anyUse    = regexp.MustCompile(`(?m)^\s*(?:- )?uses: (\S+).*$`)
)

// Our workflows, and those that others copy, are held to what keeps a token and a
// key safe. actionlint, in .ci/run, looks at the rest.
func TestWorkflowsAreCareful(t *testing.T) {
	files := workflowFiles(t)
	for _, name := range files {
		text := read(t, name)
		var w workflowFile
		if err := yaml.Unmarshal([]byte(text), &w); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !strings.Contains(text, "\npermissions: {}\n") {
			t.Errorf("%s: want permissions: {} for all jobs, and each job's own", name)
		}
		if w.Concurrency.IsZero() {
			t.Errorf("%s has no concurrency group", name)
		}
		for id, job := range w.Jobs {
			if job.Timeout == 0 {
				t.Errorf("%s: job %s has no timeout-minutes", name, id)
			}
			if job.Permissions == nil {
				t.Errorf("%s: job %s has no permissions", name, id)
			}
			for _, step := range job.Steps {
				if strings.Contains(step.Run, "${{") {
					t.Errorf("%s: job %s puts an expression into a script: pass it in env", name, id)
				}
				if !strings.HasPrefix(step.Uses, "actions/checkout@") {
					continue
				}
				if step.With["persist-credentials"] != "false" {
					t.Errorf("%s: job %s checks out without persist-credentials: false", name, id)
				}
				if strings.Contains(text, "pull_request_target") || strings.Contains(step.With["ref"], ".head") {
					t.Errorf("%s: job %s checks out beside pull_request_target, or a head", name, id)
				}
			}
		}
		for _, use := range anyUse.FindAllStringSubmatch(text, -1) {
			ours := strings.HasPrefix(use[1], "benchgate/benchgate") || strings.HasPrefix(use[1], "./")
			if !ours && !pinnedUse.MatchString(use[0]) {
				t.Errorf("%s: %q is not pinned by its commit, with its version behind", name, strings.TrimSpace(use[0]))
			}
		}
	}
}

func workflowFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{".github/workflows/*.yml", "examples/workflows/*.yml"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) < 2 {
			t.Fatalf("%s: %d files, %v", pattern, len(found), err)
		}
		files = append(files, found...)
	}
	return files
}

// The same action has the same commit everywhere.
func TestActionsArePinnedOnce(t *testing.T) {
	at := make(map[string]string)
	for _, name := range workflowFiles(t) {
		for _, use := range pinnedUse.FindAllStringSubmatch(read(t, name), -1) {
			if other := at[use[1]]; other != "" && other != use[2] {
				t.Errorf("%s uses %s at %s, others at %s", name, use[1], use[2], other)
			}
			at[use[1]] = use[2]
		}
	}
}
