package docker

import "syscall"

// freeAt is what anybody may still write to the file system that a path is on, in
// bytes; zero: not known.
func freeAt(path string) int64 {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return 0
	}
	return int64(s.Bavail) * s.Bsize //nolint:unconvert // the types differ between architectures
}
