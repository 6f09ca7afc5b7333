package trial

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/benchgate/benchgate/internal/otlp"
)

// The files of one trial, in its directory.
const (
	transcriptFile = "transcript.jsonl"
	agentLogFile   = "agent.log"
	testsLogFile   = "tests.log"
	otlpDir        = "otlp"
)

// maxOutput bounds what is kept of one stream, in bytes. A program that prints
// for ever must not fill the host's memory or disk.
const maxOutput = 64 << 20

// output collects one stream of a sandbox. Standard output and error of the
// tests share one, so it locks.
type output struct {
	mu      sync.Mutex
	buf     bytes.Buffer
	dropped int64
}

// Write never fails: a full buffer drops and counts.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	room := max(maxOutput-o.buf.Len(), 0)
	kept := p[:min(len(p), room)]
	o.buf.Write(kept)
	o.dropped += int64(len(p) - len(kept))
	return len(p), nil
}

func (o *output) bytes() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	return bytes.Clone(o.buf.Bytes())
}

func (o *output) text() string      { return string(o.bytes()) }
func (o *output) reader() io.Reader { return bytes.NewReader(o.bytes()) }

func (a *attempt) openFiles() {
	a.transcript, a.agentLog, a.testsLog = new(output), new(output), new(output)
}

// writeFiles keeps what the trial said, with secrets taken out, for the person
// who wants to know why it failed.
func (a *attempt) writeFiles() error {
	dir := a.dir()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("keeping trial files: %w", err)
	}
	var errs []error
	for name, out := range map[string]*output{transcriptFile: a.transcript, agentLogFile: a.agentLog, testsLogFile: a.testsLog} {
		text := redact(out.bytes(), a.secrets())
		if out.dropped > 0 {
			text = fmt.Appendf(text, "\n[benchgate: %d more bytes were not kept]\n", out.dropped)
		}
		if len(text) > 0 {
			errs = append(errs, os.WriteFile(filepath.Join(dir, name), text, 0o644))
		}
	}
	if payloads := a.Telemetry.Payloads(a.job.ID()); len(payloads) > 0 {
		for i := range payloads {
			payloads[i].Body = redact(payloads[i].Body, a.secrets())
		}
		errs = append(errs, otlp.WriteDir(filepath.Join(dir, otlpDir), payloads))
	}
	a.Telemetry.Forget(a.job.ID())
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("keeping trial files: %w", err)
	}
	return nil
}

// secrets are the run's, the trial's own tokens, and what the task took from
// the host's environment.
func (a *attempt) secrets() []string {
	return slices.Concat([]string{a.apiToken, a.otlpToken}, a.Secrets, a.job.Task.HostValues)
}

// minSecret is the shortest value that is taken for a secret: a task may take a
// variable like DEBUG=1 from its host, and stars for every 1 help nobody.
const minSecret = 8

// redact replaces every secret with stars of the same length, so that formats
// with lengths inside (protobuf) stay readable.
func redact(text []byte, secrets []string) []byte {
	for _, s := range secrets {
		if len(s) >= minSecret {
			text = bytes.ReplaceAll(text, []byte(s), bytes.Repeat([]byte("*"), len(s)))
		}
	}
	return text
}
