package trial_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/realparts"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/sandbox/docker"
	"github.com/benchgate/benchgate/internal/trial"
	"github.com/google/go-cmp/cmp"
)

// provocation is how one symptom is made, and what becomes of the trial.
type provocation struct {
	docker bool                                // on a Docker engine, in earnest
	engine func(sandbox.Engine) sandbox.Engine // a fault between benchgate and the engine
	model  string                              // the script of the model
	usd    float64                             // limit of a trial
	toml   string                              // of the task
	claude bool                                // the agent is read as Claude Code is
	agent  string                              // HOST_TESTS in it is the tests' place on the host
	tests  string                              // what they say: "solved", "not solved", "no answer"
	reason string
}

// provocations has a story for each row of the table of causes. Every agent here
// solves its task; those that break their sandbox are judged all the same.
var provocations = map[string]provocation{
	"out of time": {
		docker: true, toml: "[agent]\ntimeout_sec = 2.0\n", agent: solve + endless,
		tests: "solved", reason: "still working after 2s",
	},
	"memory limit": {
		docker: true, toml: smallMemory, agent: solve + "exec tail /dev/zero",
		tests: "solved", reason: "the task's memory limit killed the agent or one of its programs: exit code 137",
	},
	// From inside no agent can end PID 1; that the engine tells such an end from
	// others is a test of the engine.
	"sandbox ended itself": {
		agent: solve + "exit 137", engine: fated(sandbox.Fate{Kind: sandbox.EndedItself, Detail: "exit code 127"}, nil),
		tests: "no answer", reason: "what the agent did ended its sandbox: exit code 127",
	},
	"sandbox over its memory limit": {
		agent: solve + "exit 137", engine: fated(sandbox.Fate{Kind: sandbox.OverMemory}, nil),
		tests: "no answer", reason: "killed the main process",
	},
	"sandbox broken": {
		agent: solve + "exit 137", engine: fated(sandbox.Fate{Kind: sandbox.Broken, Detail: "not a directory"}, nil),
		tests: "no answer", reason: "keeps its sandbox from starting again, while a fresh one starts: not a directory",
	},
	"sandbox unusable": {
		agent: solve, engine: func(e sandbox.Engine) sandbox.Engine { return closedTo{e, "tests"} },
		tests: "no answer", reason: "the engine works: running tests: the answer is no",
	},
	"disk filled": {
		agent: solve + endless, engine: filling(30<<30, 25<<30),
		tests: "no answer", reason: "what the trial wrote filled the disk: 25.0 GiB, more than 20.0 GiB",
	},
	"model API blamed": {
		model: "fallback: {text: ok, errors: [{status: 400, times: 9}]}", agent: solve + `"$0" ask; ` + saysAPIDown, claude: true,
		tests: "solved", reason: "the agent blames the model API, which answered 400 to its request",
	},
	"dollars used up": {
		model: "fallback: {text: ok, usage: {input: 2000}}", usd: 0.01, agent: solve + `"$0" ask; "$0" ask; exit 3`,
		tests: "solved", reason: "the trial's dollar limit was reached",
	},
	"failed before the agent": {
		docker: true, toml: "[environment.healthcheck]\nretries = 1\ncommand = 'kill -9 $$'\n", agent: solve,
		tests: "no answer", reason: "not healthy",
	},
	"sandbox ended from outside": {
		docker: true, agent: solve + "echo killed by somebody; " + endless, engine: func(e sandbox.Engine) sandbox.Engine { return killing{e} },
		tests: "no answer", reason: "somebody outside ended the sandbox: signal 9",
	},
	"engine restarted": {
		agent: solve + "exit 137", engine: fated(sandbox.Fate{Kind: sandbox.EngineLost}, nil),
		tests: "no answer", reason: "the engine was restarted",
	},
	"engine failed": {
		agent: solve + "exit 137", engine: fated(sandbox.Fate{}, fmt.Errorf("%w: it does not answer", sandbox.ErrEngine)),
		tests: "no answer", reason: "it does not answer",
	},
	"engine's disk full": {
		agent: solve + endless, engine: filling(30<<30, 0),
		tests: "no answer", reason: "the engine's disk is nearly full: 0.1 GiB left",
	},
	"benchgate failed": {
		agent: solve + "rm -r HOST_TESTS",
		tests: "no answer", reason: "placing tests",
	},
	"model API failed": {
		model: "fallback: {text: ok, errors: [{status: 529, times: 1000}]}", agent: solve + `"$0" ask; exit 3`,
		tests: "no answer", reason: "the model API answered 529",
	},
	"rate limit used up": {
		model: "fallback: {text: ok, errors: [{status: 429, times: 1000}]}", agent: solve + `"$0" ask; exit 3`,
		tests: "no answer", reason: "the model API answered 429",
	},
	"model API refuses": {
		model: "refuse: {after: 1, status: 401, message: invalid x-api-key}", toml: "[agent]\ntimeout_sec = 2.0\n", agent: solve + `"$0" ask; "$0" ask; ` + endless,
		tests: "no answer", reason: "the model API refuses the key (401): invalid x-api-key",
	},
}

const (
	solve       = "echo 42 > answer.txt; "
	endless     = "while :; do :; done"
	smallMemory = "[environment]\nmemory_mb = 64\n"
)

func TestWhoCausedIt(t *testing.T) {
	for seen, ended := range trial.Causes() {
		t.Run(seen, func(t *testing.T) {
			p, told := provocations[seen]
			if !told {
				t.Fatal("the table of causes has a row without a story")
			}
			if p.docker {
				t.Parallel()
			}
			r := newRig(t, p.model)
			if p.docker {
				r.onDocker()
			}
			if p.engine != nil {
				r.Engine = p.engine(r.Engine)
			}
			task := r.task(map[string]string{"task.toml": "schema_version = \"1.4\"\n" + p.toml})
			r.Limits.USD = p.usd
			script := r.script
			if p.claude {
				script = r.standIn
			}
			agent := script(strings.ReplaceAll(p.agent, "HOST_TESTS", task.Tests.Files[0].Host))
			if p.docker {
				agent.Variant.Settings.Command[0] = "bash"
			}
			got := r.run(task, agent)
			r.want(got, ended, p.tests)
			r.wantReason(got, p.reason)
		})
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(trial.Causes())), slices.Sorted(maps.Keys(provocations))); diff != "" {
		t.Errorf("rows and stories (-rows +stories):\n%s", diff)
	}
}

// docs/ends.md has the same table.
func TestTheTableOfCausesIsDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/ends.md")
	if err != nil {
		t.Fatal(err)
	}
	for seen, ended := range trial.Causes() {
		row := regexp.MustCompile("(?m)^\\| " + seen + "[ :].*\\| `" + string(ended) + "` \\|")
		if !row.Match(page) {
			t.Errorf("the page has no row for %q that ends as %s", seen, ended)
		}
	}
}

// onDocker gives the rig this machine's engine, on which nothing may be left.
func (r *rig) onDocker() {
	r.t.Helper()
	r.onDockerWith(nil)
}

// onDockerWith has names of listed hosts resolved by a name server of the test's.
func (r *rig) onDockerWith(resolver *net.Resolver) {
	r.t.Helper()
	realparts.Need(r.t, realparts.Docker)
	run := "cause-" + strings.ToLower(rand.Text()[:10])
	engine, err := docker.New(r.t.Context(), docker.Options{Run: run, Resolver: resolver})
	if err != nil {
		realparts.Lacking(r.t, realparts.Docker, err.Error())
	}
	r.t.Cleanup(func() {
		ctx := context.WithoutCancel(r.t.Context())
		r.must(engine.Close(ctx))
		if left, err := engine.Sweep(ctx, run); err != nil || len(left) > 0 {
			r.t.Errorf("left behind: %q, %v", left, err)
		}
	})
	r.RunID, r.Engine = run, engine
}

// closedTo is an engine that refuses a command of its sandboxes by its last
// word, as it does where a process cannot be started any more.
type closedTo struct {
	sandbox.Engine
	word string
}

type closedBox struct {
	sandbox.Sandbox
	word string
}

func (e closedTo) Create(ctx context.Context, spec sandbox.Spec) (sandbox.Sandbox, error) {
	box, err := e.Engine.Create(ctx, spec)
	return closedBox{box, e.word}, err
}

func (b closedBox) Exec(ctx context.Context, cmd sandbox.Command) (sandbox.Exit, error) {
	if strings.Contains(cmd.Argv[len(cmd.Argv)-1], "/"+b.word+"/test.sh") {
		return sandbox.Exit{}, errors.New("the answer is no")
	}
	return b.Sandbox.Exec(ctx, cmd)
}

// fated makes an engine whose sandboxes have that fate.
func fated(fate sandbox.Fate, err error) func(sandbox.Engine) sandbox.Engine {
	return func(e sandbox.Engine) sandbox.Engine { return fatedEngine{e, fate, err} }
}

type fatedEngine struct {
	sandbox.Engine
	fate sandbox.Fate
	err  error
}

type fatedBox struct {
	sandbox.Sandbox
	fate sandbox.Fate
	err  error
}

func (e fatedEngine) Create(ctx context.Context, spec sandbox.Spec) (sandbox.Sandbox, error) {
	box, err := e.Engine.Create(ctx, spec)
	return fatedBox{box, e.fate, e.err}, err
}

func (b fatedBox) Fate(context.Context) (sandbox.Fate, error) { return b.fate, b.err }

// killing is an engine whose containers an administrator kills as soon as their
// agent says a word.
type killing struct{ sandbox.Engine }

type killedBox struct{ sandbox.Sandbox }

func (e killing) Create(ctx context.Context, spec sandbox.Spec) (sandbox.Sandbox, error) {
	box, err := e.Engine.Create(ctx, spec)
	return killedBox{box}, err
}

func (b killedBox) Exec(ctx context.Context, cmd sandbox.Command) (sandbox.Exit, error) {
	if slices.Contains(cmd.Argv, "bash") {
		cmd.Stdout = killer(b.ID())
	}
	return b.Sandbox.Exec(ctx, cmd)
}

// killer kills a container when it is written to.
type killer string

func (k killer) Write(p []byte) (int, error) {
	return len(p), exec.Command("docker", "kill", string(k)).Run()
}
