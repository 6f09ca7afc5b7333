package trial_test

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
)

// busy writes, changes and deletes files, asks the model twice and tells of
// it.
const busy = `
	echo 42 > answer.txt; printf 'two\nthree\n' > notes.txt
	mkdir -p made/here; echo new > made/here/new.txt; ln -s answer.txt link
	rm gone.txt; rm -r was-dir; echo file > was-dir; rm was-file; mkdir was-file; echo below > was-file/below
	"$0" ask > /dev/null; "$0" ask > /dev/null; "$0" tell
	echo '{"type":"assistant","message":{"content":[{"type":"tool_use","id":"t1"}]}}'
`

// busyTask looks at every file the agent made or deleted.
var busyTask = map[string]string{
	"environment/Dockerfile":      "FROM debian:bookworm-slim\nWORKDIR /app\nCOPY . /app/\n",
	"environment/gone.txt":        "x\n",
	"environment/was-dir/old.txt": "x\n",
	"environment/was-file":        "x\n",
	"tests/test.sh": `#!/bin/sh
[ "$(cat link)" = 42 ] && [ ! -e gone.txt ] && [ "$(cat was-dir)" = file ] && [ "$(cat was-file/below)" = below ] &&
	[ "$(cat made/here/new.txt)" = new ] && [ "$(cat notes.txt)" = "two
three" ] && verdict=1
echo ${verdict:-0} > "${BENCHGATE_ROOT:-}/logs/verifier/reward.txt"
`,
}

// record runs a trial and records it.
func record(t *testing.T, agent string) (*rig, *suite.Task, baselines.Trial) {
	t.Helper()
	r := newRig(t, "fallback: {text: ok, usage: {input: 100, output: 200}}")
	r.Record = t.TempDir()
	task := r.task(busyTask)
	return r, task, r.run(task, r.standIn(agent))
}

// replayer is the subject that plays what the rig recorded.
func (r *rig) replayer() trial.Subject {
	s := r.plain("replay")
	s.Recordings = filepath.Join(r.Record, "claude-code")
	return s
}

func TestReplayGivesTheSameRecord(t *testing.T) {
	const minute = "schema_version = \"1.0\"\n[agent]\ntimeout_sec = 60.0\n"
	for name, tt := range map[string]struct{ toml, agent string }{
		"finished":    {minute, busy + saysDone},
		"agent error": {minute, busy + "exit 7"},
		"turns":       {minute, busy + saysTurns},
		// Its time is enough for all of its work, even on a slow machine.
		"timed out": {strings.Replace(minute, "60", "6", 1), busy + "sleep 300"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, "fallback: {text: ok, usage: {input: 100, output: 200}}")
			r.Record = t.TempDir()
			files := maps.Clone(busyTask)
			files["task.toml"] = tt.toml
			task := r.task(files)
			recorded := r.run(task, r.standIn(tt.agent))
			if recorded.Solved == nil || !*recorded.Solved || recorded.Lines == nil || recorded.Lines.Kept == nil {
				t.Fatalf("the recorded trial: %+v\n%s", recorded, r.file("tests.log"))
			}
			subject := r.replayer()
			r.Record = ""
			r.must(os.RemoveAll(filepath.Join(r.Dir, "trials")))
			replayed := r.Run(t.Context(), trial.Job{
				Arm: baselines.Baseline, Seq: 1, Attempt: 1, Try: 1, Task: task, Subject: subject,
			})
			if !replayed.Flagged(baselines.Replayed) {
				t.Errorf("flags %v, want replayed", replayed.Flags)
			}
			replayed.Flags = slices.DeleteFunc(replayed.Flags, func(f baselines.Flag) bool { return f == baselines.Replayed })
			// The time that the sandbox and the tests took is this run's own.
			diff := cmp.Diff(recorded, replayed,
				cmpopts.IgnoreFields(baselines.Trial{}, "Started"),
				cmpopts.IgnoreFields(baselines.Seconds{}, "Setup", "Create", "Verify", "Stop", "Remove", "Total"),
				cmpopts.SortSlices(func(a, b baselines.Flag) bool { return a < b }))
			if diff != "" {
				t.Errorf("the record (-recorded +replayed):\n%s", diff)
			}
		})
	}
}

// A replay can be recorded again; the agent is still the one that worked.
func TestARecordedReplayIsTheSameRecording(t *testing.T) {
	r, task, _ := record(t, busy+saysDone)
	first := unpacked(t, filepath.Join(r.Record, "claude-code/answer/1.tar.gz"))
	subject := r.replayer()
	r.Record = t.TempDir()
	r.must(os.RemoveAll(filepath.Join(r.Dir, "trials")))
	got := r.Run(t.Context(), trial.Job{Arm: baselines.Baseline, Seq: 1, Attempt: 1, Try: 1, Task: task, Subject: subject})
	r.want(got, baselines.Finished, "solved")
	second := unpacked(t, filepath.Join(r.Record, "replay/answer/1.tar.gz"))
	if diff := cmp.Diff(tree(t, first), tree(t, second), cmpopts.IgnoreMapEntries(func(name, _ string) bool {
		return name == "ledger.jsonl" // its lines name the trial
	})); diff != "" {
		t.Errorf("the recordings (-first +second):\n%s", diff)
	}
}

func TestAMissingRecordingNamesThoseThereAre(t *testing.T) {
	r, task, _ := record(t, saysDone)
	made := filepath.Join(r.Record, "claude-code/answer")
	r.must(os.Link(filepath.Join(made, "1.tar.gz"), filepath.Join(made, "10.tar.gz")))
	r.must(os.Link(filepath.Join(made, "1.tar.gz"), filepath.Join(made, "2.tar.gz")))
	j := job(task, r.replayer())
	j.Attempt = 3
	got := r.Run(t.Context(), j)
	r.want(got, baselines.InfraError, "no answer")
	r.wantReason(got, "there is no recording of task answer, attempt 3 (recorded are 1, 2, 10)")

	// One that lies in another's place is not played for it.
	j.Attempt = 2
	got = r.Run(t.Context(), j)
	r.want(got, baselines.InfraError, "no answer")
	r.wantReason(got, "it is of task answer, attempt 1")
	r.nothingLeft()

	r.must(os.RemoveAll(made))
	r.wantReason(r.Run(t.Context(), j), "none was made; record some with run --record")
}

// What cannot be recorded is said before anything is paid for.
func TestRecordingNeedsAWorkingDirectory(t *testing.T) {
	r := newRig(t, "")
	task := r.task(map[string]string{"environment/Dockerfile": "FROM debian:bookworm-slim\nWORKDIR /\n"})
	r.Record = t.TempDir()
	err := r.Prepare(t.Context(), []*suite.Task{task}, nil)
	if err == nil || !strings.Contains(err.Error(), "task answer: its working directory is /") {
		t.Errorf("%v, want the task named", err)
	}
}

// unpacked is a directory with the content of a recording.
func unpacked(t *testing.T, name string) string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	gz, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for r := tar.NewReader(gz); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return dir
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, filepath.FromSlash(h.Name))
		content = append(content, h.Linkname...)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, content, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
}

func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(root, name)
		files[name] = string(content)
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	return files
}
