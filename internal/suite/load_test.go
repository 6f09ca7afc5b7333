package suite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/internal/gitprogram"
)

func ids(s *Suite) []string {
	var out []string
	for _, t := range s.Tasks {
		out = append(out, t.ID+" "+string(t.Tier))
	}
	return out
}

// dataset writes minimal Harbor tasks.
func dataset(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		writeTask(t, filepath.Join(dir, name))
	}
	return dir
}

func writeTask(t *testing.T, dir string) {
	t.Helper()
	write(t, filepath.Join(dir, "task.toml"), "[environment]\ndocker_image = \"debian:bookworm-slim\"\n")
	write(t, filepath.Join(dir, "instruction.md"), "Do it.\n")
	write(t, filepath.Join(dir, "tests/test.sh"), "echo 1 > /logs/verifier/reward.txt\n")
}

func TestLoad(t *testing.T) {
	base := dataset(t, "tasks/a", "tasks/b", "more/c")
	write(t, filepath.Join(base, "tasks/README.md"), "not a task")
	cases := []struct {
		name    string
		sources []Source
		want    []string
	}{
		{"in the order of the configuration", []Source{{Path: "tasks/b", Tier: Hard}, {Path: "tasks/a"}}, []string{"b hard", "a medium"}},
		{"by pattern", []Source{{Path: "tasks/*", Tier: Easy}}, []string{"a easy", "b easy"}},
		{"by pattern of directories", []Source{{Path: "*/?"}}, []string{"c medium", "a medium", "b medium"}},
		{"by absolute path", []Source{{Path: filepath.Join(base, "more/c")}}, []string{"c medium"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, err := Load(t.Context(), base, "s", c.sources, LoadOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, ids(s)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLoadSaysEverythingThatIsWrong(t *testing.T) {
	base := dataset(t, "tasks/a", "other/a", "tasks/broken")
	write(t, filepath.Join(base, "tasks/broken/task.toml"), "[environment]\ngpus = 1\nworkdir = \"x\"\n")
	_, err := Load(t.Context(), base, "s", []Source{
		{Path: "tasks/a"},
		{Path: "other/a"},
		{Path: "tasks/broken"},
		{Path: "tasks/missing"},
		{Path: "nothing/*"},
		{Path: "tasks"},
		{Path: "tasks/a", Tier: "brutal"},
		{},
		{Path: "a", Ref: "main"},
		{Git: "https://user:secret@example.com/x", Path: "a"},
		{Git: "--upload-pack=touch", Path: "a"},
		{Git: "https://example.com/x", Path: "../a"},
		{Git: "https://example.com/x", Path: "a", Commit: "main"},
	}, LoadOptions{})
	want := `other/a: another task has the id "a": tasks/a; rename one directory
tasks/broken/environment/Dockerfile: is missing, and task.toml sets no environment.docker_image: one of them makes the task's image
tasks/broken/task.toml:2:1: environment.gpus is not supported yet: a sandbox gets no GPU
tasks/broken/task.toml:3:1: environment.workdir is "x", want an absolute path
tasks/missing: there is no such directory
nothing/*: no directory with a task.toml or task.yaml matches
tasks is no task: it has neither task.toml (Harbor) nor task.yaml (Terminal-Bench 1); to take every task in it, write tasks/*
tasks/a: tier is "brutal", want easy, medium or hard
a source has no path
a: ref and commit need git
https://xxxxx@example.com/x:a: the URL carries a secret, which would go into the lock: remove it and let git's credential helper answer
--upload-pack=touch:a: git and ref must name a repository and a branch, tag or commit
https://example.com/x:../a: path must name a directory inside the repository
https://example.com/x@main:a: commit is "main", want 40 hex digits`
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Error(diff)
	}
	if _, err := Load(t.Context(), base, "s", nil, LoadOptions{}); err == nil {
		t.Error("a suite without tasks was loaded")
	}
}

func TestLoadDataset(t *testing.T) {
	dir := dataset(t, "countdown-game", "count-call-stack", "crack-7z-hash.hard", "write-compressor")
	cases := []struct {
		name string
		ids  []string
		want []string
		err  string
	}{
		{"all", nil, []string{"count-call-stack medium", "countdown-game medium", "crack-7z-hash.hard medium", "write-compressor medium"}, ""},
		{"as asked, each once", []string{"write-compressor", "count*", "countdown-game"}, []string{"write-compressor medium", "count-call-stack medium", "countdown-game medium"}, ""},
		{"mistyped", []string{"countdwn-game", "nothing-like-it-at-all"}, nil, "no task matches the id \"countdwn-game\"; near it: \"countdown-game\"\nno task matches the id \"nothing-like-it-at-all\"; there are 4 tasks, the first is \"count-call-stack\""},
		{"half a name", []string{"hash"}, nil, `near it: "crack-7z-hash.hard"`},
		{"no pattern", []string{"[a"}, nil, "is no pattern"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, err := LoadDataset(t.Context(), dir, c.ids, LoadOptions{})
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Fatalf("got %v\nwant %s", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, ids(s)); diff != "" {
				t.Error(diff)
			}
			if s.Name != filepath.Base(dir) {
				t.Errorf("the suite is called %q", s.Name)
			}
		})
	}
	if _, err := LoadDataset(t.Context(), t.TempDir(), nil, LoadOptions{}); err == nil {
		t.Error("an empty directory was a dataset")
	}
}

func TestEditDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"kitten", "sitting", 3}, {"flaw", "lawn", 2}, {"same", "same", 0}} {
		if got := editDistance(c.a, c.b); got != c.want {
			t.Errorf("%s, %s: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

// gitRemote is a bare repository with two commits of tasks/one on main, the
// first of them tagged v1.
type gitRemote struct {
	t         *testing.T
	work, url string
}

func newGitRemote(t *testing.T) *gitRemote {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	g := &gitRemote{t: t, work: t.TempDir(), url: filepath.Join(t.TempDir(), "tasks.git")}
	g.git("init", "--quiet", "--initial-branch=main", ".")
	writeTask(t, filepath.Join(g.work, "tasks/one"))
	writeTask(t, filepath.Join(g.work, "tasks/two"))
	write(t, filepath.Join(g.work, "large/file"), "not wanted\n")
	g.commit("first")
	g.git("tag", "v1")
	write(t, filepath.Join(g.work, "tasks/one/instruction.md"), "Do it better.\n")
	g.commit("second")
	g.git("clone", "--quiet", "--bare", ".", g.url)
	g.git("remote", "add", "origin", g.url)
	return g
}

func (g *gitRemote) git(args ...string) string {
	g.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = g.work
	cmd.Env = append(gitprogram.Environment(os.Environ()), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@example.com", "GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@example.com")
	out, err := cmd.CombinedOutput()
	if err != nil {
		g.t.Fatalf("git %v: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (g *gitRemote) commit(message string) {
	g.git("add", "--all")
	g.git("commit", "--quiet", "--message", message)
}

func TestLoadFromGit(t *testing.T) {
	remote := newGitRemote(t)
	first, second := remote.git("rev-parse", "v1"), remote.git("rev-parse", "main")
	cases := []struct {
		name        string
		source      Source
		commit      string
		instruction string
		tasks       int
	}{
		{"a branch", Source{Ref: "main", Path: "tasks/one"}, second, "Do it better.\n", 1},
		{"the default branch", Source{Path: "tasks/one"}, second, "Do it better.\n", 1},
		{"a tag", Source{Ref: "v1", Path: "tasks/one"}, first, "Do it.\n", 1},
		{"a commit as ref", Source{Ref: first, Path: "tasks/one"}, first, "Do it.\n", 1},
		{"a locked commit beats its branch", Source{Ref: "main", Commit: first, Path: "tasks/one"}, first, "Do it.\n", 1},
		{"a pattern", Source{Ref: "main", Path: "tasks/*"}, second, "Do it better.\n", 2},
		{"the whole repository", Source{Ref: "main", Path: "*/*"}, second, "Do it better.\n", 2},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.source.Git = remote.url
			s, err := Load(t.Context(), t.TempDir(), "s", []Source{c.source}, LoadOptions{CacheDir: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			one := s.Tasks[0]
			if len(s.Tasks) != c.tasks || one.Instruction != c.instruction || one.Source.Commit != c.commit || one.Source.Path != "tasks/one" {
				t.Errorf("%d tasks, instruction %q, source %+v", len(s.Tasks), one.Instruction, one.Source)
			}
		})
	}
}

func TestGitCache(t *testing.T) {
	remote := newGitRemote(t)
	cache := t.TempDir()
	load := func(src Source) (*Suite, error) {
		src.Git, src.Path = remote.url, "tasks/one"
		return Load(t.Context(), t.TempDir(), "s", []Source{src}, LoadOptions{CacheDir: cache})
	}
	s, err := load(Source{Ref: "main"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(filepath.Dir(s.Tasks[0].Dir)), "large")); err == nil {
		t.Error("what the source does not name was checked out")
	}
	locked := s.Tasks[0].Source.Commit

	write(t, filepath.Join(remote.work, "tasks/one/instruction.md"), "Third.\n")
	remote.commit("third")
	remote.git("push", "--quiet", "origin", "main")
	if s, err = load(Source{Ref: "main"}); err != nil || s.Tasks[0].Instruction != "Third.\n" {
		t.Fatalf("a branch that moved was not fetched again: %v", err)
	}

	if err := os.Rename(remote.url, remote.url+".gone"); err != nil {
		t.Fatal(err)
	}
	if s, err = load(Source{Ref: "main", Commit: locked}); err != nil || s.Tasks[0].Instruction != "Do it better.\n" {
		t.Fatalf("a locked commit in the cache needed the repository: %v", err)
	}
	if _, err = load(Source{Ref: "main"}); err == nil || !strings.Contains(err.Error(), "fetching: git:") {
		t.Errorf("a repository that is gone: %v", err)
	}
}

func TestGitErrors(t *testing.T) {
	remote := newGitRemote(t)
	cases := []struct {
		name   string
		source Source
		cache  string
		want   string
	}{
		{"no such branch", Source{Git: remote.url, Ref: "nowhere", Path: "tasks/one"}, t.TempDir(), "couldn't find remote ref nowhere"},
		{"no such commit", Source{Git: remote.url, Commit: strings.Repeat("0", 39) + "1", Path: "tasks/one"}, t.TempDir(), "fetching: git:"},
		{"no such path", Source{Git: remote.url, Ref: "main", Path: "tasks/three"}, t.TempDir(), "did not match any file"},
		{"no repository", Source{Git: filepath.Join(remote.work, "nowhere"), Path: "tasks/one"}, t.TempDir(), "fetching: git:"},
		{"no cache", Source{Git: remote.url, Path: "tasks/one"}, "", "needs a cache directory"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load(t.Context(), t.TempDir(), "s", []Source{c.source}, LoadOptions{CacheDir: c.cache})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := Load(ctx, t.TempDir(), "s", []Source{{Git: remote.url, Path: "tasks/one"}}, LoadOptions{CacheDir: t.TempDir()})
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestGitIsRelativeToTheConfiguration(t *testing.T) {
	remote := newGitRemote(t)
	base := filepath.Join(filepath.Dir(remote.url), "project")
	s, err := Load(t.Context(), base, "s", []Source{{Git: "../tasks.git", Path: "tasks/two"}}, LoadOptions{CacheDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if s.Tasks[0].ID != "two" {
		t.Errorf("task %q", s.Tasks[0].ID)
	}
}
