package baselines_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/benchgate/benchgate/baselines"
)

func journalHeader() baselines.Header {
	h := example().Header
	h.Suite.Tasks = []baselines.Task{{ID: "a"}, {ID: "b"}}
	return h
}

func trial(seq int, task string, attempt int) baselines.Trial {
	return baselines.Trial{Seq: seq, Task: task, Attempt: attempt, Try: 1, Ended: baselines.Finished, Solved: new(true)}
}

// must returns a function so that calls read as one line.
func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestEveryAppendedTrialIsOnTheDiskAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "runs", "r1", "candidate.jsonl")
	j := must(baselines.Create(path, journalHeader()))(t)
	defer j.Close()
	for i := 1; i <= 3; i++ {
		if err := j.Append(trial(i, "a", i)); err != nil {
			t.Fatal(err)
		}
		if run := must(baselines.ReadFile(path))(t); len(run.Trials) != i {
			t.Fatalf("after trial %d the file has %d", i, len(run.Trials))
		}
	}
}

func TestManyWorkersAppendWholeLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.jsonl")
	j := must(baselines.Create(path, journalHeader()))(t)
	var workers sync.WaitGroup
	for w := range 8 {
		workers.Go(func() {
			for i := range 10 {
				if err := j.Append(trial(w*10+i+1, "a", w*10+i+1)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	workers.Wait()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if run := must(baselines.ReadFile(path))(t); len(run.Trials) != 80 {
		t.Errorf("%d trials, want 80", len(run.Trials))
	}
}

// TestReadingAfterACrashAtAnyByte cuts a journal of two trials after each of
// its bytes. Whatever is left, every whole trial can be read.
func TestReadingAfterACrashAtAnyByte(t *testing.T) {
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole.jsonl")
	j := must(baselines.Create(whole, journalHeader()))(t)
	headerEnd := fileSize(t, whole)
	var ends []int // where each trial's JSON ends, without its newline
	for i := 1; i <= 2; i++ {
		if err := j.Append(trial(i, "a", i)); err != nil {
			t.Fatal(err)
		}
		ends = append(ends, fileSize(t, whole)-1)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	text := must(os.ReadFile(whole))(t)

	for cut := headerEnd - 1; cut <= len(text); cut++ {
		path := filepath.Join(dir, fmt.Sprintf("cut-%d.jsonl", cut))
		if err := os.WriteFile(path, text[:cut], 0o644); err != nil {
			t.Fatal(err)
		}
		kept := 0
		for _, end := range ends {
			if cut >= end {
				kept++
			}
		}
		run, err := baselines.ReadFile(path)
		if err != nil {
			t.Fatalf("cut at byte %d: %v", cut, err)
		}
		if len(run.Trials) != kept {
			t.Errorf("cut at byte %d: %d trials, want %d", cut, len(run.Trials), kept)
		}
	}
}

func fileSize(t *testing.T, path string) int {
	t.Helper()
	return int(must(os.Stat(path))(t).Size())
}

func TestCreateNeverOverwritesARecord(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.jsonl")
	if err := must(baselines.Create(path, journalHeader()))(t).Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := baselines.Create(path, journalHeader()); !errors.Is(err, fs.ErrExist) {
		t.Errorf("error is %v, want fs.ErrExist", err)
	}
}

func TestAppendRefusesWhatNoReaderWouldAccept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.jsonl")
	j := must(baselines.Create(path, journalHeader()))(t)
	defer j.Close()
	if err := j.Append(trial(1, "a", 1)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		trial baselines.Trial
		want  string
	}{
		{"a try that is recorded already", trial(1, "a", 1), `task "a", attempt 1, try 1 is recorded already`},
		{"a task the header does not have", trial(2, "z", 1), `task "z" is not in the header's suite`},
		{"an invalid trial", baselines.Trial{Seq: 2, Task: "a", Attempt: 2, Try: 1}, `ended is missing`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := j.Append(tt.trial); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want %q in it", err, tt.want)
			}
			if run := must(baselines.ReadFile(path))(t); len(run.Trials) != 1 {
				t.Errorf("the file has %d trials, want 1", len(run.Trials))
			}
		})
	}
}

func TestAppendAfterCloseIsAnError(t *testing.T) {
	j := must(baselines.Create(filepath.Join(t.TempDir(), "run.jsonl"), journalHeader()))(t)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if err := j.Append(trial(1, "a", 1)); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("error is %v, want fs.ErrClosed", err)
	}
}
