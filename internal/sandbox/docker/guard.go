package docker

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/benchgate/benchgate/internal/helper"
	"github.com/benchgate/benchgate/internal/helper/guard"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/pkg/stdcopy"
)

// sentinel is the container that guards one sandbox's network: the helper, which
// owns the network namespace and sets the kernel's filter in it. The sandbox joins
// that namespace without the right to change it.
type sentinel struct {
	id string
}

// sentinelTime is how long a sentinel may take to set its rules or to report.
const sentinelTime = 20 * time.Second

// rulesFor says where a sandbox gets to.
func rulesFor(spec sandbox.Spec, m *machine) (guard.Rules, error) {
	rules := guard.Rules{Public: spec.Network == suite.Public}
	for _, to := range spec.Reach {
		addr, err := netip.ParseAddrPort(to)
		if err != nil {
			return guard.Rules{}, fmt.Errorf("opening %s to a sandbox: %w", to, err)
		}
		rules.Open = append(rules.Open, addr)
	}
	if rules.Public {
		rules.Names, rules.Own = m.names, m.own
	}
	return rules, nil
}

// makeSentinel starts one and waits until its rules are set.
func (e *Engine) makeSentinel(ctx context.Context, link *bridge, spec sandbox.Spec, rules guard.Rules) (*sentinel, error) {
	host := &container.HostConfig{NetworkMode: container.NetworkMode(link.name), ExtraHosts: link.extraHosts, DNSOptions: link.dnsOptions}
	if !rules.Public {
		// Else some engines ask the machine's own name servers for the sandbox, and
		// a name can carry anything out.
		host.DNS = []string{"127.0.0.1"}
	}
	id, line, err := e.runHelper(ctx, spec, host, "guard", rules.String())
	if err != nil {
		return nil, fmt.Errorf("guarding the network of %s: %w", spec.Trial, err)
	}
	report, err := guard.ParseReport(line)
	if err == nil && report.Error != "" {
		err = errors.New(report.Error)
	}
	if err != nil {
		e.discard(ctx, id)
		return nil, failed("guarding the network of "+spec.Trial, err)
	}
	return &sentinel{id: id}, nil
}

// runHelper starts the helper in a container of its own, with the one right to set
// rules in its network unless that is the machine's, and returns the container and
// the first line that it writes. Nothing of the image is run: a container needs one.
func (e *Engine) runHelper(ctx context.Context, spec sandbox.Spec, host *container.HostConfig, args ...string) (id, line string, err error) {
	mounts, err := e.mountAll(ctx, sandbox.Spec{Run: spec.Run, Trial: spec.Trial, Image: sandbox.Image{ID: spec.Image.ID}})
	if err != nil {
		return "", "", err
	}
	few := int64(64)
	host.Mounts, host.ReadonlyRootfs = mounts, true
	host.CapDrop, host.SecurityOpt = []string{"ALL"}, []string{"no-new-privileges"}
	if !host.NetworkMode.IsHost() {
		host.CapAdd = []string{"NET_ADMIN"}
	}
	host.LogConfig = container.LogConfig{Type: "none"}
	host.Resources = container.Resources{Memory: 64 << 20, MemorySwap: 64 << 20, PidsLimit: &few}
	config := &container.Config{
		Image: spec.Image.ID, Entrypoint: append([]string{helper.Path}, args...), User: "0:0", WorkingDir: "/",
		Healthcheck: &container.HealthConfig{Test: []string{"NONE"}},
		Labels:      e.labels(spec.Run, labelGuard, args[0]),
	}
	if id, err = e.createIdle(ctx, "benchgate-"+args[0]+"-"+unique(), config, host); err != nil {
		return "", "", err
	}
	line, err = e.firstLineOf(ctx, id, func(ctx context.Context) error {
		return e.api.ContainerStart(ctx, id, container.StartOptions{})
	})
	if err != nil {
		e.discard(ctx, id)
		return "", "", err
	}
	return id, line, nil
}

// Refused implements sandbox.Sandbox.
func (b *box) Refused(ctx context.Context) (sandbox.Refused, error) {
	if b.guard == nil {
		return sandbox.Refused{}, nil
	}
	report, err := b.engine.report(ctx, b.guard)
	if err != nil {
		return sandbox.Refused{}, fmt.Errorf("asking what was refused: %w", err)
	}
	refused := sandbox.Refused{Packets: report.Refused}
	for _, to := range report.To {
		refused.To = append(refused.To, to.String())
	}
	return refused, nil
}

// report asks a sentinel what it refused.
func (e *Engine) report(ctx context.Context, s *sentinel) (guard.Report, error) {
	line, err := e.firstLineOf(ctx, s.id, func(ctx context.Context) error {
		return e.api.ContainerKill(ctx, s.id, "USR1")
	})
	if err != nil {
		return guard.Report{}, err
	}
	return guard.ParseReport(line)
}

// firstLineOf does something with a container that makes it write a line.
func (e *Engine) firstLineOf(ctx context.Context, id string, do func(context.Context) error) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, sentinelTime)
	defer cancel()
	stream, err := e.api.ContainerAttach(ctx, id, container.AttachOptions{Stream: true, Stdout: true, Stderr: true})
	if err != nil {
		return "", failed("listening to the helper", err)
	}
	defer stream.Close()
	defer context.AfterFunc(ctx, func() { stream.Close() })()
	if err := do(ctx); err != nil {
		return "", failed("starting the helper", err)
	}
	var said oneLine
	_, err = stdcopy.StdCopy(&said, &said, stream.Reader)
	switch {
	case errors.Is(err, errWhole):
		return said.text(), nil
	case ctx.Err() != nil:
		return "", failed("waiting for the helper", ctx.Err())
	default:
		return "", failed("waiting for the helper", fmt.Errorf("it ended after %.300q: %w", said.text(), errors.Join(err)))
	}
}

// errWhole ends the reading of a stream.
var errWhole = errors.New("the line has its end")

// oneLine is a writer that takes one line.
type oneLine struct{ said []byte }

func (l *oneLine) Write(p []byte) (int, error) {
	l.said = append(l.said, p...)
	switch {
	case l.said[len(l.said)-1] == '\n':
		return len(p), errWhole
	case len(l.said) > maxReport:
		return 0, errors.New("the line is too long")
	}
	return len(p), nil
}

// maxReport is more than a report of all that it can name has, in bytes.
const maxReport = 64 << 10

func (l *oneLine) text() string { return string(l.said) }
