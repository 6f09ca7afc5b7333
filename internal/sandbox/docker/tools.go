package docker

import (
	"archive/tar"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/benchgate/benchgate/internal/helper"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/step"
	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/mount"
	"github.com/docker/docker/api/types/volume"
)

// Each Tools has a named volume. It is filled through a container that is made
// and never started. The name of that container is a lock between processes,
// because an engine refuses a second container of the same name. The marker file
// is copied in last: a volume without it is incomplete, and is filled again.
const (
	toolsMarker = ".benchgate-complete"
	toolsMount  = "/benchgate-tools" // in the filling container
)

// mountAll mounts the helper program and the spec's tools.
func (e *Engine) mountAll(ctx context.Context, spec sandbox.Spec) ([]mount.Mount, error) {
	program, err := helper.For(cmp.Or(spec.Image.Arch, goArch(e.info.Architecture)))
	if err != nil {
		return nil, fmt.Errorf("creating a sandbox for %s: %w: %w", spec.Trial, sandbox.ErrUnsupported, err)
	}
	all := append([]sandbox.Tools{{
		Name: program.Name(), Path: helper.Dir,
		Fill: func(_ context.Context, w io.Writer) error { return program.WriteTar(w) },
	}}, spec.Tools...)
	var mounts []mount.Mount
	for _, tools := range all {
		name, err := e.toolsVolume(ctx, tools, spec)
		if err != nil {
			return nil, fmt.Errorf("putting %s on the engine: %w", tools.Name, err)
		}
		mounts = append(mounts, mount.Mount{
			Type:          mount.TypeVolume,
			Source:        name,
			Target:        tools.Path,
			ReadOnly:      true,
			VolumeOptions: &mount.VolumeOptions{NoCopy: true},
		})
	}
	return mounts, nil
}

// toolsVolume returns the name of the volume that holds the tools, complete.
func (e *Engine) toolsVolume(ctx context.Context, tools sandbox.Tools, spec sandbox.Spec) (string, error) {
	hash := fmt.Sprintf("%.12x", sha256.Sum256([]byte(tools.Name)))
	name := "benchgate-tools-" + hash
	unlock, err := e.tools.Lock(ctx, name)
	if err != nil {
		return "", err
	}
	defer unlock()

	if e.isFilled(name) {
		// If it was removed meanwhile, the mount would create it again, empty.
		_, err := e.api.VolumeInspect(ctx, name)
		if err == nil {
			return name, nil
		}
		if !errdefs.IsNotFound(err) {
			return "", failed("inspecting volume "+name, err)
		}
		e.setFilled(name, false)
	}
	if _, err := e.api.VolumeCreate(ctx, volume.CreateOptions{Name: name, Labels: map[string]string{labelTools: tools.Name}}); err != nil {
		return "", failed("making volume "+name, err)
	}
	filler, err := e.lockVolume(ctx, name, "benchgate-fill-"+hash, tools, spec)
	if err != nil {
		return "", err
	}
	defer e.discard(ctx, filler)
	if err := e.fill(ctx, filler, tools); err != nil {
		return "", err
	}
	e.setFilled(name, true)
	return name, nil
}

// lockVolume makes the filling container and returns its ID. While another
// process has one of that name it waits; it removes one whose process has ended.
func (e *Engine) lockVolume(ctx context.Context, volume, name string, tools sandbox.Tools, spec sandbox.Spec) (string, error) {
	config := &container.Config{
		Image:      spec.Image.ID, // nothing in it is used, but a container needs an image
		Entrypoint: []string{toolsMount},
		Labels:     e.labels(spec.Run, labelTools, tools.Name),
	}
	host := &container.HostConfig{Mounts: []mount.Mount{{
		Type: mount.TypeVolume, Source: volume, Target: toolsMount,
		VolumeOptions: &mount.VolumeOptions{NoCopy: true},
	}}}
	for waiting := false; ; waiting = true {
		id, err := e.createIdle(ctx, name, config, host)
		if err == nil || !errdefs.IsConflict(err) {
			return id, err
		}
		if !waiting {
			e.log.InfoContext(ctx, "waiting for another process that fills the tools", "tools", tools.Name, "container", name)
		}
		if err := e.removeOrphan(ctx, name); err != nil {
			return "", err
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("waiting for container %s of another process: %w", name, ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// removeOrphan removes a filling container whose process has ended. It does so by
// ID, because another process may have taken the name since.
func (e *Engine) removeOrphan(ctx context.Context, name string) error {
	found, err := e.api.ContainerInspect(ctx, name)
	if errdefs.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return failed("inspecting container "+name, err)
	}
	gone, err := e.ownerGone(ctx, found.Config.Labels)
	if err != nil || !gone {
		return err
	}
	return e.removeContainer(ctx, found.ID)
}

// fill fills the volume behind the container unless it is complete.
func (e *Engine) fill(ctx context.Context, id string, tools sandbox.Tools) (err error) {
	_, err = e.api.ContainerStatPath(ctx, id, toolsMount+"/"+toolsMarker)
	if err == nil {
		return nil
	}
	if !errdefs.IsNotFound(err) {
		return failed("looking for the tools' marker", err)
	}
	e.log.InfoContext(ctx, "filling the tools' volume", "tools", tools.Name)
	waiting := step.Begin(ctx, "putting", tools.Name+" on the engine")
	defer func() { waiting.End(err) }()
	counted := func(ctx context.Context, w io.Writer) error { return tools.Fill(ctx, waiting.Writer(w)) }
	err = withTar(ctx, counted, func(archive io.Reader) error {
		if err := e.api.CopyToContainer(ctx, id, toolsMount, archive, container.CopyToContainerOptions{}); err != nil {
			return failed("copying", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	marker, err := markerTar(tools.Name)
	if err != nil {
		return err
	}
	if err := e.api.CopyToContainer(ctx, id, toolsMount, marker, container.CopyToContainerOptions{}); err != nil {
		return failed("marking the tools as complete", err)
	}
	return nil
}

func markerTar(content string) (io.Reader, error) {
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	header := &tar.Header{Typeflag: tar.TypeReg, Name: toolsMarker, Mode: 0o444, Size: int64(len(content))}
	if err := w.WriteHeader(header); err != nil {
		return nil, err
	}
	if _, err := io.WriteString(w, content); err != nil {
		return nil, err
	}
	return &buf, w.Close()
}

func (e *Engine) isFilled(volume string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.filled[volume]
}

func (e *Engine) setFilled(volume string, filled bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.filled[volume] = filled
}

// RemoveTools implements sandbox.Engine: the tools are volumes.
func (e *Engine) RemoveTools(ctx context.Context, keep func(name string) bool) ([]string, error) {
	found, err := e.api.VolumeList(ctx, volume.ListOptions{Filters: filters.NewArgs(filters.Arg("label", labelTools))})
	if err != nil {
		return nil, failed("listing the tools' volumes", err)
	}
	var removed []string
	var errs []error
	waiting := step.Begin(ctx, "removing", "the agents' volumes")
	defer waiting.End(nil)
	for i, v := range found.Volumes {
		waiting.Of(int64(i), int64(len(found.Volumes)), "volumes")
		tools := v.Labels[labelTools]
		if keep != nil && keep(tools) {
			continue
		}
		if err := ignoreMissing(e.api.VolumeRemove(ctx, v.Name, false)); err != nil {
			errs = append(errs, failed("removing volume "+v.Name+" of "+tools, err))
			continue
		}
		e.setFilled(v.Name, false)
		removed = append(removed, "volume "+v.Name+" of "+tools)
	}
	slices.Sort(removed)
	return removed, errors.Join(errs...)
}
