package docs_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/report"
)

// README.md shows the quickstart's report, less its warnings: each of its lines must
// be in the report as it is printed today, in that order.
func TestReadmeShowsTheQuickstartsReport(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)\n\n```\n(.*?)```").FindSubmatch(text)
	if block == nil {
		t.Fatal("README.md has no block of output")
	}
	rest := words(quickstartReport(t))
	for line := range strings.Lines(string(block[1])) {
		_, after, found := strings.Cut(rest, words(line))
		if !found {
			t.Errorf("the report does not have, here or at all: %s", line)
			continue
		}
		rest = after
	}
}

// running is money that depends on which trials were still running when the
// verdict was given: it differs from run to run.
var running = regexp.MustCompile(`(all that ran|about) \$[0-9.]+`)

// words are a report's, without frame and line breaks, which depend on the
// width of the terminal.
func words(text string) string {
	text = strings.Join(strings.Fields(strings.ReplaceAll(text, "┃", " ")), " ")
	return running.ReplaceAllString(text, "$1")
}

// A report is to be read at a glance, also with the warnings that a replayed run
// has, and in a log that is 100 columns wide.
func TestTheQuickstartsReportHasAtMostTwelveLines(t *testing.T) {
	replayed := "model-a (baseline) was replayed from recordings, nothing was asked of a model now: recorded with the real Claude Code"
	v := quickstartVerdict(t)
	v.Warnings = append([]string{replayed, replayed}, v.Warnings...)
	var b strings.Builder
	opts := report.TextOptions{Width: 100, InFull: "benchgate report --full .benchgate/runs/20261126T192141.794Z-hxuo6g"}
	if err := report.Text(&b, v, opts); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "\n"); n < 8 || n > 12 {
		t.Errorf("%d lines:\n%s", n, b.String())
	}
}
