package process

import (
	"io"
	"sync"
	"sync/atomic"
)

// detachableWriter writes to a caller's writer until it is detached, and then
// discards, so that a command can run on after the Exec that started it.
type detachableWriter struct {
	mu sync.Mutex
	to io.Writer // nil: discarded
}

func (w *detachableWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.to == nil {
		return len(p), nil
	}
	return w.to.Write(p)
}

func (w *detachableWriter) detach() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.to = nil
}

// detachableReader is at its end once detached. detach does not wait for a Read
// that has begun.
type detachableReader struct {
	from     io.Reader
	detached atomic.Bool
}

func (r *detachableReader) Read(p []byte) (int, error) {
	if r.detached.Load() {
		return 0, io.EOF
	}
	return r.from.Read(p)
}

func (r *detachableReader) detach() { r.detached.Store(true) }
