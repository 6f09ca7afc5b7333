package usage

import (
	"math"
	"strconv"

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
