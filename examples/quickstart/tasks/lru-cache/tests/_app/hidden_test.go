package cache

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestEntriesExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New[string, int](4, time.Minute)
		c.Put("a", 1)
		time.Sleep(30 * time.Second)
		c.Put("b", 2)
		c.Get("a") // reading does not prolong a life
		time.Sleep(31 * time.Second)
		if _, ok := c.Get("a"); ok {
			t.Error("a is served after its time to live")
		}
		if _, ok := c.Get("b"); !ok || c.Len() != 1 {
			t.Errorf("b present: %t, Len = %d; want b alone", ok, c.Len())
		}
		c.Put("b", 3)
		time.Sleep(59 * time.Second)
		if v, ok := c.Get("b"); !ok || v != 3 {
			t.Error("putting b again did not begin its life anew")
		}
	})
}

func TestExpiredEntriesGoFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New[string, int](2, time.Minute)
		c.Put("old", 1)
		time.Sleep(40 * time.Second)
		c.Put("young", 2)
		c.Get("old") // most recently used, but about to expire
		time.Sleep(30 * time.Second)
		c.Put("new", 3)
		if _, ok := c.Get("young"); !ok {
			t.Error("a live entry was dropped before an expired one")
		}
	})
}

// model is the cache's contract in the slowest and plainest form: a slice,
// most recently used first.
type model struct {
	keys   []int
	values map[int]int
}

func (m *model) touch(key int) {
	m.keys = slices.Insert(slices.DeleteFunc(m.keys, func(k int) bool { return k == key }), 0, key)
}

func TestTheCacheBehavesLikeItsModel(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 5))
	for _, capacity := range []int{1, 2, 3, 7} {
		c, m := New[int, int](capacity, 0), &model{values: map[int]int{}}
		for step := range 5000 {
			key := random.IntN(10)
			if random.IntN(2) == 0 {
				c.Put(key, step)
				m.touch(key)
				m.values[key] = step
				if len(m.keys) > capacity {
					delete(m.values, m.keys[capacity])
					m.keys = m.keys[:capacity]
				}
			}
			key = random.IntN(10)
			got, ok := c.Get(key)
			want, present := m.values[key]
			if ok != present || got != want {
				t.Fatalf("capacity %d, step %d: Get(%d) = %d, %t; want %d, %t", capacity, step, key, got, ok, want, present)
			}
			if present {
				m.touch(key)
			}
			if c.Len() != len(m.keys) {
				t.Fatalf("capacity %d, step %d: Len = %d, want %d", capacity, step, c.Len(), len(m.keys))
			}
		}
	}
}

func TestCallersShareALoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New[string, int](4, 0)
		var calls atomic.Int32
		var wait sync.WaitGroup
		for range 20 {
			wait.Go(func() {
				v, err := c.GetOrLoad("a", func() (int, error) {
					calls.Add(1)
					time.Sleep(time.Second)
					return 42, nil
				})
				if v != 42 || err != nil {
					t.Errorf("GetOrLoad = %d, %v", v, err)
				}
			})
		}
		wait.Wait()
		if calls.Load() != 1 {
			t.Errorf("%d loads for one key", calls.Load())
		}
	})
}

func TestASlowLoadBlocksNoOtherKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New[string, int](4, 0)
		began := time.Now()
		var wait sync.WaitGroup
		for i := range 4 {
			wait.Go(func() {
				c.GetOrLoad(fmt.Sprint(i), func() (int, error) {
					time.Sleep(time.Second)
					return i, nil
				})
			})
		}
		synctest.Wait()
		c.Put("z", 1)
		if time.Since(began) != 0 {
			t.Errorf("Put waited %v for a load", time.Since(began))
		}
		wait.Wait()
		if time.Since(began) != time.Second {
			t.Errorf("four loads of a second took %v, want them side by side", time.Since(began))
		}
	})
}

func TestALoaderMayUseTheCache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New[int, int](10, 0)
		var fibonacci func(n int) (int, error)
		fibonacci = func(n int) (int, error) {
			if n < 2 {
				return n, nil
			}
			a, _ := c.GetOrLoad(n-1, func() (int, error) { return fibonacci(n - 1) })
			b, _ := c.GetOrLoad(n-2, func() (int, error) { return fibonacci(n - 2) })
			return a + b, nil
		}
		if got, _ := fibonacci(30); got != 832040 {
			t.Errorf("fibonacci(30) = %d", got)
		}
	})
}

func TestEveryWaiterLearnsOfAnErrorAndTheNextTriesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New[string, int](4, 0)
		broken := errors.New("backend is down")
		var wait sync.WaitGroup
		for range 5 {
			wait.Go(func() {
				_, err := c.GetOrLoad("a", func() (int, error) {
					time.Sleep(time.Second)
					return 7, broken
				})
				if !errors.Is(err, broken) {
					t.Errorf("a waiter got %v, want %v", err, broken)
				}
			})
		}
		wait.Wait()
		if c.Len() != 0 {
			t.Error("a failed load left an entry")
		}
		if v, err := c.GetOrLoad("a", func() (int, error) { return 1, nil }); v != 1 || err != nil {
			t.Errorf("the next load gave %d, %v", v, err)
		}
	})
}

func TestAPanicBecomesAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New[string, int](4, 0)
		var wait sync.WaitGroup
		for range 5 {
			wait.Go(func() {
				_, err := c.GetOrLoad("a", func() (int, error) {
					time.Sleep(time.Second)
					panic("out of cheese")
				})
				if err == nil || !strings.Contains(err.Error(), "out of cheese") {
					t.Errorf("error is %v, want one with the panic's value", err)
				}
			})
		}
		wait.Wait()
		if v, err := c.GetOrLoad("a", func() (int, error) { return 1, nil }); v != 1 || err != nil {
			t.Errorf("after the panic: %d, %v", v, err)
		}
	})
}

func TestAValuePutDuringALoadIsServedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New[string, int](4, 0)
		var wait sync.WaitGroup
		wait.Go(func() {
			c.GetOrLoad("a", func() (int, error) {
				time.Sleep(time.Second)
				return 1, nil
			})
		})
		synctest.Wait()
		c.Put("a", 2)
		if v, ok := c.Get("a"); !ok || v != 2 {
			t.Errorf("Get = %d, %t; want 2", v, ok)
		}
		wait.Wait()
	})
}

func TestManyGoroutinesLeaveTheListWhole(t *testing.T) {
	c := New[int, int](16, 0)
	var wait sync.WaitGroup
	for worker := range 8 {
		wait.Go(func() {
			random := rand.New(rand.NewPCG(uint64(worker), 1))
			for i := range 20_000 {
				switch key := random.IntN(32); i % 3 {
				case 0:
					c.Put(key, key)
				case 1:
					if v, ok := c.Get(key); ok && v != key {
						t.Errorf("Get(%d) = %d", key, v)
					}
				default:
					c.GetOrLoad(key, func() (int, error) { return key, nil })
				}
			}
		})
	}
	wait.Wait()
	if c.Len() != 16 {
		t.Errorf("Len = %d after the storm, want 16", c.Len())
	}
}
