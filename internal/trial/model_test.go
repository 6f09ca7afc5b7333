package trial_test

import (
	"bytes"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
)

// What Claude Code prints at its end.
const (
	saysDone    = `echo '{"type":"result","subtype":"success","terminal_reason":"completed","session_id":"s-1"}'`
	saysAPIDown = `echo '{"type":"result","subtype":"success","is_error":true,"terminal_reason":"api_error","api_error_status":500}'; exit 1`
	saysRefused = `echo '{"type":"result","subtype":"success","is_error":true,"terminal_reason":"api_error","stop_reason":"refusal"}'; exit 1`
	saysTurns   = `echo '{"type":"result","subtype":"error_max_turns","is_error":true,"terminal_reason":"max_turns","num_turns":4}'; exit 1`
	saysNoMoney = `echo '{"type":"result","subtype":"success","is_error":true,"terminal_reason":"api_error","api_error_status":402}'; exit 1`
)

// down is a script whose model answers nothing but errors.
const down = "fallback: {text: ok, errors: [{status: 529, times: 1000}]}"

func TestEveryRequestIsMetered(t *testing.T) {
	r := newRig(t, "fallback: {text: ok, usage: {input: 100, output: 200, cache_read: 4000, cache_write_1h: 300}}")
	got := r.run(r.task(nil), r.standIn(`"$0" ask > /dev/null; "$0" ask > /dev/null; echo 42 > answer.txt; `+saysDone))
	r.want(got, baselines.Finished, "solved")
	// 2 x (100 x 5 + 200 x 25 + 4000 x 0.5 + 300 x 10) millionths of a dollar.
	want := baselines.Tokens{Input: 200, Output: 400, CacheRead: 8000, CacheWrite1h: 600}
	if diff := cmp.Diff(&want, got.Tokens); diff != "" {
		t.Errorf("tokens (-want +got):\n%s", diff)
	}
	if usd, known := got.Cost(); !known || usd < 0.021-1e-12 || usd > 0.021+1e-12 {
		t.Errorf("cost %v (known %v), want 0.021", usd, known)
	}
	var served baselines.Tokens
	for _, s := range r.model.Truth() {
		served = served.Add(s.Tokens)
	}
	if diff := cmp.Diff(served, *got.Tokens); diff != "" {
		t.Errorf("tokens of record and model (-served +recorded):\n%s", diff)
	}
}

func TestMoneyTurnsAndRefusalsAreEnds(t *testing.T) {
	tests := []struct {
		name   string
		usd    float64
		agent  string
		ended  baselines.Ended
		reason string
	}{
		{"budget, as the agent says it", 0.0001, saysNoMoney, baselines.Budget, "the trial's dollar limit was reached"},
		{"budget, called another error", 0.0001, saysAPIDown, baselines.Budget, "the trial's dollar limit was reached"},
		{"budget, not mentioned at all", 0.0001, saysDone, baselines.Budget, "the trial's dollar limit was reached"},
		{"turns", 0, saysTurns, baselines.Turns, "turn limit reached after 4 turns"},
		{"refusal", 0, saysRefused, baselines.Refused, "the model refused"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, "fallback: {text: ok, usage: {input: 1000}}")
			r.Limits.USD = tt.usd
			got := r.run(r.task(nil), r.standIn(`echo 42 > answer.txt; "$0" ask; "$0" ask; `+tt.agent))
			r.want(got, tt.ended, "solved") // its tests run all the same
			r.wantReason(got, tt.reason)
			// The one request that was let in costs half a cent.
			switch over := got.OverLimitUSD; {
			case tt.usd == 0 && over != nil:
				t.Errorf("over a limit by $%v without one", *over)
			case tt.usd > 0 && (over == nil || *over < 0.0045 || *over > 0.0055):
				t.Errorf("over the limit by %v, want the half cent of one request", over)
			}
		})
	}
}

// Who is to blame is settled by the ledger, not by what the agent says.
func TestTheLedgerSettlesWhoseFaultItWas(t *testing.T) {
	tests := []struct {
		name   string
		script string // of the model
		agent  string
		ended  baselines.Ended
		reason string
	}{
		{"the API was down and the agent says so", down, `"$0" ask; ` + saysAPIDown, baselines.InfraError, "the model API answered 529"}, // not 500, as it says
		{"the API was down and the agent only fails", down, `"$0" ask; exit 3`, baselines.InfraError, "the model API answered 529"},
		{"the API was down and the agent says nothing", down, `"$0" ask; ` + saysDone, baselines.InfraError, "the model API answered 529"},
		{"the API came back, but the agent failed", "fallback: {text: ok, errors: [{status: 500}]}", `"$0" ask; "$0" ask; exit 3`, baselines.AgentError, "exit code 3"},
		{"the API answered well, whatever the agent says", "", `"$0" ask; ` + saysAPIDown, baselines.AgentError, "answered every request well"},
		{"the key was revoked and the agent only fails", "refuse: {after: 1, status: 401, message: invalid x-api-key}", `"$0" ask; "$0" ask; exit 3`, baselines.InfraError, "the model API refuses the key (401): invalid x-api-key"},
		{"there was no credit and the agent says nothing", "refuse: {status: 400, message: Your credit balance is too low}", `"$0" ask; ` + saysDone, baselines.InfraError, "the model API refuses to work without credit (400): Your credit balance is too low"},
		{"the model is unknown and the agent only fails", "models: [claude-opus-4-7]", `"$0" ask; exit 3`, baselines.InfraError, "the model API refuses the model claude-opus-4-8 (404): model: claude-opus-4-8"},
		{"nothing was asked and the agent fails", "refuse: {status: 401}", `exit 3`, baselines.AgentError, "exit code 3"},
		{"the request was wrong", "fallback: {text: ok, errors: [{status: 400, times: 9}]}", `"$0" ask; exit 3`, baselines.AgentError, "exit code 3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, tt.script)
			got := r.run(r.task(nil), r.standIn(tt.agent))
			tests := "not solved"
			if tt.ended == baselines.InfraError {
				tests = "no answer" // there is nothing to judge
			}
			r.want(got, tt.ended, tests)
			r.wantReason(got, tt.reason)
		})
	}
}

// The agent waits for an answer until its time is over: that is not its fault. The
// words of the API are kept without the key that they quote.
func TestAKeyThatIsRefusedUntilTheDeadline(t *testing.T) {
	r := newRig(t, "refuse: {status: 401, message: no such key "+secretKey+"}")
	task := r.task(map[string]string{"task.toml": "schema_version = \"1.0\"\n[agent]\ntimeout_sec = 1.0\n"})
	got := r.run(task, r.script(`"$0" ask; sleep 60`))
	r.want(got, baselines.InfraError, "no answer")
	r.wantReason(got, "the model API refuses the key (401): no such key ***************")
}

func TestNobodyListensAtTheModelAPI(t *testing.T) {
	r := newRig(t, "")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	r.must(err)
	r.must(l.Close())
	r.connect("http://" + l.Addr().String())
	got := r.run(r.task(nil), r.script(`"$0" ask || exit 1`))
	r.want(got, baselines.InfraError, "no answer")
	r.wantReason(got, "could not be reached")
}

// Somebody is at the address, and says nothing for as long as the agent may work.
func TestAModelAPIThatNeverAnswers(t *testing.T) {
	r := newRig(t, "")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	r.must(err)
	t.Cleanup(func() { l.Close() })
	r.connect("http://" + l.Addr().String())
	task := r.task(map[string]string{"task.toml": "schema_version = \"1.0\"\n[agent]\ntimeout_sec = 3.0\n"})
	got := r.run(task, r.script(`"$0" ask; sleep 60`))
	r.want(got, baselines.InfraError, "no answer")
	r.wantReason(got, "the model API did not answer")
}

// The token dies with the trial: a request that comes later is refused, and
// the refusal is in the ledger.
func TestALateRequestIsRefusedAndRecorded(t *testing.T) {
	r := newRig(t, "")
	note := filepath.Join(t.TempDir(), "url")
	r.run(r.task(nil), r.script(`"$0" ask; echo "$ANTHROPIC_BASE_URL" > `+note))
	address, err := os.ReadFile(note)
	r.must(err)
	before := len(r.model.Truth())
	resp, err := http.Post(strings.TrimSpace(string(address))+"/v1/messages", "application/json", strings.NewReader(`{"model":"`+opus+`"}`))
	r.must(err)
	resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden || len(r.model.Truth()) != before {
		t.Errorf("answered %s; the model got %d requests more", resp.Status, len(r.model.Truth())-before)
	}
	text, err := os.ReadFile(r.ledger)
	r.must(err)
	lines, err := meter.ReadLedger(bytes.NewReader(text), "ledger.jsonl")
	r.must(err)
	last := lines[len(lines)-1]
	if last.Retry != meter.Revoked || last.Trial != "candidate/answer/1.1" {
		t.Errorf("the ledger's last line is %+v, want a refusal", last)
	}
}

func TestTelemetryIsCounted(t *testing.T) {
	r := newRig(t, "")
	got := r.run(r.task(nil), r.standIn(`"$0" tell; "$0" ask > /dev/null; printf 'a\nb\n' > new.txt; `+saysDone))
	one, two := 1, int64(2)
	if diff := cmp.Diff([]*int{&one, &one}, []*int{got.ToolCalls, got.ToolErrors}); diff != "" {
		t.Errorf("tool calls and errors (-want +got):\n%s", diff)
	}
	// The agent says that it added 3; what is there are 2.
	if diff := cmp.Diff(&baselines.Lines{Added: 3, Kept: &two}, got.Lines); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	bodies, err := filepath.Glob(filepath.Join(r.Dir, "trials/candidate/answer/1.1/otlp/*.json"))
	if err != nil || len(bodies) != len(telemetry) {
		t.Errorf("kept telemetry: %v, %v; want %d bodies", bodies, err, len(telemetry))
	}
}
