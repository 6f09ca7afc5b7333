package docs_test

import (
	"os"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/pullrequest"
)

// README.md shows the beginning of the comment that the quickstart's verdict gives
// on a pull request, as a quotation, which GitHub shows as it shows the comment:
// each of its lines must be in the comment as it is written today, in that order.
func TestReadmeShowsTheQuickstartsComment(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	head := strings.Repeat("1a2b3c4d", 5)
	rest, err := pullrequest.Body(quickstartVerdict(t), pullrequest.Facts{Head: head, Key: pullrequest.Key{Suite: "quickstart"}})
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for line := range strings.Lines(string(text)) {
		quoted, is := strings.CutPrefix(line, ">")
		if !is || strings.TrimSpace(quoted) == "" {
			continue
		}
		lines++
		_, after, found := strings.Cut(rest, strings.TrimPrefix(quoted, " "))
		if !found {
			t.Errorf("the comment does not have, here or at all: %s", quoted)
			continue
		}
		rest = after
	}
	if lines < 6 {
		t.Errorf("README.md quotes %d lines of the comment, want at least 6", lines)
	}
	if t.Failed() {
		t.Logf("behind the last line found the comment goes on:\n%.2000s", rest)
	}
}
