package branchstore_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/baselines/storetest"
	"github.com/benchgate/benchgate/internal/branchstore"
	"github.com/benchgate/benchgate/internal/gitprogram"
)

const branch = "benchgate-baselines"

// quiet keeps the tester's own configuration of git out.
func quiet(t testing.TB) {
	t.Helper()
	for name, value := range map[string]string{
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_SYSTEM": os.DevNull,
		"GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.com", "GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@example.com",
	} {
		t.Setenv(name, value)
	}
}

func git(t testing.TB, dir string, args ...string) string {
	t.Helper()
	out, err := gitprogram.Run(t.Context(), gitprogram.Command{Dir: dir, Args: args})
	if err != nil {
		t.Fatalf("git %q: %v", args, err)
	}
	return strings.TrimSpace(out)
}

// repository is a new one with a commit.
func repository(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	git(t, dir, "init", "--quiet", "--initial-branch=main")
	git(t, dir, "commit", "--quiet", "--allow-empty", "--message=first")
	return dir
}

// bare is a new repository without a working tree, as servers have them.
func bare(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	git(t, dir, "init", "--quiet", "--bare", "--initial-branch=main")
	return dir
}

func clone(t testing.TB, remote string) string {
	t.Helper()
	dir := t.TempDir()
	git(t, dir, "clone", "--quiet", remote, ".")
	return dir
}

func open(dir string) *branchstore.Store {
	return branchstore.New(branchstore.NewGit(dir, branch), branchstore.Provenance{})
}

// places keeps one place for each test of the contract.
func places(make func(t *testing.T) string) func(*testing.T) string {
	var mu sync.Mutex
	made := map[string]string{}
	return func(t *testing.T) string {
		mu.Lock()
		defer mu.Unlock()
		if made[t.Name()] == "" {
			made[t.Name()] = make(t)
		}
		return made[t.Name()]
	}
}

func TestABranchOfThisRepositoryKeepsTheContract(t *testing.T) {
	quiet(t)
	place := places(func(t *testing.T) string { return repository(t) })
	storetest.Run(t, func(t *testing.T) baselines.Store { return open(place(t)) })
}

func TestABranchOfARemoteKeepsTheContract(t *testing.T) {
	quiet(t)
	place := places(func(t *testing.T) string { return bare(t) })
	storetest.Run(t, func(t *testing.T) baselines.Store { return open(clone(t, place(t))) })
}

func run(id string) *baselines.Run {
	return &baselines.Run{
		Header: baselines.Header{
			Schema: baselines.SchemaV1, ID: id, Created: time.Date(2026, 11, 1, 3, 0, 0, 0, time.UTC), Arm: baselines.Candidate,
			Variant: baselines.Variant{Name: "m", Agent: baselines.Agent{Name: "claude-code", Version: "2.1.330"}, Model: "m"},
			Suite:   baselines.Suite{Name: "s", Digest: "sha256:5", Tasks: []baselines.Task{{ID: "a"}}},
			Limits:  baselines.Limits{Attempts: 1, TimeoutMultiplier: 1},
		},
		Trials: []baselines.Trial{{Seq: 1, Task: "a", Attempt: 1, Try: 1, Ended: baselines.Finished, Solved: new(true), SessionID: id}},
	}
}

// whole wants the runs on a branch to be these, each of them readable.
func whole(t *testing.T, s baselines.Store, want int) {
	t.Helper()
	entries, err := s.List(t.Context(), baselines.Query{})
	if err != nil || len(entries) != want {
		t.Errorf("%d runs are stored, %v; want %d", len(entries), err, want)
	}
}

// The branch can be read by people and by a directory store, says where a run is
// from, and has one commit for each change, on a history of its own.
func TestWhatIsOnTheBranch(t *testing.T) {
	quiet(t)
	dir := repository(t)
	main := git(t, dir, "rev-parse", "main")
	s := branchstore.New(branchstore.NewGit(dir, branch), branchstore.Provenance{RunURL: "https://github.com/o/r/actions/runs/5", Commit: main})
	r := run("r1")
	if err := s.Accept(t.Context(), r, strings.NewReader("{}\n")); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time nothing is to be done
		if err := s.Save(t.Context(), run("r2"), nil); err != nil {
			t.Fatal(err)
		}
		if err := s.Accept(t.Context(), r, strings.NewReader("{}\n")); err != nil {
			t.Fatal(err)
		}
	}
	name := "fingerprint-v1-" + strings.TrimPrefix(r.Header.Fingerprint(), "sha256:")
	want := "README.md\nr1/" + name + "\nr1/ledger.jsonl\nr1/provenance.json\nr1/run.jsonl\nr2/" + name + "\nr2/provenance.json\nr2/run.jsonl"
	if got := git(t, dir, "ls-tree", "-r", "--name-only", branch); got != want {
		t.Errorf("files:\n%s\nwant\n%s", got, want)
	}
	if got := git(t, dir, "log", "--format=%s%n%b", branch); got != "baseline: save r2\nBenchgate-Run: https://github.com/o/r/actions/runs/5\nBenchgate-Commit: "+main+
		"\n\nbaseline: accept r1\nBenchgate-Run: https://github.com/o/r/actions/runs/5\nBenchgate-Commit: "+main {
		t.Errorf("commits:\n%s", got)
	}
	if p, err := s.Provenance(t.Context(), "r1"); err != nil || p.Commit != main || p.RunURL != "https://github.com/o/r/actions/runs/5" {
		t.Errorf("it is from %+v, %v", p, err)
	}
	if _, err := s.Provenance(t.Context(), "r3"); !errors.Is(err, baselines.ErrNotFound) {
		t.Errorf("the error is %v", err)
	}
	checkedOut := t.TempDir()
	git(t, dir, "worktree", "add", "--quiet", checkedOut+"/w", branch)
	asDirectory, err := baselines.NewDirectory(checkedOut+"/w").List(t.Context(), baselines.Query{})
	if err != nil {
		t.Fatal(err)
	}
	here, err := s.List(t.Context(), baselines.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(here, asDirectory); diff != "" || len(here) != 2 {
		t.Errorf("%d runs; as a directory (-branch +directory):\n%s", len(here), diff)
	}
	if err := s.Remove(t.Context(), "r1"); err == nil || !strings.Contains(err.Error(), "checked out in a working tree") {
		t.Errorf("under a working tree it says %v", err)
	}
	if git(t, dir, "rev-parse", "main") != main || git(t, dir, "status", "--porcelain") != "" {
		t.Error("the user's own branch or files changed")
	}
}

func TestTheLastRunLeavesTheBranch(t *testing.T) {
	quiet(t)
	dir := repository(t)
	s := open(dir)
	if err := errors.Join(s.Save(t.Context(), run("r1"), nil), s.Remove(t.Context(), "r1")); err != nil {
		t.Fatal(err)
	}
	if got := git(t, dir, "ls-tree", "-r", "--name-only", branch); got != "README.md" {
		t.Errorf("left are %q", got)
	}
	whole(t, s, 0)
}

func TestManyRunsAreRemovedInOneCommit(t *testing.T) {
	quiet(t)
	dir := repository(t)
	s := open(dir)
	for _, id := range []string{"r1", "r2", "r3"} {
		if err := s.Save(t.Context(), run(id), nil); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // the second time nothing is to be done, and a run that somebody else removed is gone
		if err := s.RemoveAll(t.Context(), []string{"r1", "gone", "r3"}); err != nil {
			t.Fatal(err)
		}
	}
	whole(t, s, 1)
	if got := git(t, dir, "log", "--format=%s%n%b", "-1", branch); got != "baseline: remove 3 runs\nr1\ngone\nr3" {
		t.Errorf("the last commit says %q", got)
	}
	if got := git(t, dir, "rev-list", "--count", branch); got != "4" {
		t.Errorf("the branch has %s commits, want 4", got)
	}
}

// 50 writers at the same moment, each with a clone of its own as CI jobs have
// them: all runs are stored, and the history has one commit for each.
func TestFiftyWritersLoseNothing(t *testing.T) {
	quiet(t)
	remote := bare(t)
	first := clone(t, remote)
	writers := 50
	if testing.Short() {
		writers = 8
	}
	begin := make(chan struct{})
	var all sync.WaitGroup
	for i := range writers {
		dir := filepath.Join(t.TempDir(), "clone")
		git(t, ".", "clone", "--quiet", remote, dir)
		all.Go(func() {
			<-begin
			if err := open(dir).Save(t.Context(), run(fmt.Sprintf("r%02d", i)), strings.NewReader("{}\n")); err != nil {
				t.Errorf("writer %d: %v", i, err)
			}
		})
	}
	close(begin)
	all.Wait()
	whole(t, open(first), writers)
	if got := git(t, remote, "rev-list", "--count", branch); got != fmt.Sprint(writers) {
		t.Errorf("the branch has %s commits, want %d", got, writers)
	}
	git(t, remote, "fsck", "--strict")
}
