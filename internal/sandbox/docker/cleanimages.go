package docker

import (
	"context"
	"errors"
	"slices"

	"github.com/benchgate/benchgate/internal/step"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
)

// RemoveTaskImages implements sandbox.Engine.
func (e *Engine) RemoveTaskImages(ctx context.Context, keep func(digest string) bool) ([]string, error) {
	found, err := e.api.ImageList(ctx, image.ListOptions{Filters: filters.NewArgs(filters.Arg("label", labelTask))})
	if err != nil {
		return nil, failed("listing the tasks' images", err)
	}
	var removed []string
	var errs []error
	waiting := step.Begin(ctx, "removing", "the tasks' images")
	defer waiting.End(nil)
	for n, i := range found {
		waiting.Of(int64(n), int64(len(found)), "images")
		if keep != nil && keep(i.Labels[labelTask]) {
			continue
		}
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
	}
	slices.Sort(removed)
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
