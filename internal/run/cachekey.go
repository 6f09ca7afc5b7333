package run

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"runtime"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/report"
)

// cacheOf is the directory that a CI system may keep from job to job, and the key of
// what a run puts there: agents for this platform, tasks from git repositories,
// images that tasks build. The same suite and agents give the same key, wherever
// they run.
func cacheOf(dir, suiteDigest string, arms map[baselines.Arm]baselines.Header) report.Cache {
	agents := make(map[string]bool)
	for _, h := range arms {
		agents[h.Variant.Agent.Name+"@"+h.Variant.Agent.Version] = true
	}
	sum := sha256.New()
	for _, text := range append(slices.Sorted(maps.Keys(agents)), suiteDigest) {
		sum.Write([]byte(text + "\n"))
	}
	const length = 12 // bytes: enough for the keys of one repository
	prefix := "benchgate-" + runtime.GOOS + "-" + runtime.GOARCH + "-"
	return report.Cache{Key: prefix + hex.EncodeToString(sum.Sum(nil)[:length]), RestoreKeys: prefix, Path: dir}
}
