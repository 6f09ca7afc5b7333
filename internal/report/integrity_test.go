package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

func TestIntegrityIsSaidWhereThereIsSomethingToSay(t *testing.T) {
	for want, integrity := range map[string]*gate.Integrity{
		"":  nil,
		" ": {PassRateWithout: new(0.5), Tampered: new(0)},
		"Integrity of the candidate: 2 trials changed what the tests run through, 1 trial refused by the model; pass rate without them 41.7%.": {PassRateWithout: new(5.0 / 12), Tampered: new(2), Refused: 1},
		"Integrity of the candidate: 1 trial answered by another model; nothing is left without them.":                                         {Fallback: 1},
	} {
		v := regression()
		v.Integrity = integrity
		for name, write := range map[string]func(*bytes.Buffer) error{
			"full":     text(v, report.TextOptions{Full: true, Width: 400}),
			"Markdown": func(b *bytes.Buffer) error { return report.Markdown(b, v, report.MarkdownOptions{}) },
		} {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			if says := strings.TrimSpace(want); says != "" && !strings.Contains(b.String(), says) || says == "" && strings.Contains(b.String(), "Integrity") {
				t.Errorf("%s does not say %q:\n%s", name, says, b.String())
			}
		}
	}
}
