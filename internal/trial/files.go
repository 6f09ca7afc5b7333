package trial

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/redact"
)

// The files of one trial, in its directory.
const (
	transcriptFile = "transcript.jsonl"
	agentLogFile   = "agent.log"
	testsLogFile   = "tests.log"
	againLogFile   = "tests-again.log" // of the tests in a fresh sandbox
	entrypointFile = "entrypoint.log"
	otlpDir        = "otlp"
)

func (a *attempt) openFiles() {
	a.transcript, a.agentLog, a.testsLog = newOutput(), newOutput(), newOutput()
}

// writeFiles writes what agent and tests printed, and the telemetry, without
// secrets, so that a person can find out why a trial failed.
func (a *attempt) writeFiles() error {
	dir := a.job.Dir(a.Dir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("keeping trial files: %w", err)
	}
	var errs []error
	outputs := map[string]*output{transcriptFile: a.transcript, agentLogFile: a.agentLog, testsLogFile: a.testsLog}
	if a.againLog != nil {
		outputs[againLogFile] = a.againLog
	}
	if a.entrypoint != nil {
		outputs[entrypointFile] = a.entrypoint.output
	}
	for name, out := range outputs {
		if text := redact.Bytes(out.bytes(), a.secrets()); len(text) > 0 {
			errs = append(errs, os.WriteFile(filepath.Join(dir, name), text, 0o644))
		}
	}
	if payloads := a.payloads(); len(payloads) > 0 {
		errs = append(errs, otlp.WriteDir(TelemetryDir(a.Dir, a.job.ID()), payloads))
	}
	a.Telemetry.Forget(a.job.ID())
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("keeping trial files: %w", err)
	}
	return nil
}

// payloads are the trial's telemetry with secrets taken out.
func (a *attempt) payloads() []otlp.Payload {
	payloads := a.Telemetry.Payloads(a.job.ID())
	for i := range payloads {
		payloads[i].Body = redact.Bytes(payloads[i].Body, a.secrets())
	}
	return payloads
}

// secrets are the run's, the trial's own tokens, and what the task took from
// the host's environment.
func (a *attempt) secrets() []string {
	return slices.Concat([]string{a.apiToken, a.otlpToken}, a.Secrets, a.job.Task.HostValues)
}
