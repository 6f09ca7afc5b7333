package process

import (
	"io"
	"sync"
	"sync/atomic"
)

// detachableWriter writes to a caller's writer until it is detached, then
// nowhere, so that a command can outlive the call that started it.
type detachableWriter struct {
	mu sync.Mutex
	to io.Writer // nil: nowhere
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

// detachableReader ends once detached; a Read that is under way is not waited
// for.
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
