package report_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

// drifted is a report of many nights, whose names others chose.
func drifted(name string, changes int) gate.DriftReport {
	r := gate.DriftReport{State: gate.DriftFound, Suite: name, Tasks: 10, LearningNights: 10, Variant: baselines.Variant{Name: name, Model: name, Agent: baselines.Agent{Name: name, Version: name}}}
	rate, before, now, delta := 0.5, 0.8, 0.5, -0.3
	for n := range 400 {
		r.Nights = append(r.Nights, gate.DriftNight{ID: fmt.Sprint(n), Created: time.Date(2026, 1, n, 3, 0, 0, 0, time.UTC), PassRate: &rate})
	}
	r.PassRate = gate.DriftMetric{
		Unit: "fraction", Alarm: true, Sum: 3, AlarmAt: 3, Before: &before, Now: &now, Delta: &delta,
		Since: &gate.DriftSince{Night: "398", Created: r.Nights[398].Created, Nights: 2},
	}
	r.Alarms = []gate.DriftSpan{{Metric: "pass_rate", Since: "398", Found: "399"}}
	for n := range changes {
		r.Changes = append(r.Changes, gate.DriftChange{Night: "398", Key: fmt.Sprintf("suite.digest (task %s%d)", name, n), Before: name, After: name})
	}
	return r
}

func TestDriftTakesTextThatOthersWrote(t *testing.T) {
	const hostile = "<!-- x --> @octocat #7 [a](https://evil.example) \n::error::x\n\x1b[31m</details>"
	r := drifted(hostile, 3)
	report.ExplainDrift(&r)
	text := report.DriftMarkdown(r, 60_000)
	for _, bad := range []string{"<!--", "@octocat", "#7", "](https://", "\n::", "\x1b", "</details>"} {
		if strings.Contains(text, bad) {
			t.Errorf("the Markdown has %q:\n%s", bad, text)
		}
	}
	var b strings.Builder
	if err := report.Drift(&b, r, report.FormatText, report.Options{Text: report.TextOptions{Width: 40}}); err != nil || strings.Contains(b.String(), "\x1b") || strings.Contains(b.String(), "\n::") {
		t.Errorf("the text, %v:\n%s", err, b.String())
	}
}

func TestDriftFits(t *testing.T) {
	r := drifted(strings.Repeat("long", 200), 2000)
	for _, most := range []int{60_000, 3_000, 600, 60} {
		if text := report.DriftMarkdown(r, most); len(text) > most || text == "" {
			t.Errorf("%d bytes, want at most %d", len(text), most)
		}
	}
	if text := report.DriftMarkdown(r, 60_000); !strings.Contains(text, "and 1,994 more") {
		t.Errorf("it does not say how many changes are left out:\n%s", text)
	}
}
