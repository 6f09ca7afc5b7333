package suite

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// By hand:
//
//	printf 'hello\n' | sha256sum            5891b5b5...be03
//	printf '' | sha256sum                   e3b0c442...b855
//	printf 'instruction.md\0005891b5b5...\ntask.toml\000e3b0c442...\n' | sha256sum
func TestDigestByHand(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "instruction.md"), "hello\n")
	write(t, filepath.Join(dir, "task.toml"), "")
	write(t, filepath.Join(dir, "notes.txt"), "Harbor does not cover this file")
	files, err := listFiles(dir, Harbor)
	if err != nil {
		t.Fatal(err)
	}
	want := []pinnedFile{
		{"instruction.md", "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"},
		{"task.toml", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	}
	if diff := cmp.Diff(want, files); diff != "" {
		t.Error(diff)
	}
	if got, want := digestOf(files), "sha256:49cdba8e4b2bf5b2489c8a0061190a01b2796eb0190549f6a9e51c102888fce8"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestDigestIgnoresOrder(t *testing.T) {
	a := []pinnedFile{{"a", "1"}, {"a-b", "2"}, {"a/b", "3"}}
	b := []pinnedFile{a[2], a[0], a[1]}
	if digestOf(a) != digestOf(b) {
		t.Error("the order of a list changed its digest")
	}
	if b[0].Path != "a/b" {
		t.Error("digestOf sorted its caller's list")
	}
}

func TestWhatTheDigestCovers(t *testing.T) {
	tree := []string{
		"task.toml", "instruction.md", "README.md", "trajectory.json", "LICENSE",
		"environment/Dockerfile", "environment/.env", "environment/__pycache__/a.pyc", "environment/data/keep.log", "environment/data/drop.log",
		"tests/test.sh", "tests/b.swp", "solution/solve.sh", "solution/solve.sh~", "steps/one/instruction.md", "other/file", ".git/HEAD",
	}
	cases := []struct {
		name   string
		form   Form
		ignore string
		want   string
	}{
		{"harbor", Harbor, "", "README.md environment/.env environment/Dockerfile environment/data/drop.log environment/data/keep.log instruction.md solution/solve.sh steps/one/instruction.md task.toml tests/test.sh trajectory.json"},
		{"a .gitignore takes the place of the defaults", Harbor, "*.log\n!keep.log\n/tests/*.swp\n", "README.md environment/.env environment/Dockerfile environment/__pycache__/a.pyc environment/data/keep.log instruction.md solution/solve.sh solution/solve.sh~ steps/one/instruction.md task.toml tests/test.sh trajectory.json"},
		{"terminal-bench 1", TerminalBench1, "*.log\n", ".gitignore " + strings.Join([]string{"LICENSE", "README.md", "environment/.env", "environment/Dockerfile", "environment/__pycache__/a.pyc", "environment/data/drop.log", "environment/data/keep.log", "instruction.md", "other/file", "solution/solve.sh", "solution/solve.sh~", "steps/one/instruction.md", "task.toml", "tests/b.swp", "tests/test.sh", "trajectory.json"}, " ")},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for _, name := range tree {
				write(t, filepath.Join(dir, name), name)
			}
			if c.ignore != "" {
				write(t, filepath.Join(dir, ".gitignore"), c.ignore)
			}
			files, err := listFiles(dir, c.form)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range files {
				got = append(got, f.Path)
			}
			if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLinks(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "secret")
	write(t, outside, "secret")
	newTask := func(t *testing.T) string {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "task.toml"), "")
		write(t, filepath.Join(dir, "tests/real.sh"), "echo\n")
		return dir
	}
	link := func(t *testing.T, to, name string) {
		if err := os.Symlink(to, name); err != nil {
			t.Skip("no symbolic links here:", err)
		}
	}
	t.Run("to a file counts as the file", func(t *testing.T) {
		dir := newTask(t)
		link(t, "real.sh", filepath.Join(dir, "tests/test.sh"))
		link(t, "nothing", filepath.Join(dir, "tests/dangling"))
		link(t, ".", filepath.Join(dir, "tests/self"))
		files, err := listFiles(dir, Harbor)
		if err != nil {
			t.Fatal(err)
		}
		if len(files) != 3 || files[1].SHA256 != files[2].SHA256 {
			t.Errorf("files %v", files)
		}
	})
	t.Run("out of the task is refused", func(t *testing.T) {
		dir := newTask(t)
		link(t, outside, filepath.Join(dir, "tests/test.sh"))
		if files, err := listFiles(dir, Harbor); err == nil || !strings.Contains(err.Error(), "tests/test.sh") {
			t.Errorf("files %v, error %v", files, err)
		}
	})
}

// Expected values are those of Python's pathspec 1.1.1, whose rules Harbor uses.
func TestIgnorePatterns(t *testing.T) {
	cases := []struct{ pattern, matches, others string }{
		{"*.pyc", "a.pyc tests/a.pyc tests/deep/a.pyc a.pyc/file", "a.py a.pycx"},
		{"__pycache__/", "__pycache__/a tests/__pycache__/a/b", "__pycache__ tests/__pycache__"},
		{"*~", "a~ tests/b~", "a~b"},
		{"/build", "build build/a", "tests/build"},
		{"tests/data", "tests/data tests/data/x", "environment/tests/data"},
		{"tests/*.txt", "tests/a.txt tests/a.txt/b", "tests/deep/a.txt"},
		{"**/cache", "cache a/cache a/b/cache/c", "caches"},
		{"a/**/b", "a/b a/x/b a/x/y/b/c", "ab a/xb"},
		{"a/**", "a/b a/b/c", "a"},
		{"file?.log", "file1.log x/fileA.log", "file.log file12.log"},
		{"[ab].c", "a.c x/b.c", "c.c"},
		{"[!ab].c", "c.c", "a.c"},
		{"[a", "[a", "a"},
		{`\#literal`, "#literal", "literal"},
		{`space\ `, "space\u0020", "space"},
		{"**", "a a/b", ""},
		{"**/", "a/b a/b/c", "a"},
		{"*", "a a/b", ""},
		{"*/", "a/b", "a"},
		{"a/*/", "a/b/c", "a/b"},
		{"foo/*", "foo/a", "foo foo/a/b"},
		{"foo/**/", "foo/a foo/a/b", "foo"},
		{"a/**/**/b", "a/b a/x/b", "ab"},
		{"a**b", "aXb x/aXb", "a/b"},
		{" a", "\u0020a", "a"},
		{"# comment", "", "#comment comment"},
		{"", "", "a"},
		{"/", "a a/b", ""},
		{"a.b", "a.b", "axb"},
	}
	for _, c := range cases {
		t.Run(c.pattern, func(t *testing.T) {
			ig, err := parseIgnores([]string{c.pattern})
			if err != nil {
				t.Fatal(err)
			}
			matches := strings.Split(c.matches, " ")
			if strings.TrimSpace(c.matches) != c.matches {
				matches = []string{c.matches}
			}
			for _, path := range matches {
				if path != "" && !ig.match(path) {
					t.Errorf("does not match %q", path)
				}
			}
			for _, path := range strings.Fields(c.others) {
				if ig.match(path) {
					t.Errorf("matches %q", path)
				}
			}
		})
	}
}

func TestBadIgnorePatterns(t *testing.T) {
	for _, line := range []string{"!", `a\`, "[z-a]"} {
		if _, err := parseIgnores([]string{"ok", line}); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func FuzzIgnores(f *testing.F) {
	f.Add("*.pyc\n!a.pyc\n[z-a]\n**/x/**\n", "a/b.pyc")
	f.Fuzz(func(t *testing.T, lines, path string) {
		ig, err := parseIgnores(strings.Split(lines, "\n"))
		if err == nil {
			ig.match(path)
		}
	})
}
