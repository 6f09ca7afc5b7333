package sandboxtest

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/sandbox"
)

// afterTest is for clean-up: t.Context has ended by then.
func afterTest() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 30*time.Second)
}

// result is what a command did.
type result struct {
	Exit           sandbox.Exit
	Stdout, Stderr string
}

func run(t *testing.T, sb sandbox.Sandbox, cmd sandbox.Command) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	exit, err := sb.Exec(t.Context(), cmd)
	if err != nil {
		t.Fatalf("running %q: %v", cmd.Argv, err)
	}
	return result{exit, stdout.String(), stderr.String()}
}

func shell(script string) sandbox.Command {
	return sandbox.Command{Argv: []string{"sh", "-c", script}}
}

// output runs a script that must succeed and returns what it printed.
func output(t *testing.T, sb sandbox.Sandbox, script string) string {
	t.Helper()
	r := run(t, sb, shell(script))
	if r.Exit.Code != 0 {
		t.Fatalf("script %q: exit %d, stderr %q", script, r.Exit.Code, r.Stderr)
	}
	return r.Stdout
}

// entry is a file in a tar.
type entry struct {
	Mode    int64
	Content string
	Link    string // of a symbolic link
	Dir     bool
}

func pack(t *testing.T, names []string, entries map[string]entry) *bytes.Buffer {
	t.Helper()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, name := range names {
		e := entries[name]
		h := &tar.Header{Name: name, Mode: e.Mode, Size: int64(len(e.Content)), Typeflag: tar.TypeReg}
		switch {
		case e.Link != "":
			h.Typeflag, h.Linkname = tar.TypeSymlink, e.Link
		case e.Dir:
			h.Typeflag = tar.TypeDir
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, e.Content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &buf
}

// unpack reads what CopyOut gives. Modes of links mean nothing and are left
// out.
func unpack(t *testing.T, sb sandbox.Sandbox, path string) map[string]entry {
	t.Helper()
	in, err := sb.CopyOut(t.Context(), path)
	if err != nil {
		t.Fatalf("copying %s out: %v", path, err)
	}
	got := make(map[string]entry)
	for r := tar.NewReader(in); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("reading the tar of %s: %v", path, err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		e := entry{Mode: h.Mode & 0o7777, Content: string(content), Link: h.Linkname, Dir: h.Typeflag == tar.TypeDir}
		if e.Link != "" {
			e.Mode = 0
		}
		got[h.Name] = e
	}
	if err := in.Close(); err != nil {
		t.Errorf("closing the tar of %s: %v", path, err)
	}
	return got
}

// size returns the length of a file in the sandbox, zero when it is missing.
func size(t *testing.T, sb sandbox.Sandbox, path string) int {
	t.Helper()
	r := run(t, sb, sandbox.Command{Argv: []string{"cat", sb.Path(path)}})
	return len(r.Stdout)
}

// eventually polls until ok, and fails the test after ten seconds.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("ten seconds passed before %s", what)
		}
	}
}

// WriteTar writes a tar with one readable file, for fills in tests.
func WriteTar(w io.Writer, name, content string) error {
	out := tar.NewWriter(w)
	if err := out.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, Size: int64(len(content))}); err != nil {
		return err
	}
	if _, err := io.WriteString(out, content); err != nil {
		return err
	}
	return out.Close()
}
