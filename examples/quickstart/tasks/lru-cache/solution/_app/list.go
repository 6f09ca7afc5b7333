package cache

import "time"

// entry is a node of the list and what it holds.
type entry[K comparable, V any] struct {
	key        K
	value      V
	expires    time.Time // zero: never
	prev, next *entry[K, V]
}

func (e *entry[K, V]) expired(now time.Time) bool {
	return !e.expires.IsZero() && !now.Before(e.expires)
}

// list is a doubly linked list, most recently used first.
type list[K comparable, V any] struct {
	front, back *entry[K, V]
}

func (l *list[K, V]) pushFront(e *entry[K, V]) {
	e.prev, e.next = nil, l.front
	if l.front != nil {
		l.front.prev = e
	} else {
		l.back = e
	}
	l.front = e
}

func (l *list[K, V]) remove(e *entry[K, V]) {
	if e.prev != nil {
		e.prev.next = e.next
	} else {
		l.front = e.next
	}
	if e.next != nil {
		e.next.prev = e.prev
	} else {
		l.back = e.prev
	}
}

func (l *list[K, V]) moveToFront(e *entry[K, V]) {
	if e == l.front {
		return
	}
	l.remove(e)
	l.pushFront(e)
}
