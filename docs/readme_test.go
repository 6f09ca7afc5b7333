package docs_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// README.md begins with the quickstart's report, shortened: each of its lines
// must be in the report as it is printed today, in that order.
func TestReadmeShowsTheQuickstartsReport(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```\n(.*?)```").FindSubmatch(text)
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
var running = regexp.MustCompile(`\$[0-9.]+ (used by|saved by)`)

// words are a report's, without frame and line breaks, which depend on the
// width of the terminal.
func words(text string) string {
	text = strings.Join(strings.Fields(strings.ReplaceAll(text, "┃", " ")), " ")
	return running.ReplaceAllString(text, "$$ $1")
}
