package run

import (
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/config"
)

// The key changes with what is kept: the tasks and the agents, and with nothing else.
func TestACacheIsNamedByWhatIsInIt(t *testing.T) {
	keyOf := func(f config.Flags) string {
		o, _ := designOptions(t, t.TempDir(), f)
		d, err := NewDesign(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		got := d.Planned(o, false).Cache
		if got.Path != o.CacheDir || !strings.HasPrefix(got.Key, got.RestoreKeys) || got.RestoreKeys == "" {
			t.Errorf("the cache is %+v", got)
		}
		return got.Key
	}
	key := keyOf(config.Flags{})
	for name, c := range map[string]struct {
		flags config.Flags
		same  bool
	}{
		"again":         {config.Flags{}, true},
		"more attempts": {config.Flags{Attempts: "2"}, true},
		"fewer tasks":   {config.Flags{TaskIDs: []string{"lru-cache"}}, false},
		"another model": {config.Flags{Model: "claude-haiku-4-5"}, true},
	} {
		if got := keyOf(c.flags); got == key != c.same {
			t.Errorf("%s: the key is %s, before %s", name, got, key)
		}
	}
}
