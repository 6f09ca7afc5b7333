package trial_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/trial"
)

// Lines that are there at the end count, whatever was written on the way; git's own
// files do not.
func TestLinesKeptInADirectory(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("a.txt", "one\ntwo\n")
	write(".git/index", "x\n")
	before, err := trial.ReadWorkdir(dir)
	if err != nil {
		t.Fatal(err)
	}
	write("a.txt", "one\nthree\ntwo\n")
	write("b/c.txt", "x\ny\n")
	write("image", "\x00\n\n")
	write(".git/index", "x\ny\nz\n")
	after, err := trial.ReadWorkdir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := after.KeptSince(before); got != 3 {
		t.Errorf("%d lines kept, want 3", got)
	}
	write("large", strings.Repeat("x", 65<<20))
	if _, err := trial.ReadWorkdir(dir); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("a large directory: %v", err)
	}
}
