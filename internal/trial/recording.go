package trial

import (
	"archive/tar"
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/otlp"
)

// recordingSchema names the format of a recording's recording.json.
const recordingSchema = "benchgate.recording/v1"

// Recording is what one agent did in one trial: enough to repeat the trial
// without the agent, a model or any cost. On disk it is one file,
// <dir>/<task>/<attempt>.tar.gz, with
//
//	recording.json    this struct's exported fields
//	transcript.jsonl  the agent's standard output
//	ledger.jsonl      the meter's entries
//	otlp/NNN-SIGNAL.pb|json  telemetry as it came in
//	changes/PATH      files of the working directory the agent wrote
type Recording struct {
	Schema  string            `json:"schema"`
	Variant baselines.Variant `json:"variant"`
	Task    string            `json:"task"`
	Attempt int               `json:"attempt"`
	Ended   baselines.Ended   `json:"ended"`
	Reason  string            `json:"reason,omitempty"`
	Seconds float64           `json:"seconds"`           // the agent's
	Flags   []baselines.Flag  `json:"flags,omitempty"`   // of [recordedFlags]
	Deleted []string          `json:"deleted,omitempty"` // files of the working directory

	row        agent.Agent // the table's row for the agent that was recorded
	transcript []byte
	ledger     []meter.Entry
	telemetry  []otlp.Payload
	changes    []change
}

func recordingPath(dir, task string, attempt int) string {
	return filepath.Join(dir, task, strconv.Itoa(attempt)+".tar.gz")
}

// write stores the recording. The same recording gives the same bytes, so that
// recordings can be kept in git.
func (rec *Recording) write(dir string) error {
	var buf bytes.Buffer
	gz, _ := gzip.NewWriterLevel(&buf, gzip.BestCompression) // the level exists
	w := tar.NewWriter(gz)
	meta, err := json.MarshalIndent(rec, "", "  ")
	if err != nil {
		return err
	}
	var ledger bytes.Buffer
	for _, e := range rec.ledger {
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		ledger.Write(append(line, '\n'))
	}
	add := func(name string, content []byte) {
		err = errors.Join(err, addFile(w, &tar.Header{Name: name, Mode: 0o644}, content))
	}
	add("recording.json", append(meta, '\n'))
	add("transcript.jsonl", rec.transcript)
	add("ledger.jsonl", ledger.Bytes())
	for i, p := range rec.telemetry {
		add("otlp/"+p.FileName(i+1), p.Body)
	}
	for _, c := range rec.changes {
		h := *c.header
		h.Name = "changes/" + h.Name
		err = errors.Join(err, addFile(w, &h, c.content))
	}
	if err := errors.Join(err, w.Close(), gz.Close()); err != nil {
		return err
	}
	file := recordingPath(dir, rec.Task, rec.Attempt)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, buf.Bytes(), 0o644)
}

func addFile(w *tar.Writer, h *tar.Header, content []byte) error {
	h.Size = int64(len(content))
	if err := w.WriteHeader(h); err != nil {
		return err
	}
	_, err := w.Write(content)
	return err
}

// readRecording reads the recording of one attempt. When there is none, the
// error lists the attempts that are recorded.
func readRecording(dir, task string, attempt int) (*Recording, error) {
	f, err := os.Open(recordingPath(dir, task, attempt))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no recording of task %s, attempt %d (%s)", task, attempt, recordedAttempts(dir, task))
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rec, err := decodeRecording(f)
	if err == nil && (rec.Task != task || rec.Attempt != attempt) {
		err = fmt.Errorf("it is of task %s, attempt %d", rec.Task, rec.Attempt)
	}
	if err != nil {
		return nil, fmt.Errorf("reading recording %s: %w", f.Name(), err)
	}
	return rec, nil
}

// CheckRecordings returns an error unless dir has recordings of the attempts 1
// to attempts of every task. It names each task that lacks one, and the
// attempts that are recorded.
func CheckRecordings(dir string, tasks []string, attempts int) error {
	var errs []error
	for _, task := range tasks {
		for attempt := 1; attempt <= attempts; attempt++ {
			if _, err := os.Stat(recordingPath(dir, task, attempt)); err != nil {
				errs = append(errs, fmt.Errorf("there is no recording of task %s, attempt %d (%s)", task, attempt, recordedAttempts(dir, task)))
				break
			}
		}
	}
	return errors.Join(errs...)
}

func recordedAttempts(dir, task string) string {
	files, _ := filepath.Glob(filepath.Join(dir, task, "*.tar.gz"))
	if len(files) == 0 {
		return "none was made; record some with run --record"
	}
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(f), ".tar.gz"))
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	return "recorded are " + strings.Join(names, ", ")
}
