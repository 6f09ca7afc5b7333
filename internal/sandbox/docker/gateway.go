package docker

import (
	"context"
	"fmt"
	"net"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/docker/docker/api/types/network"
)

// Gateway implements sandbox.Engine. It depends on where benchgate runs. In a
// container of this engine: that container joins the network. On a machine with
// Docker Desktop: its virtual machine forwards desktopHost to this machine's
// loopback address. On the engine's machine: the network's gateway address is
// one of this machine's. On another machine: through the engine's API.
func (e *Engine) Gateway(ctx context.Context, run string, kind suite.Network) (sandbox.Gateway, error) {
	link, err := e.network(ctx, e.runOf(run), kind)
	if err != nil {
		return sandbox.Gateway{}, err
	}
	switch {
	case link.relayed:
		return sandbox.Gateway{ListenHost: relayHost, DialHost: relayHost}, nil
	case e.owner.Container != "":
		addr, err := e.join(ctx, link)
		return sandbox.Gateway{ListenHost: addr, DialHost: addr}, err
	case e.isDesktop() && kind == suite.NoNetwork:
		return sandbox.Gateway{}, fmt.Errorf("reaching benchgate from a task without network: %w: Docker Desktop has no way to it; run on Linux", sandbox.ErrUnsupported)
	case e.isDesktop():
		return sandbox.Gateway{ListenHost: "127.0.0.1", DialHost: desktopHost}, nil
	default:
		return sandbox.Gateway{ListenHost: link.gateway, DialHost: link.gateway}, nil
	}
}

// isLocal reports whether an interface of this machine has the address.
func isLocal(addr string) bool {
	local, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	for _, a := range local {
		if ip, ok := a.(*net.IPNet); ok && ip.IP.String() == addr {
			return true
		}
	}
	return false
}

// join connects benchgate's own container to the network and returns its
// address there.
func (e *Engine) join(ctx context.Context, link *bridge) (string, error) {
	addr, err := e.addressOn(ctx, link)
	if err != nil || addr != "" {
		return addr, err
	}
	if err := e.api.NetworkConnect(ctx, link.id, e.owner.Container, &network.EndpointSettings{}); err != nil {
		return "", failed("joining network "+link.name, err)
	}
	addr, err = e.addressOn(ctx, link)
	if err == nil && addr == "" {
		err = fmt.Errorf("joining network %s: %w: it gave no address", link.name, sandbox.ErrEngine)
	}
	return addr, err
}

// addressOn returns the address of benchgate's own container on the network, or
// "" when it is not on it.
func (e *Engine) addressOn(ctx context.Context, link *bridge) (string, error) {
	self, err := e.api.ContainerInspect(ctx, e.owner.Container)
	if err != nil {
		return "", failed("inspecting benchgate's own container", err)
	}
	if self.NetworkSettings == nil {
		return "", nil
	}
	if on := self.NetworkSettings.Networks[link.name]; on != nil {
		return on.IPAddress, nil
	}
	return "", nil
}

// leave takes benchgate's own container off the network, if it is on it.
func (e *Engine) leave(ctx context.Context, networkID string) error {
	self, err := e.api.ContainerInspect(ctx, e.owner.Container)
	if err != nil {
		return failed("inspecting benchgate's own container", err)
	}
	if self.NetworkSettings == nil {
		return nil
	}
	for _, on := range self.NetworkSettings.Networks {
		if on.NetworkID != networkID {
			continue
		}
		if err := ignoreMissing(e.api.NetworkDisconnect(ctx, networkID, self.ID, true)); err != nil {
			return failed("leaving network "+networkID, err)
		}
	}
	return nil
}
