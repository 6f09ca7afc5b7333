//go:build !linux

package docker

// callProfile is known on Linux only: empty means the engine's own.
func callProfile() (string, error) { return "", nil }
