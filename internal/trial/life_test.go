package trial_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/sandbox"
)

func TestOraclePassesAndNopFails(t *testing.T) {
	r := newRig(t, "")
	task := r.task(nil)
	oracle := r.run(task, r.plain("oracle"))
	r.want(oracle, baselines.Finished, "solved")
	nop := r.run(task, r.plain("nop"))
	r.want(nop, baselines.Finished, "not solved")
	r.wantReason(nop, "reward is 0")

	// Neither asks a model by nature: no request is knowledge, not a gap.
	for _, got := range []baselines.Trial{oracle, nop} {
		if usd, known := got.Cost(); usd != 0 || !known || got.Requests == nil || *got.Requests != 0 {
			t.Errorf("cost %v (known %v), requests %v; want a known 0", usd, known, got.Requests)
		}
		if len(got.Flags) != 1 || got.Flags[0] != baselines.NoIsolation {
			t.Errorf("flags %v, want only that there is no isolation", got.Flags)
		}
	}
}

// The agent sees neither the tests nor a trace of an answer, and an answer of
// its own is gone before the tests run.
func TestNothingOfTheAgentJudges(t *testing.T) {
	r := newRig(t, "")
	silent := r.task(map[string]string{"tests/test.sh": "#!/bin/sh\ncat seen.txt; ls \"${BENCHGATE_ROOT:-}/tests\"\n"})
	got := r.run(silent, r.script(`
		ls "$BENCHGATE_ROOT/tests" "$BENCHGATE_ROOT/solution" > seen.txt 2>&1
		mkdir -p "$BENCHGATE_ROOT/tests" && echo 'raise SystemExit' > "$BENCHGATE_ROOT/tests/conftest.py"
		mkdir -p "$BENCHGATE_ROOT/logs/verifier/sub"
		echo '{"reward": 1}' > "$BENCHGATE_ROOT/logs/verifier/reward.json"
		echo 1 > "$BENCHGATE_ROOT/logs/verifier/sub/reward.txt"`))
	r.want(got, baselines.Finished, "no answer")
	if !got.Flagged(baselines.NoReward) {
		t.Errorf("flags %v, want no_reward", got.Flags)
	}
	log := r.file("tests.log")
	if strings.Count(log, "No such file") != 2 {
		t.Errorf("the agent saw tests or solution:\n%s", log)
	}
	if !strings.Contains(log, "test.sh") || strings.Contains(log, "conftest.py") {
		t.Errorf("the tests ran beside what the agent left:\n%s", log)
	}
}

// An answer in a directory below is not the tests' answer.
func TestAnswersStandInOnePlace(t *testing.T) {
	r := newRig(t, "")
	task := r.task(map[string]string{"tests/test.sh": `#!/bin/sh
mkdir "${BENCHGATE_ROOT:-}/logs/verifier/sub"; echo 1 > "${BENCHGATE_ROOT:-}/logs/verifier/sub/reward.txt"`})
	r.want(r.run(task, r.plain("nop")), baselines.Finished, "no answer")
}

// alive is a shell function; zombies, which nobody may reap here, do not live.
const alive = `alive() { kill -0 "$1" 2> /dev/null && [ "$(cut -d" " -f3 "/proc/$1/stat" 2> /dev/null)" != Z ]; }`

// What the agent left behind in its sandbox, deaf to TERM and in a session of
// its own, is gone before the tests run.
func TestNoProcessOutlivesTheAgent(t *testing.T) {
	r := newRig(t, "")
	task := r.task(map[string]string{"tests/test.sh": "#!/bin/sh\n" + alive + `
alive "$(cat daemon.pid)" && echo alive
sleep 0.2; echo 0 > "${BENCHGATE_ROOT:-}/logs/verifier/reward.txt"`})
	got := r.run(task, r.script(`
		setsid sh -c 'trap "" TERM; echo $$ > daemon.pid; while :; do echo "{\"reward\": 1}" > "$BENCHGATE_ROOT/logs/verifier/reward.json"; sleep 0.02; done' > /dev/null 2>&1 &
		while ! [ -s daemon.pid ]; do sleep 0.02; done`))
	r.want(got, baselines.Finished, "not solved")
	if strings.Contains(r.file("tests.log"), "alive") {
		t.Error("the tests met a process of the agent")
	}
}

// stubborn is an engine in whose sandboxes nothing can be removed.
type stubborn struct{ sandbox.Engine }

func (e stubborn) Create(ctx context.Context, spec sandbox.Spec) (sandbox.Sandbox, error) {
	box, err := e.Engine.Create(ctx, spec)
	return stubbornBox{box}, err
}

type stubbornBox struct{ sandbox.Sandbox }

func (b stubbornBox) Empty(context.Context, ...sandbox.Dir) error {
	return fmt.Errorf("emptying: %w: device or resource busy", sandbox.ErrStays)
}

func TestAnAnswerThatCannotBeRemovedCountsForNothing(t *testing.T) {
	r := newRig(t, "")
	r.Engine = stubborn{r.Engine}
	task := r.task(nil)
	got := r.run(task, r.script(`echo 42 > answer.txt; echo '{"reward": 1}' > "$BENCHGATE_ROOT/logs/verifier/reward.json"`))
	r.want(got, baselines.Finished, "no answer")
	r.wantReason(got, "could not be removed")
	if !got.Flagged(baselines.TestsNotRun) {
		t.Errorf("flags %v, want tests_not_run", got.Flags)
	}
}

func TestTimeoutIsAnEndWhoseTestsStillRun(t *testing.T) {
	r := newRig(t, "")
	task := r.task(map[string]string{"task.toml": "schema_version = \"1.0\"\n[agent]\ntimeout_sec = 2.0\n"})
	got := r.run(task, r.script("echo 42 > answer.txt; sleep 300"))
	r.want(got, baselines.Timeout, "solved")
	r.wantReason(got, "still working after 2s")
	if !got.Flagged(baselines.Killed) {
		t.Errorf("flags %v, want killed", got.Flags)
	}
	// The run's multiplier gives the task its time.
	r.Limits.TimeoutMultiplier = 100
	r.want(r.run(task, r.script("sleep 2.5; echo 42 > answer.txt")), baselines.Finished, "solved")
}

func TestAnAgentThatFailsMayHaveSolved(t *testing.T) {
	r := newRig(t, "")
	got := r.run(r.task(nil), r.script("echo 42 > answer.txt; exit 7"))
	r.want(got, baselines.AgentError, "solved")
	r.wantReason(got, "exit code 7")
}

func TestTestsThatGiveNoAnswer(t *testing.T) {
	tests := []struct {
		name, script, seconds string
		flag                  baselines.Flag
		reason                string
	}{
		{"none", "exit 0", "30.0", baselines.NoReward, "neither reward.json nor reward.txt"},
		{"empty", `: > "${BENCHGATE_ROOT:-}/logs/verifier/reward.txt"`, "30.0", baselines.NoReward, "empty"},
		{"too late", "sleep 300", "0.5", baselines.TestsTimeout, "the tests were still running after 500ms"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, "")
			task := r.task(map[string]string{
				"tests/test.sh": "#!/bin/sh\n" + tt.script + "\n",
				"task.toml":     "schema_version = \"1.0\"\n[verifier]\ntimeout_sec = " + tt.seconds + "\n",
			})
			got := r.run(task, r.plain("nop"))
			r.want(got, baselines.Finished, "no answer")
			r.wantReason(got, tt.reason)
			if !got.Flagged(tt.flag) {
				t.Errorf("flags %v, want %s", got.Flags, tt.flag)
			}
		})
	}
}

func TestHealthcheckComesBeforeTheAgent(t *testing.T) {
	const slow = "schema_version = \"1.0\"\n[environment.healthcheck]\ninterval_sec = 0.01\ntimeout_sec = 10.0\nretries = %R\n" +
		"command = '''echo look >> looks.txt; [ $(wc -l < looks.txt) -ge 3 ]'''\n"
	r := newRig(t, "")
	task := r.task(map[string]string{"task.toml": strings.Replace(slow, "%R", "3", 1)})
	got := r.run(task, r.script(`[ $(wc -l < looks.txt) = 3 ] && echo 42 > answer.txt`))
	r.want(got, baselines.Finished, "solved")

	task = r.task(map[string]string{"task.toml": strings.Replace(slow, "%R", "2", 1)})
	got = r.run(task, r.script("echo 42 > answer.txt"))
	r.want(got, baselines.InfraError, "no answer")
	r.wantReason(got, "its health check failed 2 times, last with exit code 1")
	if usd, known := got.Cost(); usd != 0 || !known {
		t.Errorf("cost %v (known %v) of an agent that was not started", usd, known)
	}
}

// Where the deliverable is a service, only the agent's own tree is stopped.
func TestAServiceThatIsTheDeliverableStays(t *testing.T) {
	const service = `( sleep 300 > /dev/null 2>&1 & echo $! > service.pid )
`
	test := map[string]string{
		"task.toml": "schema_version = \"1.0\"\n[agent]\ntimeout_sec = 3.0\n",
		"tests/test.sh": `#!/bin/sh
` + alive + `
verdict=0
alive "$(cat service.pid)" && verdict=1
[ -s own.pid ] && alive "$(cat own.pid)" && verdict=0
echo $verdict > "${BENCHGATE_ROOT:-}/logs/verifier/reward.txt"`,
	}
	t.Run("elsewhere it is stopped", func(t *testing.T) {
		r := newRig(t, "")
		r.want(r.run(r.task(test), r.script(service)), baselines.Finished, "not solved")
	})
	t.Run("it stays", func(t *testing.T) {
		r := newRig(t, "")
		r.keepProcesses = true
		got := r.run(r.task(test), r.script(service+"echo said >&2"))
		r.want(got, baselines.Finished, "solved")
		if !got.Flagged(baselines.KeptProcesses) {
			t.Errorf("flags %v, want kept_processes", got.Flags)
		}
		if log := r.file("agent.log"); log != "said\n" {
			t.Errorf("the agent's log is %q, want what the agent said and nothing else", log)
		}
	})
	t.Run("an agent out of time is stopped with its children", func(t *testing.T) {
		r := newRig(t, "")
		r.keepProcesses = true
		// A file with another process's number in it must not matter.
		got := r.run(r.task(test), r.script(service+`
			echo 1 > "$BENCHGATE_ROOT/logs/agent/.benchgate-pid"
			sleep 300 & echo $! > own.pid; wait`))
		r.want(got, baselines.Timeout, "solved")
	})
}

// Cancelling stops what runs, and the record says why.
func TestCancelledTrialLeavesNothing(t *testing.T) {
	r := newRig(t, "")
	task := r.task(nil)
	ctx, cancel := context.WithCancelCause(t.Context())
	r.onRequest = func() { cancel(errors.New("the verdict stood")) }
	pids := filepath.Join(t.TempDir(), "pid")
	got := r.Run(ctx, job(task, r.script(`echo $$ > `+pids+`; "$0" ask; sleep 300`)))
	r.want(got, baselines.Cancelled, "no answer")
	r.wantReason(got, "the verdict stood")
	r.nothingLeft()
	text, err := os.ReadFile(pids)
	r.must(err)
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	r.must(err)
	if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the agent, process %d, is still there: %v", pid, err)
	}
	if got.Requests == nil && got.Tokens == nil && !got.Flagged(baselines.Killed) {
		t.Errorf("the record knows nothing of what was asked: %+v", got)
	}
	// One that has not asked anything yet is known to have cost nothing, and nobody
	// is told that its files could not be compared.
	var log bytes.Buffer
	r.Log = slog.New(slog.NewTextHandler(&log, nil))
	quiet, stop := context.WithCancel(t.Context())
	defer stop()
	begun := filepath.Join(t.TempDir(), "begun")
	go func() {
		for quiet.Err() == nil {
			if _, err := os.Stat(begun); err == nil {
				stop()
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	idle := job(task, r.script("echo yes > "+begun+"; sleep 300"))
	idle.Attempt = 2
	got = r.Run(quiet, idle)
	r.want(got, baselines.Cancelled, "no answer")
	if got.CostUSD == nil || got.CostUSD.Total() != 0 {
		t.Errorf("it cost %v, want nothing", got.CostUSD)
	}
	if log.Len() > 0 {
		t.Errorf("the log says\n%s", &log)
	}
	// A trial that begins after the end does nothing at all.
	r.want(r.Run(ctx, job(task, r.script("echo 42 > answer.txt"))), baselines.Cancelled, "no answer")
}
