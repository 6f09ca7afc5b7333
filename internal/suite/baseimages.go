package suite

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/distribution/reference"

	"github.com/benchgate/benchgate/internal/dockerfile"
)

// BaseImage is an image from a registry that a task's environment is made
// from.
type BaseImage struct {
	Name   string `json:"name"`             // as the task names it
	Digest string `json:"digest,omitempty"` // "sha256:..."; empty: not known
}

// baseImages returns what the task's Dockerfile takes from registries (see
// [dockerfile.File.Images]), or the image the task uses as it is,
// sorted by name. Digests are those the names carry; others are the caller's to
// find.
func baseImages(t *Task) ([]BaseImage, error) {
	names := []string{t.Environment.Image}
	if t.Environment.Context != "" {
		file := filepath.Join(t.Environment.Context, filepath.FromSlash(t.Environment.Dockerfile))
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading base images: %w", err)
		}
		parsed, err := dockerfile.Parse(file, data)
		if err != nil {
			return nil, err
		}
		if names, err = parsed.Images(t.Environment.BuildArgs); err != nil {
			return nil, err
		}
	}
	slices.Sort(names)
	var images []BaseImage
	for _, name := range slices.Compact(names) {
		image := BaseImage{Name: name}
		if ref, err := reference.ParseNormalizedNamed(name); err == nil {
			if digested, ok := ref.(reference.Digested); ok {
				image.Digest = digested.Digest().String()
			}
		}
		images = append(images, image)
	}
	return images, nil
}

// RegistryOf is the host of an image's registry, "docker.io" of a name that has
// none; empty when the name is none.
func RegistryOf(image string) string {
	ref, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return ""
	}
	return reference.Domain(ref)
}
