package docker

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/network"
)

// labelNetwork has the suite.Network of a run's network: a run can have one of
// each kind.
const labelNetwork = "benchgate.network"

// bridge is a network of a run and what containers on it need.
type bridge struct {
	id, name   string
	run        string
	gateway    string // the engine's own address on it
	relayed    bool   // from it there is no way to benchgate
	extraHosts []string
	dnsOptions []string
}

// desktopHost is the name by which Docker Desktop's containers reach the
// machine.
const desktopHost = "host.docker.internal"

// network returns the run's network of that kind and makes it on the first
// call. The engine chooses its addresses, because it knows which are free.
func (e *Engine) network(ctx context.Context, run string, kind suite.Network) (*bridge, error) {
	if kind != suite.Public && kind != suite.NoNetwork {
		return nil, fmt.Errorf("making network %q: %w", kind, sandbox.ErrUnsupported)
	}
	key := run + "/" + string(kind)
	unlock, err := e.networks.Lock(ctx, key)
	if err != nil {
		return nil, err
	}
	defer unlock()

	e.mu.Lock()
	link := e.bridges[key]
	e.mu.Unlock()
	if link != nil {
		return link, nil
	}
	found, err := e.findNetwork(ctx, run, kind)
	if err != nil {
		return nil, err
	}
	if found == nil {
		if found, err = e.makeNetwork(ctx, run, kind); err != nil {
			return nil, err
		}
	}
	link, err = e.describeNetwork(found, run, kind)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	e.bridges[key] = link
	e.mu.Unlock()
	return link, nil
}

// findNetwork finds what an earlier process of the same run left, else nil.
func (e *Engine) findNetwork(ctx context.Context, run string, kind suite.Network) (*network.Inspect, error) {
	found, err := e.api.NetworkList(ctx, network.ListOptions{Filters: filters.NewArgs(
		filters.Arg("label", labelRun+"="+run), filters.Arg("label", labelNetwork+"="+string(kind)))})
	if err != nil {
		return nil, failed("looking for the run's network", err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	return &found[0], nil
}

func (e *Engine) makeNetwork(ctx context.Context, run string, kind suite.Network) (*network.Inspect, error) {
	options := make(map[string]string)
	if e.owner.Container == "" {
		// Sandboxes must not reach each other. Where benchgate itself is a
		// container on this network, this cannot be forbidden: they must reach it.
		options["com.docker.network.bridge.enable_icc"] = "false"
	}
	made, err := e.api.NetworkCreate(ctx, "benchgate-"+sandbox.NamePart(run)+"-"+string(kind)+"-"+unique(), network.CreateOptions{
		Driver:   "bridge",
		Internal: kind == suite.NoNetwork,
		Options:  options,
		Labels:   e.labels(run, labelNetwork, string(kind)),
	})
	if err != nil {
		return nil, failed("making the run's network (`benchgate clean` removes those of dead runs)", err)
	}
	found, err := e.api.NetworkInspect(ctx, made.ID, network.InspectOptions{})
	if err != nil {
		return nil, failed("inspecting the run's network", err)
	}
	return &found, nil
}

func (e *Engine) describeNetwork(found *network.Inspect, run string, kind suite.Network) (*bridge, error) {
	gateway, err := gatewayOf(found.IPAM.Config)
	if err != nil {
		return nil, failed("reading the run's network "+found.Name, err)
	}
	link := &bridge{id: found.ID, name: found.Name, run: run, gateway: gateway, relayed: e.isRelayed(gateway)}
	if e.isDesktop() {
		link.extraHosts = []string{desktopHost + ":host-gateway"}
	}
	if kind == suite.NoNetwork {
		// No name server can be reached. With the resolver's defaults each
		// lookup would fail only after ten seconds, so: one attempt, one second.
		link.dnsOptions = []string{"timeout:1", "attempts:1"}
	}
	return link, nil
}

// gatewayOf returns the IPv4 gateway, by default the first address of the
// subnet, which is what the bridge driver takes.
func gatewayOf(configs []network.IPAMConfig) (string, error) {
	for _, c := range configs {
		if addr, err := netip.ParseAddr(c.Gateway); err == nil && addr.Is4() {
			return addr.String(), nil
		}
		if subnet, err := netip.ParsePrefix(c.Subnet); err == nil && subnet.Addr().Is4() {
			return subnet.Masked().Addr().Next().String(), nil
		}
	}
	return "", errors.New("it has no IPv4 subnet")
}

func (e *Engine) isDesktop() bool {
	return strings.Contains(e.info.OperatingSystem, "Docker Desktop")
}

// removeNetworks removes the networks this engine made or used.
func (e *Engine) removeNetworks(ctx context.Context) error {
	e.mu.Lock()
	links := make(map[string]*bridge, len(e.bridges))
	for key, link := range e.bridges {
		links[key] = link
	}
	e.mu.Unlock()

	var errs []error
	for key, link := range links {
		if err := e.removeNetwork(ctx, link.id); err != nil {
			errs = append(errs, err)
			continue
		}
		e.mu.Lock()
		delete(e.bridges, key)
		e.mu.Unlock()
	}
	return errors.Join(errs...)
}

// removeNetwork takes benchgate's own container off the network first.
func (e *Engine) removeNetwork(ctx context.Context, id string) error {
	if e.owner.Container != "" {
		if err := e.leave(ctx, id); err != nil {
			return err
		}
	}
	if err := removeBeside(ctx, func() error { return e.api.NetworkRemove(ctx, id) }); err != nil {
		return failed("removing network "+id, err)
	}
	return nil
}
