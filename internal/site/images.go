package site

import (
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/benchgate/benchgate/internal/sandbox/docker"
	"github.com/benchgate/benchgate/internal/sandbox/keptimage"
)

// defaultImagesMB is how many MiB of images are kept where the environment does not
// say: GitHub's cache has 10 GB a repository, and a hosted runner's disk 14 GB
// beside what the engine unpacks.
const defaultImagesMB = 4096

// keptImages is where images that tasks build are kept beside the engine; nil:
// nowhere. An engine that lives on keeps them itself, so that they are kept only in
// a cache that somebody asked for (BENCHGATE_CACHE), and at most
// BENCHGATE_CACHE_IMAGES_MB of them.
func keptImages(cacheDir string, lookup func(string) (string, bool), notice func(string)) (*docker.Kept, error) {
	if dir, _ := lookup("BENCHGATE_CACHE"); dir == "" {
		return nil, nil
	}
	most := int64(defaultImagesMB)
	if text, _ := lookup("BENCHGATE_CACHE_IMAGES_MB"); text != "" {
		var err error
		const bits = 40 // what fits beside the bytes of a MiB
		if most, err = strconv.ParseInt(text, 10, bits); err != nil || most < 0 {
			return nil, fmt.Errorf("BENCHGATE_CACHE_IMAGES_MB is %q, want a whole number of MiB, 0 to keep no images", text)
		}
	}
	if most == 0 {
		return nil, nil
	}
	return &docker.Kept{Images: keptimage.Open(filepath.Join(cacheDir, "images"), most<<20), Notice: notice}, nil
}
