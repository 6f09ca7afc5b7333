package docker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"

	"github.com/benchgate/benchgate/internal/sandbox/keptimage"
	"github.com/benchgate/benchgate/internal/step"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"
)

// Kept says where images that tasks build are kept beside the engine, and who is
// told of one that cannot be used or kept. Images that are pulled are not: their
// registry keeps them, and their digest says what they are.
type Kept struct {
	Images *keptimage.Store
	Notice func(string) // is told one sentence at a time, by one goroutine at a time

	mu sync.Mutex // several images may be prepared at the same time
}

func (k *Kept) tell(sentence string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.Notice(sentence)
}

// kept returns the kept image of an environment under its tag; false: there is
// none that can be used, and it has to be built.
func (e *Engine) kept(ctx context.Context, env suite.Environment, tag string) (image.InspectResponse, bool) {
	if e.keep == nil {
		return image.InspectResponse{}, false
	}
	found, err := e.load(ctx, env, tag)
	if err == nil {
		return found, true
	}
	if !errors.Is(err, fs.ErrNotExist) && ctx.Err() == nil {
		e.keep.tell(fmt.Sprintf("the cached image of %s cannot be used, and is built anew: %v", taskOf(env.Context), err))
	}
	return found, false
}

// load gives the engine a kept image. What is in a cache may have been written by
// anybody who could write there: it is the image only if the engine itself gives it
// the ID that was recorded, and the label of the task.
func (e *Engine) load(ctx context.Context, env suite.Environment, tag string) (found image.InspectResponse, err error) {
	kept, err := e.keep.Images.Image(e.keptName(tag))
	if err != nil {
		return found, err
	}
	defer kept.Close()
	waiting := step.Begin(ctx, "loading", "the cached image of "+taskOf(env.Context))
	defer func() { waiting.End(err) }()
	response, err := e.api.ImageLoad(ctx, waiting.Reader(kept, kept.Bytes), client.ImageLoadWithQuiet(true))
	if err != nil {
		return found, err
	}
	defer response.Body.Close()
	if err := follow(response.Body, io.Discard, waiting); err != nil {
		return found, err
	}
	found, err = e.api.ImageInspect(ctx, kept.ID)
	switch {
	case errdefs.IsNotFound(err):
		return found, fmt.Errorf("this engine gives it another ID than %s", kept.ID)
	case err != nil:
		return found, err
	case found.Config == nil || found.Config.Labels[labelTask] != env.Digest:
		return found, fmt.Errorf("it is the image of another task than %s", env.Digest)
	}
	if err := e.api.ImageTag(ctx, kept.ID, tag); err != nil {
		return found, err
	}
	e.log.InfoContext(ctx, "loaded the cached image", "image", tag, "id", kept.ID)
	return found, nil
}

// keepBuilt keeps an image that was just built. Without it the next job builds it
// again, so that an error is told and stops nothing.
func (e *Engine) keepBuilt(ctx context.Context, env suite.Environment, tag string, built image.InspectResponse) {
	if e.keep == nil {
		return
	}
	waiting := step.Begin(ctx, "caching", "the image of "+taskOf(env.Context))
	err := e.keep.Images.Keep(e.keptName(tag), built.ID, built.Size, func(w io.Writer) error {
		saved, err := e.api.ImageSave(ctx, []string{built.ID}) // by ID: the file names nothing
		if err != nil {
			return err
		}
		defer saved.Close()
		_, err = io.Copy(w, waiting.Reader(saved, built.Size))
		return err
	})
	waiting.End(err)
	if err != nil && ctx.Err() == nil {
		e.keep.tell(fmt.Sprintf("the image of %s is not cached, and the next job builds it again: %v", taskOf(env.Context), err))
	}
}

// keptName is an image's name in the cache: its tag, which the task's digest is in,
// and the machine that it is for.
func (e *Engine) keptName(tag string) string {
	_, name, _ := strings.Cut(tag, ":")
	return name + "-" + goArch(e.info.Architecture)
}
