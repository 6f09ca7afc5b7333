package docker

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/benchgate/benchgate/internal/helper/guard"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/docker/docker/api/types/container"
)

// machine is what a guard must know of the machine that the engine is on.
type machine struct {
	names []netip.Addr // name servers that the engine asks for its containers
	own   []netip.Addr // of all its networks
}

// machineOf asks once. Nil, without an error, means that this engine's networks
// cannot be guarded: that is said once, and sandboxes are on a plain bridge.
func (e *Engine) machineOf(ctx context.Context, spec sandbox.Spec) (*machine, error) {
	unlock, err := e.networks.Lock(ctx, "machine")
	if err != nil {
		return nil, err
	}
	defer unlock()
	if e.asked {
		return e.machine, nil
	}
	m, err := e.askMachine(ctx, spec)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		e.log.WarnContext(ctx, "what sandboxes reach is not bounded here: a task on the public network reaches services of this machine and of its network (docs/networks.md)", "why", err)
	}
	e.asked, e.machine, e.whyNot = true, m, err
	return m, nil
}

// askMachine runs the helper on the engine's default network, which hands its
// containers the name servers as they are, and on the machine's own.
func (e *Engine) askMachine(ctx context.Context, spec sandbox.Spec) (*machine, error) {
	if e.isDesktop() {
		return nil, errors.New("the engine is Docker Desktop's, which is reached through a machine of its own")
	}
	here, err := e.askHelper(ctx, spec, &container.HostConfig{NetworkMode: "bridge"}, "facts", "try")
	if err != nil {
		return nil, err
	}
	if here.Error != "" {
		return nil, errors.New(here.Error)
	}
	m := &machine{names: here.Names, own: localAddrs()}
	// Where user namespaces are mapped, only a container outside of them sees the
	// machine's network.
	outside, err := e.askHelper(ctx, spec, &container.HostConfig{NetworkMode: "host", UsernsMode: "host"}, "facts")
	if err != nil {
		e.log.WarnContext(ctx, "the addresses of the engine's machine are not known: sandboxes reach those that are public", "error", err)
	}
	m.own = append(m.own, outside.Own...)
	m.own = slices.DeleteFunc(m.own, netip.Addr.IsLoopback)
	slices.SortFunc(m.own, netip.Addr.Compare)
	m.own = slices.Compact(m.own)
	return m, nil
}

func (e *Engine) askHelper(ctx context.Context, spec sandbox.Spec, host *container.HostConfig, args ...string) (guard.Facts, error) {
	id, line, err := e.runHelper(ctx, spec, host, args...)
	if err != nil {
		return guard.Facts{}, err
	}
	e.discard(ctx, id)
	facts, err := guard.ParseFacts(line)
	if err != nil {
		return guard.Facts{}, fmt.Errorf("asking about the engine's machine: %w", err)
	}
	return facts, nil
}

// localAddrs are the addresses of the machine or container that benchgate is on.
func localAddrs() (all []netip.Addr) {
	addrs, _ := net.InterfaceAddrs() // without them the helper's answer is all there is
	for _, a := range addrs {
		if prefix, err := netip.ParsePrefix(a.String()); err == nil {
			all = append(all, prefix.Addr().Unmap().WithZone(""))
		}
	}
	return all
}
