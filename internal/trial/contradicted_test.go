package trial_test

import (
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
)

// Lines that telemetry tells of are in the working directory, or the model wrote them
// and they are gone.
func TestLinesThatNobodyWrote(t *testing.T) {
	for name, tt := range map[string]struct {
		script string
		forged bool
	}{
		"far more than there are":                  {`echo 1 > made; "$0" tell 77777`, true},
		"one more than there are and were written": {`echo 1 > made; "$0" tell 207`, true},
		"a file that was removed again":            {`echo 1 > made; "$0" tell 206`, false},
		"many lines of few tokens":                 {`seq 3000 > made; "$0" tell 3000`, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, "fallback: {text: ok, usage: {input: 10, output: 100}}")
			got := r.run(r.task(nil), r.standIn(`"$0" ask >/dev/null; "$0" ask >/dev/null; for i in 1 2 3 4 5; do echo $i; done > other; `+tt.script))
			if got.Lines == nil || got.Lines.Kept == nil || got.Flagged(baselines.Contradicted) != tt.forged {
				t.Errorf("flags %v, lines %+v, tokens %+v", got.Flags, got.Lines, got.Tokens)
			}
		})
	}
}

// forge sends telemetry with 77,777 lines and a million tokens to its own address, and
// tries to have it taken for another trial.
const forge = `
ask() { python3 -c 'import os, sys, urllib.request; print(urllib.request.urlopen(urllib.request.Request(os.environ["ANTHROPIC_BASE_URL"] + "/v1/messages",
    b"{\"model\":\"claude-opus-4-8\",\"messages\":[{\"role\":\"user\",\"content\":\"task\"}]}", {"Content-Type": "application/json"})).status, file=sys.stderr)'; }
ask
cat > /tmp/forge.py <<'EOF'
import json, os, sys, urllib.error, urllib.request
base, token = os.environ["OTLP"].rsplit("/", 1)
other = "candidate/answer/2.1"
def attribute(key, value): return {"key": key, "value": {"stringValue": value} if isinstance(value, str) else {"intValue": value}}
def metrics(trial):
    point = {"asDouble": 77777, "timeUnixNano": "1700000000000000000", "attributes": [attribute("type", "added"), attribute("session.id", trial)]}
    return {"resourceMetrics": [{"resource": {"attributes": [attribute("benchgate.trial", trial)]}, "scopeMetrics": [{"scope": {"name": "com.anthropic.claude_code"},
        "metrics": [{"name": "claude_code.lines_of_code.count", "sum": {"aggregationTemporality": 1, "isMonotonic": True, "dataPoints": [point]}}]}]}]}
def logs(trial):
    attributes = [attribute("event.name", "api_request"), attribute("model", "claude-opus-4-8"), attribute("output_tokens", 1000000), attribute("query_source", "sdk"), attribute("session.id", trial)]
    return {"resourceLogs": [{"resource": {"attributes": [attribute("benchgate.trial", trial)]}, "scopeLogs": [{"scope": {"name": "com.anthropic.claude_code.events"},
        "logRecords": [{"timeUnixNano": "1700000000000000000", "body": {"stringValue": "claude_code.api_request"}, "attributes": attributes}]}]}]}
def send(where, to, trial, **headers):
    for signal, body in ("metrics", metrics(trial)), ("logs", logs(trial)):
        request = urllib.request.Request(base + "/" + to + "/v1/" + signal, json.dumps(body).encode(), {"Content-Type": "application/json", **headers})
        try: status = urllib.request.urlopen(request, timeout=10).status
        except urllib.error.HTTPError as e: status = e.code
        print(where, signal, status, file=sys.stderr)
for to in other, other.replace("/", "%2F"), "", "..", token[:-1], token.lower(), token[:-1] + ("A" if token[-1] != "A" else "B"), "*", token + "/" + other:
    send("other", to, other)
for name in "Authorization", "X-Benchgate-Trial", "benchgate.trial":
    send("other", other, other, **{name: "Bearer " + other})
send("own", token, other) # which says that it is the other trial's
EOF
python3 /tmp/forge.py
`

// servedToContainers has meter and receiver listen where the engine's containers of
// the public network reach them.
func (r *rig) servedToContainers() {
	r.t.Helper()
	gateway, err := r.Engine.Gateway(r.t.Context(), r.RunID, suite.Public)
	r.must(err)
	serve := func(handler http.Handler) string {
		l, err := new(net.ListenConfig).Listen(r.t.Context(), "tcp", net.JoinHostPort(gateway.ListenHost, "0"))
		r.must(err)
		server := httptest.NewUnstartedServer(handler)
		server.Listener.Close()
		server.Listener = l
		server.Start()
		r.t.Cleanup(server.Close)
		_, port, err := net.SplitHostPort(l.Addr().String())
		r.must(err)
		return "http://" + net.JoinHostPort(gateway.DialHost, port)
	}
	r.Gateways[suite.Public] = trial.Gateway{API: serve(r.Meter), OTLP: serve(r.Telemetry.Handler())}
}

// A program in a container sends telemetry for its own trial and for one that runs at
// the same time: what it sends to its own address is its own, whatever it says of
// itself, and contradicted; there is no way to another's.
func TestForgedTelemetry(t *testing.T) {
	t.Parallel()
	r := newRig(t, "fallback: {text: ok, usage: {input: 10, output: 100}}")
	r.onDocker()
	r.servedToContainers()
	patient := maps.Clone(hostileTask) // the other trial waits for this one
	patient["task.toml"] = strings.Replace(patient["task.toml"], "timeout_sec = 20.0", "timeout_sec = 300.0", 1)
	task := r.task(patient)
	asked, attacked := make(chan struct{}), make(chan struct{})
	var others atomic.Bool
	r.onRequest = func() {
		if !others.Swap(true) {
			close(asked)
			<-attacked // the other trial works until then
		}
	}
	other := job(task, r.standIn(forge[:strings.Index(forge, "cat > ")]))
	other.Attempt = 2
	ended := make(chan baselines.Trial, 1)
	go func() { ended <- r.Run(t.Context(), other) }()
	select {
	case <-asked:
	case got := <-ended:
		t.Fatalf("the other trial ended before: %s: %s", got.Ended, got.Reason)
	case <-time.After(2 * time.Minute):
		t.Error("the other trial asks nothing")
	}
	got := r.run(task, r.standIn(forge))
	close(attacked)
	victim := <-ended

	sent := strings.Split(strings.TrimSpace(r.file("agent.log")), "\n")
	for _, line := range sent {
		if taken := strings.HasSuffix(line, " 200"); taken != strings.HasPrefix(line, "own ") && line != "200" {
			t.Errorf("sending: %s", line)
		}
	}
	if len(sent) != 1+2*13 {
		t.Errorf("it sent\n%s", strings.Join(sent, "\n"))
	}
	if !got.Flagged(baselines.Contradicted) || !got.Flagged(baselines.MeterMissed) || got.Tokens == nil || got.Tokens.Output != 100 {
		t.Errorf("the trial that forges: flags %v, lines %+v, tokens %+v", got.Flags, got.Lines, got.Tokens)
	}
	if !victim.Flagged(baselines.TelemetryMissing) || victim.Lines != nil || victim.Tokens == nil || victim.Tokens.Output != 100 || victim.Flagged(baselines.MeterMissed) {
		t.Errorf("the other trial: ended %s (%s), flags %v, lines %+v, tokens %+v", victim.Ended, victim.Reason, victim.Flags, victim.Lines, victim.Tokens)
	}
}
