package action

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	baseCommit = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"
	otherSHA   = "ffffffffffffffffffffffffffffffffffffffff"
)

// lay writes files below a directory.
func lay(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheCommitIsReadWithoutGit(t *testing.T) {
	for _, test := range []struct {
		name  string
		files map[string]string
	}{
		{"detached, as actions/checkout leaves it", map[string]string{".git/HEAD": baseCommit + "\n"}},
		{"on a branch", map[string]string{".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": baseCommit + "\n"}},
		{"packed", map[string]string{
			".git/HEAD":        "ref: refs/heads/main\n",
			".git/packed-refs": "# pack-refs with: peeled fully-peeled sorted\n" + otherSHA + " refs/heads/main2\n" + baseCommit + " refs/heads/main\n^" + otherSHA + "\n",
		}},
		{"a ref of its own goes before the packed one", map[string]string{
			".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": baseCommit + "\n",
			".git/packed-refs": otherSHA + " refs/heads/main\n",
		}},
		{"a ref that leads to another", map[string]string{
			".git/HEAD": "ref: refs/heads/now\n", ".git/refs/heads/now": "ref: refs/heads/main\n", ".git/refs/heads/main": baseCommit + "\n",
		}},
		{"a worktree", map[string]string{
			".git": "gitdir: store/worktrees/one\n", "store/worktrees/one/HEAD": "ref: refs/heads/topic\n",
			"store/worktrees/one/commondir": "../..\n", "store/refs/heads/topic": baseCommit + "\n",
		}},
		{"a worktree with packed refs", map[string]string{
			".git": "gitdir: store/worktrees/one\n", "store/worktrees/one/HEAD": "ref: refs/heads/topic\n",
			"store/worktrees/one/commondir": "../..\n", "store/packed-refs": baseCommit + " refs/heads/topic\n",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			lay(t, dir, test.files)
			if got, err := checkedOut(dir); err != nil || got != baseCommit {
				t.Errorf("the commit is %q, %v, want %s", got, err, baseCommit)
			}
		})
	}
}

func TestWhatIsNoCommitIsSaid(t *testing.T) {
	for _, test := range []struct {
		name, says string
		files      map[string]string
	}{
		{"no repository", "it is no git repository", nil},
		{"an unborn branch", "refs/heads/main is not there", map[string]string{".git/HEAD": "ref: refs/heads/main\n"}},
		{"the format of reftable", "refs/heads/.invalid is not there", map[string]string{".git/HEAD": "ref: refs/heads/.invalid\n"}},
		{"a ref that leaves the repository", "HEAD is no ref", map[string]string{".git/HEAD": "ref: refs/../../secret\n", "secret": baseCommit}},
		{"a ref to itself", "more than 5 refs", map[string]string{".git/HEAD": "ref: refs/heads/a\n", ".git/refs/heads/a": "ref: refs/heads/a\n"}},
		{"a file that leads nowhere", "leads to no repository", map[string]string{".git": "nonsense\n"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			lay(t, dir, test.files)
			if got, err := checkedOut(dir); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("the commit is %q, the error %v, want %q", got, err, test.says)
			}
		})
	}
}

func FuzzTheCommit(f *testing.F) {
	f.Add("ref: refs/heads/main\n", baseCommit+" refs/heads/main\n")
	f.Add(baseCommit+"\n", "")
	f.Fuzz(func(t *testing.T, head, packed string) {
		dir := t.TempDir()
		lay(t, dir, map[string]string{".git/HEAD": head, ".git/packed-refs": packed})
		if got, err := checkedOut(dir); err == nil && !fullCommit.MatchString(got) {
			t.Errorf("%q is no commit", got)
		}
	})
}
