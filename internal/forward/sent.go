package forward

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// SentFile is the name, in a run's directory, of the list of what was acknowledged.
const SentFile = "telemetry-sent.jsonl"

// sentSchema names its format; every line carries it.
const sentSchema = "benchgate.sent/v1"

// acknowledged is one of its lines: a batch that a target took.
type acknowledged struct {
	Schema   string `json:"schema"`
	To       string `json:"to"`    // the target's endpoint
	Batch    string `json:"batch"` // "<trial>/<payload>.<part>", "<trial>" when all of a trial was taken, or "verdict"
	Records  int    `json:"records,omitempty"`
	Rejected int64  `json:"rejected,omitempty"` // of these, which the target will not take
}

// ErrBusy tells that another process is sending the same run's telemetry.
var ErrBusy = errors.New("another benchgate is sending this run's telemetry")

// sent is the list while it is open. Its methods may be called concurrently.
type sent struct {
	mu   sync.Mutex
	file *os.File
	has  map[[2]string]bool // by endpoint and batch
}

// openSent reads the list of a run's directory and begins one where there is none. No
// two processes have it open at once. A last line that a crash has torn is cut off:
// its batch is sent again.
func openSent(dir string) (_ *sent, err error) {
	file, err := os.OpenFile(filepath.Join(dir, SentFile), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("opening the list of sent telemetry: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close())
		}
	}()
	if err := lock(file); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(file)
	if err != nil {
		return nil, fmt.Errorf("reading the list of sent telemetry: %w", err)
	}
	whole := bytes.LastIndexByte(text, '\n') + 1
	s := &sent{file: file}
	if s.has, err = readSent(text[:whole], file.Name()); err != nil {
		return nil, err
	}
	if err := file.Truncate(int64(whole)); err != nil {
		return nil, fmt.Errorf("cutting the list of sent telemetry: %w", err)
	}
	if _, err := file.Seek(int64(whole), io.SeekStart); err != nil {
		return nil, fmt.Errorf("opening the list of sent telemetry: %w", err)
	}
	return s, nil
}

func readSent(text []byte, file string) (map[[2]string]bool, error) {
	has := make(map[[2]string]bool)
	number := 0
	for line := range bytes.Lines(text) {
		number++
		var a acknowledged
		if err := json.Unmarshal(line, &a); err != nil || a.Schema != sentSchema {
			return nil, fmt.Errorf("%s:%d: no line of %s; remove the file to send all of the run again", file, number, sentSchema)
		}
		has[[2]string{a.To, a.Batch}] = true
	}
	return has, nil
}

func (s *sent) to(target, batch string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.has[[2]string{target, batch}]
}

// add notes a batch. One that cannot be noted is sent again some day.
func (s *sent) add(a acknowledged) error {
	a.Schema = sentSchema
	line, err := json.Marshal(a)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.has[[2]string{a.To, a.Batch}] = true
	if _, err := s.file.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("noting what was sent: %w", err)
	}
	return nil
}

func (s *sent) close() error { return s.file.Close() }
