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
	if value, ok := c.Get(key); ok {
		return value, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if running, ok := c.loads[key]; ok {
		<-running.done
		return running.value, running.err
	}
	running := &load[V]{done: make(chan struct{})}
	c.loads[key] = running
	running.value, running.err = f()
	if running.err != nil {
		return running.value, fmt.Errorf("loading %v: %w", key, running.err)
	}
	c.put(key, running.value)
	close(running.done)
	return running.value, nil
}
