package trial_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
)

// What the network refuses is counted in the record, and named.
func TestRefusedConnectionsAreInTheRecord(t *testing.T) {
	t.Parallel()
	r := newRig(t, "")
	r.onDocker()
	task := r.task(map[string]string{"environment/Dockerfile": hostileTask["environment/Dockerfile"]})
	task.Network = suite.Public
	agent := r.script("for to in 10.1.2.3/9 169.254.169.254/80; do timeout 5 bash -c \": >/dev/tcp/$to\"; done; echo 42 > answer.txt")
	agent.Variant.Settings.Command[0] = "bash"
	got := r.run(task, agent)
	r.want(got, baselines.Finished, "solved")
	refused := got.NetworkRefused
	if refused == nil || refused.Packets < 2 || !slices.Contains(refused.To, "tcp 10.1.2.3:9") || !slices.Contains(refused.To, "tcp 169.254.169.254:80") {
		t.Errorf("refused: %+v", refused)
	}
	if got := r.run(task, r.plain("nop")); got.NetworkRefused != nil {
		t.Errorf("who asks for nothing is refused %+v", got.NetworkRefused)
	}
}

// refusing is an engine whose sandboxes tried many places.
type refusing struct {
	sandbox.Engine
	to int
}

type refusingBox struct {
	sandbox.Sandbox
	to int
}

func (e refusing) Create(ctx context.Context, spec sandbox.Spec) (sandbox.Sandbox, error) {
	box, err := e.Engine.Create(ctx, spec)
	return refusingBox{box, e.to}, err
}

func (b refusingBox) Refused(context.Context) (refused sandbox.Refused, err error) {
	for i := range b.to {
		refused.Packets += 3
		refused.To = append(refused.To, fmt.Sprintf("tcp 10.0.0.%d:22", i))
	}
	return refused, nil
}

// The agent's and the fresh sandbox's are in one count, and ten places are named.
func TestRefusedConnectionsAreBounded(t *testing.T) {
	r := newRig(t, "")
	r.Engine = refusing{r.Engine, 7}
	r.Limits.Verifier = baselines.VerifierFresh
	got := r.run(r.task(nil), r.script("echo 42 > answer.txt"))
	r.want(got, baselines.Finished, "solved")
	if refused := got.NetworkRefused; refused == nil || refused.Packets != 2*7*3 || len(refused.To) != 10 {
		t.Errorf("refused: %+v", refused)
	}
}
