package docker

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/containerd/errdefs"
)

// ownContainer returns the ID of the container of this engine that benchgate
// runs in, and nothing outside containers, in those of another engine, and in
// one that shares the machine's network, which needs no other treatment than a
// plain process.
func (e *Engine) ownContainer(ctx context.Context) (string, error) {
	mounts, err := os.Open("/proc/self/mountinfo")
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("looking for benchgate's own container: %w", err)
	}
	defer mounts.Close()
	id, err := containerID(mounts)
	if err != nil || id == "" {
		return "", err
	}
	found, err := e.api.ContainerInspect(ctx, id)
	switch {
	case errdefs.IsNotFound(err):
		return "", nil
	case err != nil:
		return "", failed("looking for benchgate's own container", err)
	case found.HostConfig != nil && found.HostConfig.NetworkMode.IsHost():
		return "", nil
	default:
		return found.ID, nil
	}
}

var containerFolder = regexp.MustCompile(`/containers/([0-9a-f]{64})/`)

// containerID finds the container's ID in /proc/self/mountinfo: Docker mounts
// these files from a folder of that name. Other mounts are no proof: the
// engine's own machine lists its containers' too.
func containerID(mountinfo io.Reader) (string, error) {
	files := []string{"/etc/hostname", "/etc/hosts", "/etc/resolv.conf"}
	lines := bufio.NewScanner(mountinfo)
	for lines.Scan() {
		// ID, parent, device, root, mount point, ...: proc_pid_mountinfo(5)
		fields := strings.Fields(lines.Text())
		if len(fields) < 5 || !slices.Contains(files, fields[4]) {
			continue
		}
		if match := containerFolder.FindStringSubmatch(fields[3]); match != nil {
			return match[1], nil
		}
	}
	if err := lines.Err(); err != nil {
		return "", fmt.Errorf("reading the mount table: %w", err)
	}
	return "", nil
}
