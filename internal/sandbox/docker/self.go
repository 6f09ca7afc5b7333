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
// runs in. It returns "" when benchgate runs in no container, in one of another
// engine, or in one on the machine's own network (--network host), where
// sandboxes reach it as they reach a process outside containers.
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

// containerID finds the container's ID in /proc/self/mountinfo: in a container,
// Docker mounts the three files from a folder that has the ID as its name. Other
// mounts from such folders are passed over, because the table of the engine's
// machine has them, too.
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
