package trial_test

import (
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
)

const twoSeconds = "schema_version = \"1.0\"\n[agent]\ntimeout_sec = 2.0\n"

// What an agent writes when it is told to end, its files, its telemetry and its bill
// among that, is kept and counted.
func TestWhatAnAgentWritesWhenItIsStoppedIsKept(t *testing.T) {
	r := newRig(t, "")
	task := r.task(map[string]string{"task.toml": twoSeconds})
	got := r.run(task, r.standIn(`
		last() {
			echo 42 > answer.txt
			"$0" tell
			echo '{"type":"result","subtype":"success","total_cost_usd":0.25,"modelUsage":{"`+opus+`":{"inputTokens":20,"outputTokens":5,"costUSD":0.25}}}'
			echo "goodbye" >&2
			exit 0
		}
		trap last TERM
		"$0" ask >/dev/null
		while :; do sleep 0.1; done`))
	r.want(got, baselines.Timeout, "solved")
	if !strings.Contains(r.file("transcript.jsonl"), "total_cost_usd") || !strings.Contains(r.file("agent.log"), "goodbye") {
		t.Errorf("the last words are lost: transcript %q, log %q", r.file("transcript.jsonl"), r.file("agent.log"))
	}
	if got.Agreement == nil || got.Agreement.AgentUSD == nil {
		t.Errorf("the agent's own bill is not read: agreement %+v", got.Agreement)
	}
	if got.ToolErrors == nil || *got.ToolErrors != 1 {
		t.Errorf("the last telemetry is not counted: tool errors %v", got.ToolErrors)
	}
}

// With limits.timeout_grace an agent works on after its time, as with Terminal-Bench
// 1: it has timed out, and came to its own end.
func TestAnAgentMayEndInTheGraceAfterItsTime(t *testing.T) {
	task := func(r *rig) baselines.Trial {
		return r.run(r.task(map[string]string{"task.toml": "schema_version = \"1.0\"\n[agent]\ntimeout_sec = 0.5\n"}),
			r.script(`sleep 1; echo 42 > answer.txt`))
	}
	without := newRig(t, "")
	without.want(task(without), baselines.Timeout, "not solved")

	r := newRig(t, "")
	r.Limits.TimeoutGrace = time.Minute
	got := task(r)
	r.want(got, baselines.Timeout, "solved")
	r.wantReason(got, "the agent ended after its 500ms, within the grace of 1m0s (limits.timeout_grace)")
	if got.Flagged(baselines.Killed) {
		t.Error("it is flagged as killed")
	}

	r.Limits.TimeoutGrace = 100 * time.Millisecond
	late := task(r)
	r.want(late, baselines.Timeout, "not solved")
	r.wantReason(late, "the agent was still working after 600ms")
}

// The instruction is the task's, word for word; a variable says until when.
func TestAnAgentIsToldItsDeadline(t *testing.T) {
	r := newRig(t, "")
	task := r.task(map[string]string{"task.toml": "schema_version = \"1.0\"\n[agent]\ntimeout_sec = 1200.0\n"})
	r.Limits.TimeoutMultiplier = 2
	before := time.Now()
	r.run(task, r.script(`echo "until $BENCHGATE_DEADLINE"; echo 42 > answer.txt`))
	said := strings.TrimSpace(r.file("transcript.jsonl"))
	at, err := time.Parse(time.RFC3339, strings.TrimPrefix(said, "until "))
	if err != nil {
		t.Fatalf("the agent said %q", said)
	}
	if d := at.Sub(before); d < 40*time.Minute-2*time.Second || d > 41*time.Minute {
		t.Errorf("the deadline is %s after the start, want 40 minutes", d)
	}
}

// Every phase of a trial has its seconds, and they are no more than the total.
func TestEveryPhaseHasItsSeconds(t *testing.T) {
	r := newRig(t, "")
	j := job(r.task(nil), r.script("sleep 0.2; echo 42 > answer.txt"))
	j.Queued = 3 * time.Second
	s := r.Run(t.Context(), j).Seconds
	if s.Queue != 3 || s.Create <= 0 || s.Create > s.Setup || s.Agent < 0.2 || s.Verify <= 0 || s.Stop <= 0 || s.Remove <= 0 {
		t.Errorf("the seconds are %+v", s)
	}
	if sum := s.Setup + s.Agent + s.Stop + s.Verify + s.Remove; sum > s.Total {
		t.Errorf("the phases took %g s, and all of it %g", sum, s.Total)
	}
}
