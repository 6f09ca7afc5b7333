package cache

import (
	"errors"
	"testing"
)

func TestTheLeastRecentlyUsedEntryGoes(t *testing.T) {
	c := New[string, int](2, 0)
	c.Put("a", 1)
	c.Put("b", 2)
	c.Get("a")
	c.Put("c", 3)
	if _, ok := c.Get("b"); ok {
		t.Error("b is still there although a was used after it")
	}
	if v, ok := c.Get("a"); !ok || v != 1 {
		t.Errorf("a is %d, %t", v, ok)
	}
}

func TestAFailedLoadIsTriedAgain(t *testing.T) {
	c := New[string, int](2, 0)
	broken := errors.New("backend is down")
	if _, err := c.GetOrLoad("a", func() (int, error) { return 0, broken }); !errors.Is(err, broken) {
		t.Fatalf("error is %v, want %v", err, broken)
	}
	// A second call must not wait for the first, which is over.
	if _, loading := c.loads["a"]; loading {
		t.Fatal("the failed load is still registered")
	}
}

func TestPuttingAKeyAgainDropsNoOther(t *testing.T) {
	c := New[string, int](2, 0)
	c.Put("a", 1)
	c.Put("b", 2)
	c.Put("b", 3)
	if _, ok := c.Get("a"); !ok {
		t.Error("a was dropped although there was room")
	}
}
