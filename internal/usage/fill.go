package usage

import (
	"time"

	"github.com/benchgate/benchgate/baselines"
)

// Fill sets the trial's money, tokens, models, requests, retries, tools,
// lines, errors, active and rate-limited seconds, session, sources, agreement,
// and those flags that follow from them. What it cannot know it leaves alone.
func Fill(t *baselines.Trial, in Input) {
	seen := readTelemetry(in.Records)
	ledger := readLedger(in, seen)
	agent := agentPortions(in, began(t, ledger, seen))

	switch {
	case len(ledger) > 0:
		fillFromMeter(t, in, ledger)
	case len(seen.tokens) > 0:
		fillFromPortions(t, in, seen.tokens, fromTelemetry)
	case len(agent) > 0:
		fillFromPortions(t, in, agent, fromAgent)
	case in.NoModel:
		t.CostUSD, t.Tokens = new(baselines.CostUSD), new(baselines.Tokens)
		t.Requests, t.Retries = new(int), new(int)
	}
	if len(ledger) == 0 && !in.NoModel { // also where none was answered
		fillRequestsFromTelemetry(t, seen)
	}
	fillSession(t, in, ledger, seen)
	fillTools(t, in, seen)
	fillWork(t, seen)
	fillAgreement(t, in, ledger, seen, agent)

	if !seen.any && !in.NoModel && !in.NoTelemetry {
		flag(t, baselines.TelemetryMissing)
	}
	if in.Finished && usedNoTool(t, in) {
		flag(t, baselines.NoToolCall)
	}
	if seen.gap || in.DecodeErrors > 0 || in.ReceiverLossy {
		flag(t, baselines.TelemetryLossy)
	}
	if in.Killed {
		flag(t, baselines.Killed)
	}
}

// began is the time at which the agent's own result is priced: it has tokens but
// does not say when they were used.
func began(t *baselines.Trial, ledger []request, seen telemetry) time.Time {
	switch {
	case !t.Started.IsZero():
		return t.Started
	case len(ledger) > 0:
		return ledger[0].start
	case len(seen.tokens) > 0:
		return seen.tokens[0].at
	}
	return time.Time{}
}

func fillSession(t *baselines.Trial, in Input, ledger []request, seen telemetry) {
	switch {
	case in.Agent != nil && in.Agent.SessionID != "":
		t.SessionID = in.Agent.SessionID
	case len(seen.sessions) > 0:
		t.SessionID = seen.sessions[0]
	case len(ledger) > 0 && ledger[0].SessionID != "":
		t.SessionID = ledger[0].SessionID
	}
}

// fillWork sets what only telemetry has: active time, lines, failures. An agent
// that was killed sends no active time.
func fillWork(t *baselines.Trial, seen telemetry) {
	if seen.active != nil {
		t.Seconds.Active = seen.active
		source(t, "seconds.active", fromTelemetry)
	}
	if seen.lines != nil {
		lines := *seen.lines
		if t.Lines != nil {
			lines.Kept = t.Lines.Kept // counted elsewhere
		}
		t.Lines = &lines
		source(t, "lines", fromTelemetry)
	}
	if len(seen.errors) > 0 {
		t.Errors = seen.errors
		source(t, "errors", fromTelemetry)
	}
}

func source(t *baselines.Trial, group, from string) {
	if t.Sources == nil {
		t.Sources = make(map[string]string)
	}
	t.Sources[group] = from
}

func flag(t *baselines.Trial, f baselines.Flag) {
	if !t.Flagged(f) {
		t.Flags = append(t.Flags, f)
	}
}
