package cache

import "fmt"

// load is a computation in progress, for all callers that want its value.
type load[V any] struct {
	done  chan struct{}
	value V
	err   error
}

// GetOrLoad returns the cached value of key, or computes it with f and caches
// it. Callers that ask for one key at the same time share one call of f;
// different keys are computed side by side, and f may use the cache itself. An
// error goes to everyone who waited and is not cached. A panic in f becomes an
// error that contains the panic's value.
func (c *Cache[K, V]) GetOrLoad(key K, f func() (V, error)) (V, error) {
	c.mu.Lock()
	if value, ok := c.get(key); ok {
		c.mu.Unlock()
		return value, nil
	}
	if running, ok := c.loads[key]; ok {
		c.mu.Unlock()
		<-running.done
		return running.value, running.err
	}
	running := &load[V]{done: make(chan struct{})}
	c.loads[key] = running
	c.mu.Unlock()

	running.value, running.err = call(f)
	if running.err != nil {
		running.err = fmt.Errorf("loading %v: %w", key, running.err)
	}

	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.loads, key)
	if running.err == nil {
		c.put(key, running.value)
	}
	close(running.done)
	return running.value, running.err
}

// call runs f without the lock and turns a panic into an error.
func call[V any](f func() (V, error)) (value V, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f()
}
