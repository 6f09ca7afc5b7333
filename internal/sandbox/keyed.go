package sandbox

import (
	"context"
	"sync"
)

// KeyedMutex is a set of locks by name, for work that must happen once per
// image, volume or network. The zero value is ready. Waiting ends with the
// context, so that one slow build does not hold a cancelled trial.
//
// It is not x/sync's singleflight, which gives all callers the error of the
// first: when that caller is cancelled, the others must still build.
type KeyedMutex struct {
	mu   sync.Mutex
	held map[string]*keyLock
}

type keyLock struct {
	token chan struct{} // holds one value while locked
	users int           // holder and waiters
}

// Lock waits for the key and returns its unlock function.
func (m *KeyedMutex) Lock(ctx context.Context, key string) (unlock func(), err error) {
	lock := m.use(key)
	select {
	case lock.token <- struct{}{}:
		return func() { <-lock.token; m.leave(key) }, nil
	case <-ctx.Done():
		m.leave(key)
		return nil, context.Cause(ctx)
	}
}

func (m *KeyedMutex) use(key string) *keyLock {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.held == nil {
		m.held = make(map[string]*keyLock)
	}
	lock := m.held[key]
	if lock == nil {
		lock = &keyLock{token: make(chan struct{}, 1)}
		m.held[key] = lock
	}
	lock.users++
	return lock
}

func (m *KeyedMutex) leave(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	lock := m.held[key]
	if lock.users--; lock.users == 0 {
		delete(m.held, key)
	}
}
