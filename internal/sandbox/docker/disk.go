package docker

import "context"

// DiskFree implements sandbox.Engine. The engine's disk is seen from its own
// machine, and from its containers, whose root is on that disk.
func (e *Engine) DiskFree() int64 {
	switch {
	case e.owner.Container != "":
		return freeAt("/")
	case e.onThisMachine() && e.info.DockerRootDir != "":
		return freeAt(e.info.DockerRootDir)
	default:
		return 0
	}
}

// Written implements sandbox.Sandbox.
func (b *box) Written(ctx context.Context) (int64, error) {
	found, _, err := b.engine.api.ContainerInspectWithRaw(ctx, b.id, true)
	if err != nil {
		return 0, refused("asking what the sandbox has written", err)
	}
	if found.SizeRw == nil {
		return 0, nil
	}
	return *found.SizeRw, nil
}
