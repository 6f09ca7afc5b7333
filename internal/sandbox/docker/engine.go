// Package docker is the sandbox on a Docker engine, from 20.10 on. Files go in
// and out as tars, and the agent's software comes in a volume. There are no bind
// mounts, because their paths are those of the engine's machine, which
// benchgate does not share when it, or the engine, runs in a container.
package docker

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/docker/docker/api/types/system"
	"github.com/docker/docker/api/types/versions"
	"github.com/docker/docker/client"
)

// Options says which engine to use.
type Options struct {
	// Host is the engine's address, for example "unix:///var/run/docker.sock".
	// Empty means what DOCKER_HOST or the Docker context in use says, or the
	// default socket.
	Host string

	// Run labels what the engine makes for itself, and sandboxes whose Spec
	// names no run.
	Run string

	// Kept says where images that tasks build are kept beside the engine; nil:
	// nowhere.
	Kept *Kept

	// Resolver is asked for the names that a task may reach; nil: net.DefaultResolver.
	Resolver *net.Resolver

	Log *slog.Logger // nil: nothing is logged
}

// Engine is a sandbox.Engine on one Docker engine.
type Engine struct {
	api   *client.Client
	info  system.Info
	run   string
	keep  *Kept // nil: images are kept by the engine alone
	log   *slog.Logger
	owner sandbox.Owner // Container is set when benchgate runs in one of this engine

	rights rights // of sandboxes
	ahead  ahead  // guards of networks for the sandboxes to come

	resolver *net.Resolver
	lines    lines

	images   sandbox.KeyedMutex // by image: built, pulled once
	tools    sandbox.KeyedMutex // by name of the tools: filled once
	networks sandbox.KeyedMutex // by name of the network: made once

	mu      sync.Mutex
	libc    map[string]string  // by image ID
	filled  map[string]bool    // tools known to be complete, by volume
	bridges map[string]*bridge // networks made or found, by name

	// Written under the lock "machine" of networks.
	asked   bool     // what machine is was asked
	machine *machine // nil: networks cannot be guarded
	whyNot  error    // then
}

var _ sandbox.Engine = (*Engine)(nil)

// minimumAPI is that of Docker Engine 20.10.
const minimumAPI = "1.41"

// New connects to the engine. An engine that does not answer gives an error
// that matches sandbox.ErrEngine and says what to do.
func New(ctx context.Context, opts Options) (*Engine, error) {
	settings, err := hostOptions(opts.Host, os.LookupEnv)
	if err != nil {
		return nil, fmt.Errorf("%w: finding the engine: %w", sandbox.ErrEngine, err)
	}
	api, err := client.NewClientWithOpts(append(settings, client.WithAPIVersionNegotiation())...)
	if err != nil {
		return nil, fmt.Errorf("%w: reading the engine's address: %w; DOCKER_HOST must be like unix:///var/run/docker.sock, tcp://host:2376 or ssh://user@host", sandbox.ErrEngine, err)
	}
	info, err := api.Info(ctx)
	if err != nil {
		return nil, absent(ctx, api, err)
	}
	if err := suitable(api, info); err != nil {
		return nil, err
	}
	e := &Engine{
		api:  api,
		info: info,
		run:  opts.Run,
		keep: opts.Kept,
		log:  opts.Log,

		resolver: cmp.Or(opts.Resolver, net.DefaultResolver),

		libc:    make(map[string]string),
		filled:  make(map[string]bool),
		bridges: make(map[string]*bridge),
	}
	e.ahead.spares = make(map[string]*spare)
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	if e.owner, err = sandbox.Self(); err != nil {
		return nil, err
	}
	if e.rights, err = e.findRights(); err != nil {
		return nil, err
	}
	e.owner.Container, err = e.ownContainer(ctx)
	return e, err
}

func absent(ctx context.Context, api *client.Client, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%w: no Docker engine answers at %s (%w): start Docker, or set DOCKER_HOST, or use `sandbox: process` for a suite you trust",
		sandbox.ErrEngine, api.DaemonHost(), err)
}

func suitable(api *client.Client, info system.Info) error {
	if info.OSType != "linux" {
		return fmt.Errorf("%w: the Docker engine at %s runs %s containers: switch it to Linux containers", sandbox.ErrEngine, api.DaemonHost(), info.OSType)
	}
	if versions.LessThan(api.ClientVersion(), minimumAPI) {
		return fmt.Errorf("%w: Docker engine %s speaks API %s only: benchgate needs 20.10 (API %s) or newer",
			sandbox.ErrEngine, info.ServerVersion, api.ClientVersion(), minimumAPI)
	}
	return nil
}

// Info implements sandbox.Engine.
func (e *Engine) Info(ctx context.Context) (sandbox.Info, error) {
	if _, err := e.api.Ping(ctx); err != nil {
		return sandbox.Info{}, absent(ctx, e.api, err)
	}
	return sandbox.Info{
		Engine:      "docker " + e.info.ServerVersion,
		OS:          e.info.OSType,
		Arch:        goArch(e.info.Architecture),
		CPUs:        e.info.NCPU,
		MemoryBytes: e.info.MemTotal,
		Isolated:    true,
	}, nil
}

// goArch translates the kernel's name of a machine.
func goArch(machine string) string {
	switch machine {
	case "x86_64":
		return "amd64"
	case "aarch64":
		return "arm64"
	default:
		return machine
	}
}

// onThisMachine reports whether the engine is behind a local socket.
func (e *Engine) onThisMachine() bool {
	return strings.HasPrefix(e.api.DaemonHost(), "unix://")
}

// Close implements sandbox.Engine: it removes the networks that this engine
// made or used. Sandboxes still on them make it fail.
func (e *Engine) Close(ctx context.Context) error {
	e.dropSpares(ctx, "")
	e.ahead.pending.Wait()
	e.lines.end()
	err := e.removeNetworks(ctx)
	e.api.Close() // idle connections only: the engine can be used on
	return err
}
