// Package cache keeps values that are dear to compute.
package cache

import (
	"sync"
	"time"
)

// Cache holds at most a fixed number of entries and drops the least recently
// used one to make room; entries that have expired go before any that has
// not. It is safe for concurrent use.
type Cache[K comparable, V any] struct {
	capacity int
	ttl      time.Duration

	mu      sync.Mutex
	entries map[K]*entry[K, V]
	order   list[K, V]
	loads   map[K]*load[V]
}

// New returns a cache of the given capacity, which must be above zero. Entries
// expire ttl after they were put; with a ttl of zero they never do.
func New[K comparable, V any](capacity int, ttl time.Duration) *Cache[K, V] {
	return &Cache[K, V]{
		capacity: capacity,
		ttl:      ttl,
		entries:  make(map[K]*entry[K, V]),
		loads:    make(map[K]*load[V]),
	}
}

// Get returns the value of a key that is present and has not expired, and
// makes it the most recently used one.
func (c *Cache[K, V]) Get(key K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.get(key)
}

func (c *Cache[K, V]) get(key K) (V, bool) {
	e, ok := c.entries[key]
	if ok && e.expired(time.Now()) {
		c.drop(e)
		ok = false
	}
	if !ok {
		var zero V
		return zero, false
	}
	c.order.moveToFront(e)
	return e.value, true
}

// Put stores a value, which becomes the most recently used one. Putting a key
// again replaces its value and begins its ttl anew.
func (c *Cache[K, V]) Put(key K, value V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put(key, value)
}

func (c *Cache[K, V]) put(key K, value V) {
	if old, ok := c.entries[key]; ok {
		c.drop(old)
	}
	if len(c.entries) >= c.capacity {
		c.dropExpired()
	}
	if len(c.entries) >= c.capacity {
		c.drop(c.order.back)
	}
	e := &entry[K, V]{key: key, value: value}
	if c.ttl > 0 {
		e.expires = time.Now().Add(c.ttl)
	}
	c.entries[key] = e
	c.order.pushFront(e)
}

func (c *Cache[K, V]) drop(e *entry[K, V]) {
	c.order.remove(e)
	delete(c.entries, e.key)
}

func (c *Cache[K, V]) dropExpired() {
	now := time.Now()
	for e := c.order.front; e != nil; {
		next := e.next
		if e.expired(now) {
			c.drop(e)
		}
		e = next
	}
}

// Len returns the number of entries that have not expired.
func (c *Cache[K, V]) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dropExpired()
	return len(c.entries)
}
