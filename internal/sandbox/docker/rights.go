package docker

import (
	"slices"
	"strings"

	"github.com/docker/docker/api/types/container"
)

// rights are what the kernel lets a sandbox's processes do: Docker's defaults,
// which tasks rely on (sudo and su work: there is no no-new-privileges), without
// making device files, and without reaching a network card past the filter.
type rights struct {
	dropped  []string
	security []string // as HostConfig.SecurityOpt has them
}

// findRights asks for benchgate's profile of system calls where the engine uses
// Docker's. An administrator's own is kept, and so is the lack of any: there no
// sandbox gets raw sockets at all.
func (e *Engine) findRights() (rights, error) {
	profile := ""
	if slices.ContainsFunc(e.info.SecurityOptions, isDefaultSeccomp) {
		var err error
		if profile, err = callProfile(); err != nil {
			return rights{}, err
		}
	}
	if profile == "" {
		return rights{dropped: []string{"MKNOD", "NET_RAW"}}, nil
	}
	return rights{dropped: []string{"MKNOD"}, security: []string{"seccomp=" + profile}}, nil
}

// isDefaultSeccomp recognizes what an engine says of its profile: Docker 20.10
// calls its own "default", Docker 23 and later "builtin".
func isDefaultSeccomp(option string) bool {
	parts := strings.Split(option, ",")
	return slices.Contains(parts, "name=seccomp") && (slices.Contains(parts, "profile=default") || slices.Contains(parts, "profile=builtin"))
}

func (r rights) apply(host *container.HostConfig) {
	host.CapDrop, host.SecurityOpt = r.dropped, r.security
}
