package usage

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/benchgate/benchgate/internal/otlp"
)

// text is a string attribute, empty when there is none.
func text(a otlp.Attributes, key string) string {
	s, _ := a[key].(string)
	return s
}

// integer is a count, which the agent sends as a number or as text; 0 when it is
// absent, negative or no number.
func integer(a otlp.Attributes, key string) int64 {
	switch v := a[key].(type) {
	case int64:
		return max(v, 0)
	case float64:
		if v > 0 {
			return count(v)
		}
	case string:
		if n, err := strconv.ParseInt(v, 10, 64); err == nil {
			return max(n, 0)
		}
	}
	return 0
}

// dollarsOf is what the agent says that a request cost; 0 when it does not say.
func dollarsOf(a otlp.Attributes) float64 {
	switch usd := a["cost_usd"].(type) {
	case float64:
		if usd > 0 && !math.IsInf(usd, 0) {
			return usd
		}
	case int64:
		return max(float64(usd), 0)
	}
	return 0
}

// speedOf is the speed in the API's words; empty is the usual one, which the agent
// calls "normal" or does not name.
func speedOf(a otlp.Attributes) string {
	if speed := text(a, "speed"); speed != "normal" {
		return speed
	}
	return ""
}

// isTrue reads a flag, which the agent sends as a boolean or as text.
func isTrue(a otlp.Attributes, key string) bool {
	return a[key] == true || a[key] == "true"
}

// canonical writes attributes so that equal ones give equal text.
func canonical(a otlp.Attributes) string {
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(a)) {
		fmt.Fprintf(&b, "%q=%#v;", key, a[key])
	}
	return b.String()
}

// eventKey is equal for an event that was sent twice. Its attributes include
// session and sequence number.
func eventKey(e otlp.Event) string {
	return fmt.Sprint(e.Name, e.Time.UnixNano(), canonical(e.Attributes))
}

// once keeps the first of the records with equal keys.
func once[T any](records []T, key func(T) string) []T {
	seen := make(map[string]bool, len(records))
	var out []T
	for _, r := range records {
		if k := key(r); !seen[k] {
			seen[k] = true
			out = append(out, r)
		}
	}
	return out
}
