package trial_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
)

// bounding is an engine that notes what its sandboxes may reach, and which of three
// commands ran when.
type bounding struct {
	sandbox.Engine
	events []string
}

func (e *bounding) Create(ctx context.Context, spec sandbox.Spec) (sandbox.Sandbox, error) {
	e.note("made", spec.Access)
	spec.Access = suite.Access{} // the engine below bounds none
	box, err := e.Engine.Create(ctx, spec)
	return &boundingBox{box, e}, err
}

func (e *bounding) note(what string, access suite.Access) {
	e.events = append(e.events, strings.TrimSpace(what+" "+string(access.Network)+" "+strings.Join(access.Hosts, ",")))
}

type boundingBox struct {
	sandbox.Sandbox
	engine *bounding
}

func (b *boundingBox) SetAccess(_ context.Context, access suite.Access) error {
	b.engine.note("set", access)
	return nil
}

func (b *boundingBox) Exec(ctx context.Context, cmd sandbox.Command) (sandbox.Exit, error) {
	line := strings.Join(cmd.Argv, " ")
	for mark, what := range map[string]string{"is-it-healthy": "health check", "agent-works": "agent", "/tests/test.sh": "tests"} {
		if strings.Contains(line, mark) {
			b.engine.events = append(b.engine.events, what)
		}
	}
	return b.Sandbox.Exec(ctx, cmd)
}

// Harbor sets a phase's network for agent.run() and verify() alone; all before is in
// the environment's.
func TestEachPhaseHasItsNetwork(t *testing.T) {
	for name, test := range map[string]struct {
		agent, verifier, environment string
		fresh                        bool
		want                         []string
	}{
		"one for all": {"", "", "", false, []string{"made", "health check", "agent", "tests"}},
		"a list for all": {"", "", "network_mode = \"allowlist\"\nallowed_hosts = [\"a.example\"]\n", false, []string{
			"made allowlist a.example", "health check", "agent", "tests",
		}},
		"the agent has none": {"network_mode = \"no-network\"\n", "", "", false, []string{
			"made public", "health check", "set no-network", "agent", "set public", "tests",
		}},
		"each its own": {"network_mode = \"allowlist\"\nallowed_hosts = [\"a.example\"]\n", "network_mode = \"public\"\n", "network_mode = \"no-network\"\n", false, []string{
			"made no-network", "health check", "set allowlist a.example", "agent", "set public", "tests",
		}},
		"in a fresh sandbox, too": {"network_mode = \"no-network\"\n", "network_mode = \"allowlist\"\nallowed_hosts = [\"a.example\"]\n", "", true, []string{
			"made public", "health check", "set no-network", "agent", "made public", "health check", "set allowlist a.example", "tests",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, "")
			engine := &bounding{Engine: r.Engine}
			r.Engine = engine
			if test.fresh {
				r.Limits.Verifier = baselines.VerifierFresh
			}
			task := r.task(map[string]string{
				"task.toml": "schema_version = \"1.0\"\n[agent]\ntimeout_sec = 60.0\n" + test.agent + "[verifier]\ntimeout_sec = 30.0\n" + test.verifier +
					"[environment]\n" + test.environment + "[environment.healthcheck]\ncommand = \"true is-it-healthy\"\n",
			})
			r.want(r.run(task, r.script(": agent-works; echo 42 > answer.txt")), baselines.Finished, "solved")
			if !slices.Equal(engine.events, test.want) {
				t.Errorf("it went\n%q, want\n%q", engine.events, test.want)
			}
		})
	}
}
