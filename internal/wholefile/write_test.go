//go:build unix

package wholefile_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/benchgate/benchgate/internal/wholefile"
)

func TestAFileIsReplacedWholeOrNotAtAll(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file.json")
	text := func(s string, err error) func(io.Writer) error {
		return func(w io.Writer) error {
			_, writeErr := io.WriteString(w, s)
			return errors.Join(writeErr, err)
		}
	}
	broken := errors.New("the rest cannot be made")
	for _, step := range []struct {
		write func(io.Writer) error
		err   error
		want  string
	}{
		{text("one", nil), nil, "one"},
		{text("half", broken), broken, "one"},
		{text("two", nil), nil, "two"},
	} {
		if err := wholefile.Write(file, step.write); !errors.Is(err, step.err) {
			t.Errorf("the error is %v, want %v", err, step.err)
		}
		got, err := os.ReadFile(file)
		if err != nil || string(got) != step.want {
			t.Errorf("the file holds %q (%v), want %q", got, err, step.want)
		}
	}
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(entries) != 1 {
		t.Errorf("beside it lie %v (%v), want nothing", entries, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("its mode is %v (%v), want 0644", info.Mode(), err)
	}
}
