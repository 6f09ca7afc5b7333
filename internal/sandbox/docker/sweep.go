package docker

import (
	"context"
	"errors"
	"maps"
	"strings"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/step"
	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/network"
)

// Sweep implements sandbox.Engine. Containers are removed first, because a
// network with a container on it cannot be removed.
func (e *Engine) Sweep(ctx context.Context, run string) ([]string, error) {
	mine := filters.NewArgs(filters.Arg("label", labelRun))
	if run != "" {
		mine = filters.NewArgs(filters.Arg("label", labelRun+"="+run))
		e.dropSpares(ctx, run)
	}
	containers, err := e.sweepContainers(ctx, run, mine)
	networks, err2 := e.sweepNetworks(ctx, run, mine)
	return append(containers, networks...), errors.Join(err, err2)
}

func (e *Engine) sweepContainers(ctx context.Context, run string, mine filters.Args) ([]string, error) {
	found, err := e.api.ContainerList(ctx, container.ListOptions{All: true, Filters: mine})
	if err != nil {
		return nil, failed("listing containers", err)
	}
	var removed []string
	var errs []error
	waiting := step.Begin(ctx, "removing", "sandboxes")
	defer waiting.End(nil)
	for i, c := range found {
		waiting.Of(int64(i), int64(len(found)), "sandboxes")
		if ok, err := e.mayRemove(ctx, run, c.Labels); err != nil || !ok {
			errs = append(errs, err)
			continue
		}
		if err := e.removeContainer(ctx, c.ID); err != nil {
			errs = append(errs, err)
			continue
		}
		removed = append(removed, "container "+strings.TrimPrefix(strings.Join(c.Names, " "), "/"))
	}
	return removed, errors.Join(errs...)
}

func (e *Engine) sweepNetworks(ctx context.Context, run string, mine filters.Args) ([]string, error) {
	found, err := e.api.NetworkList(ctx, network.ListOptions{Filters: mine})
	if err != nil {
		return nil, failed("listing networks", err)
	}
	var removed []string
	var errs []error
	for _, n := range found {
		if ok, err := e.mayRemove(ctx, run, n.Labels); err != nil || !ok {
			errs = append(errs, err)
			continue
		}
		if err := e.removeNetwork(ctx, n.ID); err != nil {
			errs = append(errs, err)
			continue
		}
		e.forget(n.ID)
		removed = append(removed, "network "+n.Name)
	}
	return removed, errors.Join(errs...)
}

// forget drops a removed network, so that the next sandbox of the run gets a new
// one.
func (e *Engine) forget(networkID string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	maps.DeleteFunc(e.bridges, func(_ string, link *bridge) bool { return link.id == networkID })
}

func (e *Engine) mayRemove(ctx context.Context, run string, labels map[string]string) (bool, error) {
	if run != "" {
		return true, nil
	}
	return e.ownerGone(ctx, labels)
}

// ownerGone reports whether the process that made something has certainly
// ended. If it ran in another container of this engine, it has ended when that
// container has.
func (e *Engine) ownerGone(ctx context.Context, labels map[string]string) (bool, error) {
	owner, err := sandbox.ParseOwner(labels[labelOwner])
	if err != nil {
		e.log.WarnContext(ctx, "not removed: its label does not say which process made it", "run", labels[labelRun], "error", err)
		return false, nil
	}
	if owner.Container == "" || owner.Container == e.owner.Container {
		return owner.Gone(e.owner, e.onThisMachine()), nil
	}
	found, err := e.api.ContainerInspect(ctx, owner.Container)
	if errdefs.IsNotFound(err) {
		return true, nil
	}
	if err != nil {
		return false, failed("looking for the owner's container", err)
	}
	return found.State != nil && !found.State.Running && !found.State.Restarting, nil
}
