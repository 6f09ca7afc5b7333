//go:build unix

package config_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/problem"
	"github.com/google/go-cmp/cmp"
)

// loadWith loads a configuration whose candidate places these files.
func loadWith(t *testing.T, dir, files string) *config.Config {
	t.Helper()
	file := filepath.Join(dir, "benchgate.yaml")
	text := "suite: {tasks: [{path: a}]}\ncandidate:\n  agent: claude-code\n  model: m\n  settings:\n    files:\n" + files
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(file, config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPlacedFilesAreReadFromBelowTheConfiguration(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(
		os.Mkdir(filepath.Join(dir, "prompts"), 0o755),
		os.WriteFile(filepath.Join(dir, "prompts", "CLAUDE.md"), []byte("be brief"), 0o644),
		os.WriteFile(filepath.Join(dir, "empty"), nil, 0o644),
		os.Symlink("CLAUDE.md", filepath.Join(dir, "prompts", "link")),
		os.Symlink(filepath.Join(dir, "prompts"), filepath.Join(dir, "absolute")),
	); err != nil {
		t.Fatal(err)
	}
	c := loadWith(t, dir, "      a: ./prompts//CLAUDE.md\n      b: empty\n      c: prompts/link\n      d: absolute/CLAUDE.md\n")
	if err := c.ReadFiles(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for name, f := range c.Candidate.Settings.Files {
		got[name] = string(f.Content)
	}
	if diff := cmp.Diff(map[string]string{"a": "be brief", "b": "", "c": "be brief", "d": "be brief"}, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	digest := fmt.Sprintf("sha256:%x", sha256.Sum256([]byte("be brief")))
	if id := c.Candidate.Measured().Settings.Files["a"]; id != digest {
		t.Errorf("the header has %s, want %s", id, digest)
	}
}

func TestEveryFileThatCannotBePlacedIsToldWithItsPlace(t *testing.T) {
	outside := t.TempDir()
	dir := t.TempDir()
	if err := errors.Join(
		os.WriteFile(filepath.Join(outside, "secret"), []byte("key"), 0o644),
		os.Symlink(filepath.Join(outside, "secret"), filepath.Join(dir, "out")),
		os.Symlink(outside, filepath.Join(dir, "outdir")),
		os.Symlink("/proc/self/environ", filepath.Join(dir, "environ")),
		os.Symlink("loop", filepath.Join(dir, "loop")),
		os.Mkdir(filepath.Join(dir, ".git"), 0o755),
		os.WriteFile(filepath.Join(dir, ".git", "config"), []byte("token"), 0o644),
		os.Symlink(".git/config", filepath.Join(dir, "innocent")),
		os.Mkdir(filepath.Join(dir, "dir"), 0o755),
		os.WriteFile(filepath.Join(dir, "huge"), make([]byte, config.MaxFile+1), 0o644),
		syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600),
	); err != nil {
		t.Fatal(err)
	}
	c := loadWith(t, dir, `      a: none
      b: out
      c: outdir/secret
      d: environ
      e: loop
      f: innocent
      g: dir
      h: huge
      i: pipe
      j: huge/x
`)
	err := c.ReadFiles(t.Context())
	var got []string
	for _, e := range problem.Split(err) {
		got = append(got, strings.TrimPrefix(e.Error(), c.File+":"))
	}
	const away = "which is a link that leads out of the configuration's directory; put the file there"
	want := []string{
		`7:10: candidate.settings.files.a is "none", which does not exist`,
		`8:10: candidate.settings.files.b is "out", ` + away,
		`9:10: candidate.settings.files.c is "outdir/secret", ` + away,
		`10:10: candidate.settings.files.d is "environ", ` + away,
		`11:10: candidate.settings.files.e is "loop", which cannot be read: too many links`,
		`12:10: candidate.settings.files.f is "innocent", which is a link to a file of git's own, which may hold credentials`,
		`13:10: candidate.settings.files.g is "dir", which is a directory; name each file`,
		`14:10: candidate.settings.files.h is "huge", which has 1048577 bytes; want at most 1 MiB`,
		`15:10: candidate.settings.files.i is "pipe", which is no regular file`,
		`16:10: candidate.settings.files.j is "huge/x", which cannot be read: not a directory`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

// Files of /proc say that they are empty. A configuration beside them must not
// bring them into a sandbox either.
func TestAFileOfProcIsNoFile(t *testing.T) {
	if _, err := os.Stat("/proc/self/environ"); err != nil {
		t.Skip("no /proc here")
	}
	c, err := config.Parse([]byte("suite: {tasks: [{path: a}]}\ncandidate: {agent: claude-code, model: m, settings: {files: {X: proc/self/environ}}}\n"), "/benchgate.yaml", "/", config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.ReadFiles(t.Context()); err == nil || !strings.Contains(err.Error(), "has not the size that it says it has") {
		t.Errorf("error is %v", err)
	}
}
