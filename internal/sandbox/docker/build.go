package docker

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/benchgate/benchgate/internal/sandbox/buildcontext"
	"github.com/benchgate/benchgate/internal/step"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/build"
	"github.com/docker/docker/api/types/image"
)

// defaultBuildTimeout is for tasks that state none; it is Harbor's.
const defaultBuildTimeout = 10 * time.Minute

// built returns the image of a build context: the one built earlier from the
// same task, which is on the engine or was kept, or a new one.
func (e *Engine) built(ctx context.Context, env suite.Environment, log io.Writer) (image.InspectResponse, error) {
	files, err := buildcontext.Open(env.Context, env.Dockerfile)
	if err != nil {
		return image.InspectResponse{}, err
	}
	if env.Digest == "" {
		if env.Digest, err = files.Digest(ctx); err != nil {
			return image.InspectResponse{}, err
		}
	}
	tag := taskTag(env)
	unlock, err := e.images.Lock(ctx, tag)
	if err != nil {
		return image.InspectResponse{}, err
	}
	defer unlock()

	found, err := e.api.ImageInspect(ctx, tag)
	if err == nil {
		e.noteUse(ctx, found.ID, tag)
		return found, nil
	}
	if !errdefs.IsNotFound(err) {
		return found, failed("looking for image "+tag, err)
	}
	if kept, ok := e.kept(ctx, env, tag); ok {
		return kept, nil
	}
	e.log.InfoContext(ctx, "building image", "context", env.Context, "image", tag)
	if err := e.build(ctx, files, env, tag, log); err != nil {
		return found, fmt.Errorf("building the image of %s: %w", env.Context, err)
	}
	found, err = e.api.ImageInspect(ctx, tag)
	if err != nil {
		return found, failed("looking for built image "+tag, err)
	}
	e.keepBuilt(ctx, env, tag, found)
	return found, nil
}

// taskTag names the image of a task. The task's digest covers its Dockerfiles,
// but not which of them is used with which arguments.
func taskTag(env suite.Environment) string {
	const length = 32
	hash := strings.TrimPrefix(env.Digest, "sha256:")
	tag := "benchgate/task:" + hash[:min(len(hash), length)]
	if env.Dockerfile == "" && len(env.BuildArgs) == 0 {
		return tag
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%q\n", env.Dockerfile)
	for _, name := range slices.Sorted(maps.Keys(env.BuildArgs)) {
		fmt.Fprintf(sum, "%q=%q\n", name, env.BuildArgs[name])
	}
	return fmt.Sprintf("%s-%.8x", tag, sum.Sum(nil)[:4])
}

func (e *Engine) build(ctx context.Context, files *buildcontext.Context, env suite.Environment, tag string, log io.Writer) error {
	limit := env.BuildTimeout
	if limit == 0 {
		limit = defaultBuildTimeout
	}
	late := fmt.Errorf("the build took longer than its timeout of %v", limit)
	building, cancel := context.WithTimeoutCause(ctx, limit, late)
	defer cancel()

	builder, err := e.builderFor(building, env, log)
	if err == nil {
		write := files.WriteTar
		if builder == build.BuilderBuildKit {
			write = packed(write)
		}
		err = withTar(building, write, func(archive io.Reader) error {
			return e.send(building, archive, files.Dockerfile(), env, tag, builder, log)
		})
	}
	if err != nil && ctx.Err() == nil && errors.Is(context.Cause(building), late) {
		return late
	}
	return err
}

// taskOf names the task whose build context that is: the directory, or the one
// around it in Harbor's form.
func taskOf(context string) string {
	name := filepath.Base(context)
	if name == "environment" {
		return filepath.Base(filepath.Dir(context))
	}
	return name
}

func (e *Engine) send(ctx context.Context, archive io.Reader, dockerfile string, env suite.Environment, tag string, builder build.BuilderVersion, log io.Writer) (err error) {
	waiting := step.Begin(ctx, "building", "the image of "+taskOf(env.Context))
	defer func() { waiting.End(err) }()
	args := make(map[string]*string, len(env.BuildArgs))
	for name, value := range env.BuildArgs {
		args[name] = &value
	}
	logins, err := findLogins(os.LookupEnv)
	if err != nil {
		return err
	}
	response, err := e.api.ImageBuild(ctx, archive, build.ImageBuildOptions{
		Version:     builder, // without a session, which neither needs for a tar in the request
		Tags:        []string{tag},
		Dockerfile:  dockerfile,
		BuildArgs:   args,
		AuthConfigs: logins.all(),
		Labels:      map[string]string{labelTask: env.Digest},
		Remove:      true,
		ForceRemove: true,
	})
	if err != nil {
		if errdefs.IsInvalidArgument(err) {
			return err // the Dockerfile's fault, not the engine's
		}
		return failed("sending the context", err)
	}
	defer response.Body.Close()
	return logins.advised("", follow(response.Body, log, waiting))
}
