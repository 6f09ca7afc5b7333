package suite

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/internal/golden"
)

// exampleLock is the lock of the two example tasks, one of them checked.
func exampleLock(t *testing.T) (*Suite, *Lock) {
	t.Helper()
	s, err := Load(t.Context(), "testdata", "examples", []Source{{Path: "tasks/*"}}, LoadOptions{Lookup: hostOf(nil)})
	if err != nil {
		t.Fatal(err)
	}
	l, err := NewLock(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	passes := true
	l.Task("count-words").Check = &Check{ReferencePasses: &passes, NothingFails: true, At: time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC), Commit: strings.Repeat("a", 40)}
	return s, l
}

func encode(t *testing.T, l *Lock) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := l.Encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestLockFormat(t *testing.T) {
	s, l := exampleLock(t)
	got := encode(t, l)
	golden.Check(t, "testdata/benchgate.lock.golden", got)
	back, err := DecodeLock("benchgate.lock", got)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(l, back); diff != "" {
		t.Error(diff)
	}
	if err := back.Verify(s); err != nil {
		t.Error(err)
	}
}

func TestDecodeLockIsStrict(t *testing.T) {
	_, l := exampleLock(t)
	good := string(encode(t, l))
	cases := []struct{ name, from, to, want string }{
		{"a conflict left by git", `"suite": "examples",`, "<<<<<<< HEAD\n", "benchgate.lock:3:3: broken JSON: invalid character '<'"},
		{"an unknown field", `"suite": "examples",`, `"suite": "examples", "colour": "red",`, `benchgate.lock:3:24: unknown key "colour"`},
		{"another kind", `"suite": "examples"`, `"suite": 7`, "benchgate.lock:3:12: suite is 7, want a text"},
		{"another schema", lockSchemaV1, "benchgate.lock/v9", `schema is "benchgate.lock/v9", want "benchgate.lock/v1"`},
		{"a file's digest", "\"task.toml\": \"", "\"task.toml\": \"0", `task "count-words": the digest is not that of its files`},
		{"a tier", `"tier": "easy"`, `"tier": "hard"`, "the suite's digest is not that of its tasks"},
		{"a task twice", `"id": "fix-greeting"`, `"id": "count-words"`, `task "count-words" stands after "count-words"`},
		{"a git source without its commit", `"path": "tasks/fix-greeting"`, `"path": "tasks/fix-greeting", "git": "https://example.com/tasks"`, `task "fix-greeting": commit is "", want 40 hex digits`},
		{"half a file", "\n}\n", "", "broken JSON: it ends too early, something was cut off"},
		{"a second document", "\n}\n", "\n}\n{}\n", "benchgate.lock:61:1: broken JSON: something follows the end"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			bad := strings.Replace(good, c.from, c.to, 1)
			if bad == good {
				t.Fatal("the case changes nothing")
			}
			_, err := DecodeLock("benchgate.lock", []byte(bad))
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "run benchgate lock") {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}

func FuzzDecodeLock(f *testing.F) {
	golden, err := os.ReadFile("testdata/benchgate.lock.golden")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden)
	f.Add([]byte(`{"schema":"benchgate.lock/v1","tasks":[null]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := DecodeLock("f", data)
		if err != nil {
			return
		}
		again, err := DecodeLock("f", encode(t, l))
		if err != nil {
			t.Fatalf("a lock that was read cannot be read again: %v", err)
		}
		if diff := cmp.Diff(l, again); diff != "" {
			t.Error(diff)
		}
	})
}

func TestVerifyNamesWhatChanged(t *testing.T) {
	base := t.TempDir()
	if err := os.CopyFS(filepath.Join(base, "tasks"), os.DirFS("testdata/tasks")); err != nil {
		t.Fatal(err)
	}
	load := func() *Suite {
		t.Helper()
		s, err := Load(t.Context(), base, "examples", []Source{{Path: "tasks/*"}}, LoadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	l, err := NewLock(load(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Verify(load()); err != nil {
		t.Fatalf("nothing changed: %v", err)
	}

	task := filepath.Join(base, "tasks/count-words")
	write(t, filepath.Join(task, "tests/test.sh"), "echo 1 > /logs/verifier/reward.txt\n")
	write(t, filepath.Join(task, "tests/data.txt"), "new\n")
	if err := os.Remove(filepath.Join(task, "solution/solve.sh")); err != nil {
		t.Fatal(err)
	}
	s := load()
	s.ByID("fix-greeting").Tier = Hard
	s.Tasks = append(s.Tasks, &Task{ID: "unknown"})
	got := l.Verify(s)
	want := strings.Join([]string{
		"task count-words differs from the lock: solution/solve.sh was removed, tests/data.txt was added, tests/test.sh changed",
		"task fix-greeting differs from the lock: its tier is hard, was medium",
		"task unknown is not in the lock",
		"if this is meant, run benchgate lock; results before and after are not comparable",
	}, "\n")
	if diff := cmp.Diff(want, got.Error()); diff != "" {
		t.Error(diff)
	}

	got = l.Verify(&Suite{Tasks: s.Tasks[1:2]})
	if !strings.Contains(got.Error(), "task count-words is in the lock and not in the suite") {
		t.Error(got)
	}
}

func TestANewLockKeepsWhatStillHolds(t *testing.T) {
	s, previous := exampleLock(t)
	previous.Task("count-words").Images[0].Digest = "sha256:known"
	previous.Task("fix-greeting").Check = &Check{NothingFails: true}
	previous.Task("fix-greeting").Digest = "sha256:another"
	l, err := NewLock(s, previous)
	if err != nil {
		t.Fatal(err)
	}
	if l.Task("count-words").Check == nil || l.Task("count-words").Images[0].Digest != "sha256:known" {
		t.Error("what was found of an unchanged task is lost")
	}
	if l.Task("fix-greeting").Check != nil {
		t.Error("a check of other files was kept")
	}
}

func TestSuiteDigest(t *testing.T) {
	s, _ := exampleLock(t)
	digest := s.Digest()
	turned := &Suite{Name: "another name", Tasks: []*Task{s.Tasks[1], s.Tasks[0]}}
	if turned.Digest() != digest {
		t.Error("the order of tasks or the suite's name changed its digest")
	}
	ref := s.Ref()
	if ref.Digest != digest || len(ref.Tasks) != 2 || ref.Tasks[0].ID != "count-words" || ref.Tasks[0].Tier != "easy" || ref.Tasks[0].Digest != s.Tasks[0].Digest {
		t.Errorf("reference %+v", ref)
	}
	s.Tasks[0].Tier = Hard
	if s.Digest() == digest {
		t.Error("a tier did not change the digest")
	}
}

func TestPin(t *testing.T) {
	commit := strings.Repeat("c", 40)
	l := &Lock{Tasks: []LockedTask{{ID: "one", Commit: commit, Source: LockedSource{Git: "https://example.com/t", Ref: "main", Path: "tasks/one"}}}}
	sources := []Source{
		{Git: "https://example.com/t", Ref: "main", Path: "tasks/one/"},
		{Git: "https://example.com/t", Ref: "main", Path: "tasks/*"},
		{Git: "https://example.com/t", Ref: "next", Path: "tasks/one"},
		{Git: "https://example.com/t", Ref: "main", Path: "tasks/two"},
		{Path: "tasks/one"},
	}
	var got []string
	for _, src := range l.Pin(sources) {
		got = append(got, src.Commit)
	}
	if diff := cmp.Diff([]string{commit, commit, "", "", ""}, got); diff != "" {
		t.Error(diff)
	}
	if sources[0].Commit != "" {
		t.Error("Pin changed its caller's sources")
	}
}

func TestEncodeReportsTheWriter(t *testing.T) {
	wrong := errors.New("disk full")
	if err := (&Lock{}).Encode(failing{wrong}); !errors.Is(err, wrong) {
		t.Error(err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// From when a task is solved is part of what a suite is: of its digest and its lock.
func TestSolvedAtIsLocked(t *testing.T) {
	half := &baselines.SolvedAt{Key: "reward", Min: 0.5}
	before, after := &Suite{Name: "s"}, &Suite{Name: "s", SolvedAt: half}
	if before.Digest() == after.Digest() {
		t.Error("both have one digest")
	}
	if same := withoutDefault(&baselines.SolvedAt{Key: "reward", Min: 1}); same != nil {
		t.Errorf("the default, written out, is %v", same)
	}
	l, err := NewLock(before, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Verify(after); err == nil || !strings.HasPrefix(err.Error(), "a task is solved at reward >= 0.5 (suite.solved_at), was reward >= 1") {
		t.Errorf("error %v", err)
	}
	if l, err = NewLock(after, nil); err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := l.Encode(&text); err != nil {
		t.Fatal(err)
	}
	again, err := DecodeLock("benchgate.lock", text.Bytes())
	if err != nil || again.Verify(after) != nil {
		t.Errorf("read again: %v, %v", err, again)
	}
}
