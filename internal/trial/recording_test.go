package trial

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/otlp"
)

func exampleRecording() *Recording {
	usd := 0.0007
	entry := meter.Entry{Schema: meter.SchemaV1, Kind: meter.Started, Trial: "candidate/answer/1.1", Request: 1, Model: "claude-opus-4-8"}
	finished := entry
	finished.Kind, finished.Status, finished.USD, finished.Tokens = meter.Finished, 200, &usd, &baselines.Tokens{Input: 100, Output: 8}
	changes, deleted := snapshotOf(map[string]string{"new.txt": "x\n", "sub/é \n.txt": "y"}).since(snapshotOf(map[string]string{"old.txt": "z"}))
	return &Recording{
		Schema: recordingSchema, Variant: baselines.Variant{Name: "a", Agent: baselines.Agent{Name: "claude-code", Version: "2.1.330"}, Model: "claude-opus-4-8"},
		Task: "answer", Attempt: 1, Ended: baselines.Timeout, Reason: "too slow", Seconds: 1.5,
		Flags: []baselines.Flag{baselines.Killed}, Deleted: deleted,
		transcript: []byte("{}\n"), ledger: []meter.Entry{entry, finished},
		telemetry: []otlp.Payload{{Signal: otlp.Logs, Encoding: "json", Body: []byte("{}")}, {Signal: otlp.Traces, Encoding: "pb", Body: []byte{1}}},
		changes:   changes,
	}
}

func TestRecordingIsTheSameBytes(t *testing.T) {
	var files [][]byte
	rec := exampleRecording()
	for range 2 {
		dir := t.TempDir()
		if err := rec.write(dir); err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(recordingPath(dir, "answer", 1))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, content)
		if rec, err = readRecording(dir, "answer", 1); err != nil { // what was read is written next
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("a recording that is read and written again has other bytes")
	}
}

// archive is a recording with one thing changed.
func archive(t testing.TB, change func(*Recording)) []byte {
	t.Helper()
	rec := exampleRecording()
	change(rec)
	dir := t.TempDir()
	if err := rec.write(dir); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(recordingPath(dir, rec.Task, rec.Attempt))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func entry(typeflag byte, name, link string) change {
	return change{header: &tar.Header{Typeflag: typeflag, Name: name, Linkname: link, Mode: 0o644}}
}

// None of these could be recorded; playing them could write or delete outside
// of the working directory, or put into the record what is not so.
func TestHostileRecordings(t *testing.T) {
	add := func(changes ...change) func(*Recording) {
		return func(rec *Recording) { rec.changes = append(rec.changes, changes...) }
	}
	tests := []struct {
		name   string
		change func(*Recording)
		want   string
	}{
		{"a file above", add(entry(tar.TypeReg, "../evil", "")), "no path below"},
		{"a file far above", add(entry(tar.TypeReg, "sub/../../evil", "")), "no path below"},
		{"an absolute file", add(entry(tar.TypeReg, "/etc/evil", "")), "no path below"},
		{"the directory itself", add(entry(tar.TypeSymlink, ".", "/etc")), "no path below"},
		{"behind a link", add(entry(tar.TypeSymlink, "l", "/etc"), entry(tar.TypeReg, "l/passwd", "")), "behind the link"},
		{"before a link", add(entry(tar.TypeReg, "l/deep/passwd", ""), entry(tar.TypeSymlink, "l", "/etc")), "behind the link"},
		{"a device", add(entry(tar.TypeChar, "dev", "")), "neither a file nor a symbolic link"},
		{"a hard link", add(entry(tar.TypeLink, "hard", "/etc/passwd")), "neither a file nor a symbolic link"},
		{"a file twice", add(entry(tar.TypeReg, "a", ""), entry(tar.TypeReg, "a", "")), "twice"},
		{"deletes above", func(rec *Recording) { rec.Deleted = []string{"../../home"} }, "no path below"},
		{"deletes everything", func(rec *Recording) { rec.Deleted = []string{"."} }, "no path below"},
		{"another format", func(rec *Recording) { rec.Schema = "benchgate.recording/v9" }, "schema"},
		{"another agent", func(rec *Recording) { rec.Variant.Agent.Name = "nobody" }, "no agent is called"},
		{"an end that none has", func(rec *Recording) { rec.Ended = baselines.InfraError }, "not recorded"},
		{"no end", func(rec *Recording) { rec.Ended = "" }, "ended"},
		{"a flag of the tests", func(rec *Recording) { rec.Flags = []baselines.Flag{baselines.NoReward} }, "none of a recording's"},
		{"time that ran back", func(rec *Recording) { rec.Seconds = -1 }, "seconds"},
		{"another signal", func(rec *Recording) { rec.telemetry[0].Signal = "../../x" }, "no such file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := decodeRecording(bytes.NewReader(archive(t, tt.change)))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want an error with %q", err, tt.want)
			}
		})
	}
	if _, err := decodeRecording(bytes.NewReader(archive(t, func(*Recording) {}))); err != nil {
		t.Errorf("the recording without a change: %v", err)
	}
}

// Whatever bytes a recording has, reading it ends, and what it gives can be
// played below a directory.
func FuzzDecodeRecording(f *testing.F) {
	whole := archive(f, func(*Recording) {})
	f.Add(whole, false)
	f.Add(whole[:len(whole)/2], false)
	f.Add(archive(f, func(rec *Recording) { rec.changes = append(rec.changes, entry(tar.TypeReg, "../x", "")) }), false)
	gz, err := gzip.NewReader(bytes.NewReader(whole))
	if err != nil {
		f.Fatal(err)
	}
	var unpacked bytes.Buffer
	if _, err := unpacked.ReadFrom(gz); err != nil {
		f.Fatal(err)
	}
	f.Add(unpacked.Bytes(), true) // lets the fuzzer reach the tar itself
	f.Fuzz(func(t *testing.T, content []byte, pack bool) {
		if pack {
			var b bytes.Buffer
			w := gzip.NewWriter(&b)
			if _, err := w.Write(content); err != nil || w.Close() != nil {
				t.Fatal(err)
			}
			content = b.Bytes()
		}
		rec, err := decodeRecording(bytes.NewReader(content))
		if err != nil {
			return
		}
		for _, c := range rec.changes {
			rec.Deleted = append(rec.Deleted, c.header.Name)
		}
		for _, name := range rec.Deleted {
			if !filepath.IsLocal(name) || name == "." {
				t.Errorf("%q leads out of the directory", name)
			}
		}
		if rec.row.Read == nil || math.Signbit(rec.Seconds) && rec.Seconds != 0 {
			t.Errorf("cannot be played: %+v", rec)
		}
	})
}
