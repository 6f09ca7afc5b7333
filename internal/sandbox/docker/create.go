package docker

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/benchgate/benchgate/internal/helper"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"
)

// defaultPIDs is the limit of processes where the spec has none, so that a fork
// bomb does not take the engine's machine down.
const defaultPIDs = 2048

// cleanUpTime is the longest that removing may take after a failure or a
// cancellation.
const cleanUpTime = 30 * time.Second

// Create implements sandbox.Engine.
func (e *Engine) Create(ctx context.Context, spec sandbox.Spec) (sandbox.Sandbox, error) {
	spec.Run = e.runOf(spec.Run)
	link, err := e.network(ctx, spec.Run, spec.Network)
	if err != nil {
		return nil, err
	}
	mounts, err := e.mountAll(ctx, spec)
	if err != nil {
		return nil, err
	}
	host := hostConfig(spec, mounts)
	e.rights.apply(host)
	guard, err := e.connect(ctx, spec, link, host)
	if err != nil {
		return nil, err
	}
	b := &box{engine: e, spec: spec, guard: guard, user: defaultUser(spec), memoryMB: spec.MemoryMB, config: e.containerConfig(spec), host: host}
	if err := b.start(ctx, spec); err != nil {
		b.discard(ctx)
		return nil, err
	}
	return b, nil
}

// connect puts a sandbox on its network: behind a guard, where the engine's
// machine can have one.
func (e *Engine) connect(ctx context.Context, spec sandbox.Spec, link *bridge, host *container.HostConfig) (*sentinel, error) {
	m, err := e.machineOf(ctx, spec)
	if err != nil {
		return nil, err
	}
	if m == nil && spec.Access.Network != "" {
		return nil, fmt.Errorf("bounding the network of %s: %w: the task lists the hosts that it reaches, or its network changes, and here networks cannot be guarded (docs/networks.md): %w", spec.Trial, sandbox.ErrUnsupported, e.whyNot)
	}
	if m == nil && link.relayed {
		return nil, fmt.Errorf("reaching benchgate from %s: %w: the engine at %s is on another machine, and networks cannot be guarded there, which the way back goes through (docs/networks.md): %w", spec.Trial, sandbox.ErrUnsupported, e.api.DaemonHost(), e.whyNot)
	}
	if m == nil {
		host.NetworkMode = container.NetworkMode(link.name)
		host.ExtraHosts, host.DNSOptions = link.extraHosts, link.dnsOptions
		if !slices.Contains(host.CapDrop, "NET_RAW") {
			host.CapDrop = append(slices.Clone(host.CapDrop), "NET_RAW") // else a sandbox could forge packets on the run's network
		}
		return nil, nil
	}
	s, err := e.guardSandbox(ctx, link, spec, m)
	if err != nil {
		return nil, err
	}
	host.NetworkMode = container.NetworkMode("container:" + s.id)
	return s, nil
}

func (b *box) start(ctx context.Context, spec sandbox.Spec) (err error) {
	name := "benchgate-" + sandbox.NamePart(spec.Trial) + "-" + unique()
	if b.id, err = b.engine.createIdle(ctx, name, b.config, b.host); err != nil {
		return fmt.Errorf("creating a sandbox for %s: %w", spec.Trial, err)
	}
	if err := b.engine.api.ContainerStart(ctx, b.id, container.StartOptions{}); err != nil {
		return startError(spec, err)
	}
	if err := b.noteStart(ctx); err != nil {
		return fmt.Errorf("starting a sandbox for %s: %w", spec.Trial, err)
	}
	return nil
}

// discard is for a sandbox that could not be started.
func (b *box) discard(ctx context.Context) {
	if b.id != "" {
		b.engine.discard(ctx, b.id)
	}
	if b.guard != nil {
		b.engine.discard(ctx, b.guard.id)
	}
}

// startError tells a container that cannot be started as the task wants it, with
// a file for a working directory for one, from failures of the engine.
func startError(spec sandbox.Spec, err error) error {
	if errdefs.IsNotFound(err) || errdefs.IsInvalidArgument(err) {
		return fmt.Errorf("starting a sandbox for %s: %w: %w", spec.Trial, sandbox.ErrUnsupported, err)
	}
	return failed("starting a sandbox for "+spec.Trial, err)
}

func (e *Engine) containerConfig(spec sandbox.Spec) *container.Config {
	workdir := spec.Workdir
	if workdir == "" {
		workdir = spec.Image.Workdir
	}
	return &container.Config{
		Image:      spec.Image.ID,
		Entrypoint: []string{helper.Path, "init"},
		OpenStdin:  true,  // on which PID 1 is asked
		User:       "0:0", // of PID 1; each command names its own user
		WorkingDir: workdir,
		Env:        environ(spec.Env),
		Labels:     e.labels(spec.Run, labelTrial, spec.Trial),
	}
}

func hostConfig(spec sandbox.Spec, mounts []mount.Mount) *container.HostConfig {
	pids := spec.PIDs
	if pids == 0 {
		pids = defaultPIDs
	}
	memory := spec.MemoryMB << 20
	return &container.HostConfig{
		Mounts:    mounts,
		LogConfig: container.LogConfig{Type: "none"},
		Resources: container.Resources{
			NanoCPUs:   int64(spec.CPUs * 1e9),
			Memory:     memory,
			MemorySwap: memory, // memory and swap together: no swap
			PidsLimit:  &pids,
		},
	}
}

func environ(vars map[string]string) []string {
	var env []string
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		env = append(env, name+"="+vars[name])
	}
	return env
}

// createIdle makes a container and does not start it. A request that failed,
// by a timeout for one, can still have made it, so a container of that name is
// removed then.
func (e *Engine) createIdle(ctx context.Context, name string, config *container.Config, host *container.HostConfig) (string, error) {
	if len(config.Entrypoint) == 0 {
		config.Entrypoint = []string{helper.Path} // images without a command cannot be made otherwise
	}
	made, err := e.api.ContainerCreate(ctx, config, host, nil, nil, name)
	if err == nil {
		return made.ID, nil
	}
	if !errdefs.IsConflict(err) { // a conflict means that the name belongs to another container
		e.discard(ctx, name)
	}
	return "", failed("creating a container", err)
}

// discard removes a container that is not needed any more, also after ctx has
// ended. It returns no error, because Sweep finds what it could not remove.
func (e *Engine) discard(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUpTime)
	defer cancel()
	if err := e.removeContainer(ctx, id); err != nil {
		e.log.WarnContext(ctx, "a container stays until the next sweep", "container", id, "error", err)
	}
}
