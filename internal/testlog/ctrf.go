package testlog

import (
	"encoding/json"
	"strings"
)

// FirstCTRF is the first failed test of a report in CTRF; false where it names
// none, or is none.
func FirstCTRF(report []byte) (Failure, bool) {
	var document struct {
		Results struct {
			Tests []struct{ Name, Status, Message, Trace string }
		}
	}
	if json.Unmarshal(report, &document) != nil {
		return Failure{}, false
	}
	for _, t := range document.Results.Tests {
		if t.Status != "failed" || t.Name == "" {
			continue
		}
		if t.Message == "" {
			t.Message = errorOf(t.Trace)
		}
		says, _, _ := strings.Cut(t.Message, "\n")
		return Failure{Test: t.Name, Says: says}, true
	}
	return Failure{}, false
}

// errorOf is what pytest's trace says was wrong: the first of its lines that it
// marks with E.
func errorOf(trace string) string {
	for line := range strings.Lines(trace) {
		if says, ok := strings.CutPrefix(line, "E  "); ok {
			return strings.TrimSpace(says)
		}
	}
	return ""
}
