package docker

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/step"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/image"
)

// Prepare implements sandbox.Engine: it builds the context with the engine's
// own builder, or uses the image, which is pulled only when it is not there.
func (e *Engine) Prepare(ctx context.Context, env suite.Environment, log io.Writer) (sandbox.Image, error) {
	if (env.Image == "") == (env.Context == "") {
		return sandbox.Image{}, fmt.Errorf("preparing environment %s: exactly one of image and build context must be set", env.Digest)
	}
	if log == nil {
		log = io.Discard
	}
	find := e.pulled
	if env.Context != "" {
		find = e.built
	}
	found, err := find(ctx, env, log)
	if err != nil {
		return sandbox.Image{}, err
	}
	return e.describe(ctx, found)
}

func (e *Engine) pulled(ctx context.Context, env suite.Environment, log io.Writer) (image.InspectResponse, error) {
	unlock, err := e.images.Lock(ctx, env.Image)
	if err != nil {
		return image.InspectResponse{}, err
	}
	defer unlock()

	found, err := e.api.ImageInspect(ctx, env.Image)
	if err == nil {
		return found, nil
	}
	if !errdefs.IsNotFound(err) {
		return found, failed("looking for image "+env.Image, err)
	}
	if err := e.pull(ctx, env.Image, log); err != nil {
		return found, err
	}
	found, err = e.api.ImageInspect(ctx, env.Image)
	if err != nil {
		return found, failed("looking for pulled image "+env.Image, err)
	}
	return found, nil
}

func (e *Engine) pull(ctx context.Context, ref string, log io.Writer) (err error) {
	waiting := step.Begin(ctx, "pulling", "image "+ref)
	defer func() { waiting.End(err) }()
	e.log.InfoContext(ctx, "pulling image", "image", ref)
	logins, err := findLogins(os.LookupEnv)
	if err != nil {
		return err
	}
	login, err := logins.with(ref)
	if err != nil {
		return fmt.Errorf("reading the login for image %s: %w", ref, err)
	}
	progress, err := e.api.ImagePull(ctx, ref, image.PullOptions{RegistryAuth: login})
	if err == nil {
		defer progress.Close()
		err = follow(progress, log, waiting)
	}
	if err != nil {
		return fmt.Errorf("image %s is not on this engine: %w", ref, logins.advised(suite.RegistryOf(ref), failed("pulling it", err)))
	}
	return nil
}

func (e *Engine) describe(ctx context.Context, found image.InspectResponse) (sandbox.Image, error) {
	libc, err := e.libcOf(ctx, found.ID)
	if err != nil {
		return sandbox.Image{}, err
	}
	img := sandbox.Image{ID: found.ID, Workdir: "/", OS: found.Os, Arch: found.Architecture, Libc: libc}
	if found.Config != nil {
		img.User, img.Entrypoint = found.Config.User, found.Config.Entrypoint
		for _, variable := range found.Config.Env {
			if value, is := strings.CutPrefix(variable, "PATH="); is {
				img.Path = value
			}
		}
		if found.Config.WorkingDir != "" {
			img.Workdir = found.Config.WorkingDir
		}
	}
	return img, nil
}
