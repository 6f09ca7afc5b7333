package dashboard

import (
	"slices"
	"strings"
	"unicode"
)

// promUnits are what Prometheus makes of OpenTelemetry's units; others stay, and
// those in braces go.
var promUnits = map[string]string{"s": "seconds", "ms": "milliseconds", "By": "bytes"}

// promMetric is the name of a metric in a Prometheus that takes it over OTLP, as its
// default translation_strategy, UnderscoreEscapingWithSuffixes, writes it: unit and
// "total" are at the end unless they are in the name.
func promMetric(m metric) string {
	words := strings.FieldsFunc(m.name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	u := m.unit
	if word, ok := promUnits[u]; ok {
		u = word
	}
	if u != "" && !strings.HasPrefix(u, "{") && !slices.Contains(words, u) {
		words = append(words, u)
	}
	if m.shape == sum {
		words = append(slices.DeleteFunc(words, func(w string) bool { return w == "total" }), "total")
	}
	return strings.Join(words, "_")
}

// promLabel is an attribute's name there.
func promLabel(attribute string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, attribute)
}
