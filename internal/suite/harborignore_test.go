package suite

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What Harbor 0.26 leaves out of such a tree, by its TaskFileFilter.
func TestHarborIgnore(t *testing.T) {
	tree := []string{
		"environment/draft.txt", "tests/test.sh", "tests/draft.txt", "tests/draft.txt.bak", "tests/data/a.log", "tests/data/keep.log",
		"tests/data/deep/b.log", "tests/big/one", "tests/big/two", "tests/sub/big", "tests/sub/draft.txt", "solution/solve.sh", "solution/draft.txt",
	}
	cases := []struct {
		name  string
		rules map[string]string // by file
		want  string            // what is left out
	}{
		{"nothing", nil, ""},
		{"a name, at any depth of its directory only", map[string]string{"tests/.harborignore": "draft.txt\n"}, "tests/draft.txt tests/sub/draft.txt"},
		{"anchored", map[string]string{"tests/.harborignore": "/draft.txt\r\n# comment\n\n/\n"}, "tests/draft.txt"},
		{"only directories", map[string]string{"tests/.harborignore": "big/\n"}, "tests/big/one tests/big/two"},
		{"a directory keeps what is in it out", map[string]string{"tests/.harborignore": "data\n!data/keep.log\n"}, "tests/data/a.log tests/data/deep/b.log tests/data/keep.log"},
		{"taken back", map[string]string{"tests/.harborignore": "*.log\n!keep.log\n"}, "tests/data/a.log tests/data/deep/b.log"},
		{"all that is below", map[string]string{"tests/.harborignore": "data/**\n"}, "tests/data/a.log tests/data/deep/b.log tests/data/keep.log"},
		{"the nearest file decides", map[string]string{"tests/.harborignore": "*.log\n", "tests/data/.harborignore": "!/a.log\n"}, "tests/data/deep/b.log tests/data/keep.log"},
		{"elsewhere it means nothing", map[string]string{"environment/.harborignore": "draft.txt\n", "solution/.harborignore": "draft.txt\n"}, "solution/draft.txt"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for _, name := range tree {
				write(t, filepath.Join(dir, name), name)
			}
			for name, text := range c.rules {
				write(t, filepath.Join(dir, name), text)
			}
			files, err := listFiles(dir, Harbor)
			if err != nil {
				t.Fatal(err)
			}
			left := make(map[string]bool)
			for _, f := range files {
				left[f.Path] = true
				if strings.HasSuffix(f.Path, harborIgnoreFile) {
					t.Errorf("%s is part of the digest", f.Path)
				}
			}
			out := strings.Fields(c.want)
			for _, name := range tree {
				if want := !slices.Contains(out, name); left[name] != want {
					t.Errorf("%s is part of the digest: %t, want %t", name, left[name], want)
				}
			}
		})
	}
}

const ignoringTask = `
-- task.toml --
version = "1"
-- instruction.md --
Do it.
-- environment/Dockerfile --
FROM debian:bookworm-slim
-- tests/test.sh --
#!/bin/bash
-- tests/draft.txt --
-- tests/old/a.txt --
-- tests/.harborignore --
draft.txt
old/
`

func TestIgnoredFilesAreNotPlaced(t *testing.T) {
	task := readArchive(t, ignoringTask)
	want := []string{".harborignore", "draft.txt", "old"}
	if diff := cmp.Diff(want, task.Tests.Files[0].Without); diff != "" {
		t.Error(diff)
	}
}

// A lock of before .harborignore meant anything says what has changed, and that a
// baseline must be measured anew.
func TestLockOfBeforeHarborIgnore(t *testing.T) {
	task := readArchive(t, ignoringTask)
	old := &LockedTask{ID: task.ID, Form: Harbor, Tier: task.Tier, Digest: "sha256:0", Files: map[string]string{}}
	for _, f := range task.Files {
		old.Files[f.Path] = f.SHA256
	}
	old.Files["tests/.harborignore"], old.Files["tests/draft.txt"] = "1", "2"
	want := []string{
		"tests/.harborignore was removed", "tests/draft.txt was removed",
		"and .harborignore counts since then, as in Harbor: a baseline that was stored before must be measured anew",
	}
	if diff := cmp.Diff(want, old.compare(task)); diff != "" {
		t.Error(diff)
	}
}
