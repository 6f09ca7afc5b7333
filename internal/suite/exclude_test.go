package suite

import (
	"path/filepath"
	"strings"
	"testing"
)

// A suite is not all or nothing: tasks are excluded by id, and those that are refused
// left out when that is asked for.
func TestNotAllOrNothing(t *testing.T) {
	dir := t.TempDir()
	for _, id := range []string{"good", "fix-a", "fix-b", "gpu"} {
		text := "[environment]\ndocker_image = \"debian\"\n"
		if id == "gpu" {
			text += "gpus = 1\n"
		}
		write(t, filepath.Join(dir, id, "task.toml"), text)
		write(t, filepath.Join(dir, id, "instruction.md"), "Do it.\n")
		write(t, filepath.Join(dir, id, "tests/test.sh"), "#!/bin/sh\n")
	}
	for _, c := range []struct {
		name string
		opts LoadOptions
		want string // ids, and after a bar those skipped
		err  string
	}{
		{"refused", LoadOptions{}, "", "environment.gpus is not supported yet"},
		{"excluded", LoadOptions{Exclude: []string{"fix-*", "gpu"}}, "good|", ""},
		{"skipped", LoadOptions{SkipRefused: true, Exclude: []string{"fix-b"}}, "fix-a good|gpu", ""},
		{"skipped before", LoadOptions{Skipped: []SkippedTask{{ID: "gpu"}}}, "fix-a fix-b good|", ""},
		{"nothing has the id", LoadOptions{SkipRefused: true, Exclude: []string{"fix-c"}}, "", `suite.exclude: no task has the id "fix-c"`},
		{"no pattern", LoadOptions{SkipRefused: true, Exclude: []string{"[a"}}, "", `suite.exclude: no task has the id "[a"`},
		{"nothing is left", LoadOptions{Exclude: []string{"*"}}, "", "the suite has no tasks left"},
	} {
		s, err := Load(t.Context(), dir, "s", []Source{{Path: "*"}}, c.opts)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: error %v", c.name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var ids, skipped []string
		for _, task := range s.Tasks {
			ids = append(ids, task.ID)
		}
		for _, left := range s.Skipped {
			skipped = append(skipped, left.ID)
		}
		if got := strings.Join(ids, " ") + "|" + strings.Join(skipped, " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
