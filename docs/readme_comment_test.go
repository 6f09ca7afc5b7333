package docs_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/internal/golden"
	"github.com/benchgate/benchgate/internal/pullrequest"
)

// quotation is the only one of README.md.
var quotation = regexp.MustCompile(`(?m)(^>.*\n)+`)

// README.md shows how the comment begins that the quickstart's verdict gives on a
// pull request, as a quotation, which GitHub shows as it shows the comment. go test
// ./docs -update writes it.
func TestReadmeShowsTheQuickstartsComment(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	has := quotation.FindAllString(string(text), -1)
	if len(has) != 1 {
		t.Fatalf("README.md has %d quotations, want one", len(has))
	}
	f := pullrequest.Facts{Head: strings.Repeat("1a2b3c4d", 5), Key: pullrequest.Key{Suite: "quickstart"}}
	comment, err := pullrequest.Summary(quickstartVerdict(t), f, 60_000)
	if err != nil {
		t.Fatal(err)
	}
	want := beginning(t, comment)
	switch {
	case has[0] == want:
	case *golden.Update:
		if err := os.WriteFile("../README.md", []byte(strings.Replace(string(text), has[0], want, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("README.md quotes another comment: run go test ./docs -update (-want +README.md):\n%s", cmp.Diff(want, has[0]))
	}
}

// beginning is the comment until it says why, as a quotation. GitHub shows no
// alert in one, so that the line which makes a quotation an alert is left out.
func beginning(t *testing.T, comment string) string {
	t.Helper()
	var b strings.Builder
	for line := range strings.Lines(comment) {
		if strings.HasPrefix(line, "> [!") {
			continue
		}
		b.WriteString(strings.TrimRight("> "+line, " \n") + "\n")
		if strings.HasPrefix(line, "**Why:**") {
			return b.String()
		}
	}
	t.Fatalf("the comment does not say why:\n%s", comment)
	return ""
}
