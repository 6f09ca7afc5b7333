package report_test

import (
	"strings"
	"testing"

	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

// None of a few hundred simulated gates is not never, all of them are not always,
// and what nobody knows is not zero.
func TestOddsAreNeverCertain(t *testing.T) {
	for _, test := range []struct {
		odds       *float64
		cell, says string
	}{
		{ptr(0.0), "| under 1% |", "odds of a verdict under 1%"},
		{ptr(0.71), "| 71% |", "odds of a verdict 71%"},
		{ptr(1.0), "| over 99% |", "odds of a verdict over 99%"},
		{nil, "| not known |", "(about $21.00)"},
	} {
		v := verdict(gate.Inconclusive, nil)
		v.Settle = &gate.Settle{By: gate.ByMoreAttempts, Trials: 30, Attempts: 3, Plan: 5, USD: ptr(21.0), Odds: test.odds}
		report.Explain(&v)
		shown := show(t, v)
		if !strings.Contains(shown[report.FormatMarkdown], test.cell) || !strings.Contains(shown[report.FormatText], test.says) {
			t.Errorf("want %q in\n%s\nand %q in\n%s", test.cell, shown[report.FormatMarkdown], test.says, shown[report.FormatText])
		}
	}
}
