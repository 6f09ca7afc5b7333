package docker

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/step"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
)

// RemoveTaskImages implements sandbox.Engine.
func (e *Engine) RemoveTaskImages(ctx context.Context, keep func(sandbox.TaskImage) bool) ([]string, error) {
	found, err := e.api.ImageList(ctx, image.ListOptions{Filters: filters.NewArgs(filters.Arg("label", labelTask))})
	if err != nil {
		return nil, failed("listing the tasks' images", err)
	}
	used := make(map[string]time.Time, len(found))
	if keep != nil {
		for _, i := range found {
			used[i.ID] = e.lastUsed(ctx, i)
		}
		slices.SortStableFunc(found, func(a, b image.Summary) int { return used[b.ID].Compare(used[a.ID]) })
	}
	var removed []string
	var errs []error
	waiting := step.Begin(ctx, "removing", "the tasks' images")
	defer waiting.End(nil)
	for n, i := range found {
		waiting.Of(int64(n), int64(len(found)), "images")
		if keep != nil && keep(sandbox.TaskImage{Digest: i.Labels[labelTask], Used: used[i.ID]}) {
			continue
		}
		names, err := e.removeImage(ctx, i)
		removed, errs = append(removed, names...), append(errs, err)
	}
	slices.Sort(removed)
	return removed, errors.Join(errs...)
}

// lastUsed is when the image was named last, which [Engine.built] does at each use.
// An engine that does not say, and one with containerd's image store, which keeps the
// time of the first naming, have it from when it was made.
func (e *Engine) lastUsed(ctx context.Context, i image.Summary) time.Time {
	made := time.Unix(i.Created, 0)
	found, err := e.api.ImageInspect(ctx, i.ID)
	if err != nil || found.Metadata.LastTagTime.Before(made) {
		return made
	}
	return found.Metadata.LastTagTime
}

// noteUse names the image once more, by which the engine notes when that was.
func (e *Engine) noteUse(ctx context.Context, id, tag string) {
	if err := e.api.ImageTag(ctx, id, tag); err != nil {
		e.log.DebugContext(ctx, "the use of an image is not noted", "image", tag, "error", err)
	}
}

// removeImage removes all names of an image, and with the last one the image.
func (e *Engine) removeImage(ctx context.Context, i image.Summary) (removed []string, err error) {
	var errs []error
	for _, name := range names(i) {
		err := removeBeside(ctx, func() error {
			_, err := e.api.ImageRemove(ctx, name, image.RemoveOptions{PruneChildren: true})
			return err
		})
		if err != nil {
			errs = append(errs, failed("removing image "+name, err))
			continue
		}
		removed = append(removed, "image "+name)
	}
	return removed, errors.Join(errs...)
}

// names are an image's tags, or its ID when it has none: removing by ID is
// refused where there are several tags.
func names(i image.Summary) []string {
	if len(i.RepoTags) == 0 {
		return []string{i.ID}
	}
	return i.RepoTags
}
