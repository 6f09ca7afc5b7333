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
	name := "benchgate-" + sandbox.NamePart(spec.Trial) + "-" + unique()
	config, host := e.containerConfig(spec), hostConfig(spec, link, mounts)
	e.rights.apply(host)
	id, err := e.createIdle(ctx, name, config, host)
	if err != nil {
		return nil, fmt.Errorf("creating a sandbox for %s: %w", spec.Trial, err)
	}
	if err := e.api.ContainerStart(ctx, id, container.StartOptions{}); err != nil {
		e.discard(ctx, id)
		return nil, startError(spec, err)
	}
	b := &box{engine: e, id: id, user: defaultUser(spec), memoryMB: spec.MemoryMB, config: config, host: host}
	if err := b.noteStart(ctx); err != nil {
		e.discard(ctx, id)
		return nil, fmt.Errorf("starting a sandbox for %s: %w", spec.Trial, err)
	}
	return b, nil
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

func hostConfig(spec sandbox.Spec, link *bridge, mounts []mount.Mount) *container.HostConfig {
	pids := spec.PIDs
	if pids == 0 {
		pids = defaultPIDs
	}
	memory := spec.MemoryMB << 20
	return &container.HostConfig{
		NetworkMode: container.NetworkMode(link.name),
		ExtraHosts:  link.extraHosts,
		DNSOptions:  link.dnsOptions,
		Mounts:      mounts,
		LogConfig:   container.LogConfig{Type: "none"},
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
