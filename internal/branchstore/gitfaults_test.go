package branchstore_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/benchgate/benchgate/baselines"
)

// dyingGit stands before git in PATH and is killed at its command of that number,
// before git runs or after it.
const dyingGit = `#!/bin/sh
n=$(($(cat "$DYING/count") + 1))
echo $n >"$DYING/count"
[ $n != "$DYING_AT" ] || [ "$DYING_AFTER" = yes ] || kill -9 $$
"$REAL_GIT" "$@"
code=$?
[ $n != "$DYING_AT" ] || kill -9 $$
exit $code
`

// Whichever command of git is the last one of a writer that dies, the branch is as
// it was or has its whole run, and the next writer stores it.
func TestAGitThatDiesLeavesTheBranchWhole(t *testing.T) {
	quiet(t)
	real, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	programs := t.TempDir()
	if err := os.WriteFile(filepath.Join(programs, "git"), []byte(dyingGit), 0o755); err != nil {
		t.Fatal(err)
	}
	places := map[string]func(t *testing.T) string{
		"of this repository": func(t *testing.T) string { return repository(t) },
		"of a remote":        func(t *testing.T) string { return clone(t, bare(t)) },
	}
	for name, place := range places {
		for _, after := range []string{"no", "yes"} {
			t.Run(name+", after: "+after, func(t *testing.T) {
				dir := place(t)
				if err := open(dir).Save(t.Context(), run("r0"), nil); err != nil {
					t.Fatal(err)
				}
				stored, path := 1, os.Getenv("PATH")
				for at, last := 1, false; !last && at < 60; at++ {
					id := "r" + strconv.Itoa(at)
					t.Setenv("PATH", programs+string(filepath.ListSeparator)+path)
					t.Setenv("REAL_GIT", real)
					t.Setenv("DYING", programs)
					t.Setenv("DYING_AT", strconv.Itoa(at))
					t.Setenv("DYING_AFTER", after)
					if err := os.WriteFile(filepath.Join(programs, "count"), []byte("0"), 0o644); err != nil {
						t.Fatal(err)
					}
					err := open(dir).Accept(t.Context(), run(id), strings.NewReader("{}\n"))
					count, _ := os.ReadFile(filepath.Join(programs, "count"))
					ran, _ := strconv.Atoi(strings.TrimSpace(string(count)))
					last = ran < at // it ended before
					t.Setenv("PATH", path)
					entries, lost := open(dir).List(t.Context(), baselines.Query{})
					if lost != nil || len(entries) != stored && len(entries) != stored+1 || err == nil && len(entries) != stored+1 {
						t.Fatalf("killed at command %d (%v): %d runs can be read, %v; there were %d", at, err, len(entries), lost, stored)
					}
					if err := open(dir).Accept(t.Context(), run(id), strings.NewReader("{}\n")); err != nil {
						t.Fatalf("the writer after command %d: %v", at, err)
					}
					stored++
					if testing.Short() {
						at += 3
					}
				}
				if stored < 4 {
					t.Errorf("only %d commands of git were killed", stored-1)
				}
				whole(t, open(dir), stored)
			})
		}
	}
}

// Several processes in one repository, as two terminals are.
func TestWritersInOneRepositoryLoseNothing(t *testing.T) {
	quiet(t)
	for name, dir := range map[string]string{"of this repository": repository(t), "of a remote": clone(t, bare(t))} {
		t.Run(name, func(t *testing.T) {
			const writers = 6
			var all sync.WaitGroup
			for i := range writers {
				all.Go(func() {
					if err := open(dir).Accept(t.Context(), run(fmt.Sprintf("r%d", i)), nil); err != nil {
						t.Errorf("writer %d: %v", i, err)
					}
				})
			}
			all.Wait()
			whole(t, open(dir), writers)
		})
	}
}

// A server that lost the connection after it did what was asked: nothing is lost
// and nothing is done twice.
func TestAPushWhoseAnswerIsLost(t *testing.T) {
	quiet(t)
	remote := bare(t)
	dir := clone(t, remote)
	s := open(dir)
	if err := s.Save(t.Context(), run("r0"), nil); err != nil {
		t.Fatal(err)
	}
	hook := filepath.Join(remote, "hooks", "post-receive")
	if err := os.WriteFile(hook, []byte("#!/bin/sh\nkill -9 $PPID\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"r1", "r2"} {
		if err := s.Accept(t.Context(), run(id), nil); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	if err := s.Remove(t.Context(), "r1"); err != nil {
		t.Error(err)
	}
	if err := os.Remove(hook); err != nil {
		t.Fatal(err)
	}
	whole(t, open(dir), 2)
	if got := git(t, remote, "rev-list", "--count", branch); got != "4" {
		t.Errorf("the branch has %s commits, want 4", got)
	}
}

// A pusher without the right to it is told that, not that it is a race.
func TestAPushThatIsRefused(t *testing.T) {
	quiet(t)
	remote := bare(t)
	dir := clone(t, remote)
	if err := open(dir).Save(t.Context(), run("r0"), nil); err != nil {
		t.Fatal(err)
	}
	git(t, dir, "remote", "set-url", "--push", "origin", filepath.Join(t.TempDir(), "nowhere"))
	err := open(dir).Save(t.Context(), run("r1"), nil)
	if err == nil || !strings.Contains(err.Error(), "does not appear to be a git repository") {
		t.Errorf("it says %v", err)
	}
	whole(t, open(dir), 1)
}
