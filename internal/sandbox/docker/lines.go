package docker

import "sync"

// lines are the open streams between benchgate and its helpers in guards. Each ends
// with its container.
type lines struct {
	mu      sync.Mutex
	closers map[int]func()
	began   int
	pending sync.WaitGroup
}

// begin has a line used until use returns, which it does soon after close.
func (l *lines) begin(close, use func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closers == nil {
		l.closers = make(map[int]func())
	}
	l.began++
	number := l.began
	l.closers[number] = close
	l.pending.Go(func() {
		use()
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.closers, number)
	})
}

// end ends all and waits for it.
func (l *lines) end() {
	l.mu.Lock()
	for _, close := range l.closers {
		close()
	}
	l.mu.Unlock()
	l.pending.Wait()
}
