package quickstart_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/scriptedmodel"
)

// sandbox is a directory laid out as the task's Dockerfile says.
type sandbox struct {
	id    string
	root  string // holds app, and what BENCHGATE_ROOT names
	quiet string // a PATH entry in which the Go tools do nothing
}

func newSandbox(t *testing.T, id string) sandbox {
	t.Helper()
	needBash(t)
	s := sandbox{id: id, root: t.TempDir(), quiet: t.TempDir()}
	environment := filepath.Join(taskDir(t, id), "environment")
	if err := os.CopyFS(s.app(), os.DirFS(environment)); err != nil {
		t.Fatal(err)
	}
	for _, ignored := range strings.Fields(read(t, filepath.Join(environment, ".dockerignore"))) {
		if err := os.Remove(filepath.Join(s.app(), ignored)); err != nil {
			t.Fatal(err)
		}
	}
	for _, program := range []string{"go", "gofmt", "timeout"} {
		s.write(t, filepath.Join(s.quiet, program), "#!/bin/sh\nexit 0\n")
	}
	return s
}

func (s sandbox) app() string { return filepath.Join(s.root, "app") }

// path resolves a file as the agent does: relative to its working directory.
func (s sandbox) path(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(s.app(), file)
}

func (s sandbox) write(t *testing.T, file, content string) {
	t.Helper()
	file = s.path(file)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
}

func (s sandbox) command(argv ...string) *exec.Cmd {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = s.app()
	cmd.Env = append(os.Environ(), "BENCHGATE_ROOT="+s.root)
	return cmd
}

func (s sandbox) run(t *testing.T, argv ...string) {
	t.Helper()
	if output, err := s.command(argv...).CombinedOutput(); err != nil {
		t.Fatalf("%q: %v\n%s", argv, err, output)
	}
}

// judge runs the task's own tests and reads their reward.
func (s sandbox) judge(t *testing.T) (solved bool, output string) {
	t.Helper()
	out, _ := s.command("bash", filepath.Join(taskDir(t, s.id), "tests", "test.sh")).CombinedOutput()
	switch reward := strings.TrimSpace(read(t, filepath.Join(s.root, "logs/verifier/reward.txt"))); reward {
	case "0":
	case "1":
		solved = true
	default:
		t.Fatalf("%s: reward %q\n%s", s.id, reward, out)
	}
	return solved, string(out)
}

// replay does what the scripted model tells the agent to do.
func (s sandbox) replay(t *testing.T, turns []scriptedmodel.Turn) {
	t.Helper()
	for i, turn := range turns {
		if last := i == len(turns)-1; last != (len(turn.ToolUses) == 0) {
			t.Fatalf("%s: turn %d of %d has %d tool uses; only the last has none", s.id, i+1, len(turns), len(turn.ToolUses))
		}
		for _, use := range turn.ToolUses {
			s.use(t, use)
		}
	}
}

func (s sandbox) use(t *testing.T, use scriptedmodel.ToolUse) {
	t.Helper()
	text := func(name string) string {
		value, ok := use.Input[name].(string)
		if !ok || value == "" {
			t.Fatalf("%s: %s without %s", s.id, use.Name, name)
		}
		return value
	}
	switch use.Name {
	case "Read":
		read(t, s.path(text("file_path")))
	case "Write":
		s.write(t, text("file_path"), text("content"))
	case "Edit":
		file, old := text("file_path"), text("old_string")
		before := read(t, s.path(file))
		if n := strings.Count(before, old); n != 1 {
			t.Fatalf("%s: %s: the text to replace occurs %d times:\n%s", s.id, file, n, old)
		}
		s.write(t, file, strings.Replace(before, old, text("new_string"), 1))
	case "Bash":
		cmd := s.command("bash", "-c", text("command"))
		cmd.Env = append(cmd.Env, "PATH="+s.quiet+string(os.PathListSeparator)+os.Getenv("PATH"))
		if output, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %s: %v\n%s", s.id, text("command"), err, output)
		}
	default:
		t.Fatalf("%s: no tool %q", s.id, use.Name)
	}
}

// state is the content of all files, for comparison.
func (s sandbox) state(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := fs.WalkDir(os.DirFS(s.app()), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		all.WriteString(path + "\x00" + read(t, s.path(path)) + "\x00")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
