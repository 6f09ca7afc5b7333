package docs_test

import (
	"html"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/internal/golden"
	"github.com/benchgate/benchgate/internal/pullrequest"
)

// README.md shows a picture of how the comment begins that the quickstart's verdict
// gives on a pull request. testdata/comment.md is its text; TestReadmesPicture of
// internal/pullrequest holds the pictures to that.
func TestThePicturesTextIsTheQuickstartsComment(t *testing.T) {
	golden.Check(t, "testdata/comment.md", []byte(pictured(t)))
}

// alternative is the text of README.md's only picture.
var alternative = regexp.MustCompile(`alt="([^"]*)"`)

// Who does not see the picture reads its first line, which tasks broke, and why.
// go test ./docs -update writes it.
func TestReadmesPictureHasItsWords(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	has := alternative.FindAllStringSubmatch(string(text), -1)
	if len(has) != 1 {
		t.Fatalf("README.md has %d alternative texts, want one", len(has))
	}
	want := `alt="` + html.EscapeString(inWords(pictured(t))) + `"`
	switch {
	case has[0][0] == want:
	case *golden.Update:
		if err := os.WriteFile("../README.md", []byte(strings.Replace(string(text), has[0][0], want, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("README.md says something else of its picture: run go test ./docs -update (-want +README.md):\n%s", cmp.Diff(want, has[0][0]))
	}
}

// pictured is the comment down to what is folded.
func pictured(t *testing.T) string {
	t.Helper()
	f := pullrequest.Facts{Head: strings.Repeat("1a2b3c4d", 5), Key: pullrequest.Key{Suite: "quickstart"}}
	comment, err := pullrequest.Summary(quickstartVerdict(t), f, 60_000)
	if err != nil {
		t.Fatal(err)
	}
	beginning, _, folded := strings.Cut(comment, "<details>")
	if !folded {
		t.Fatalf("nothing is folded in the comment:\n%s", comment)
	}
	return strings.TrimSpace(beginning) + "\n"
}

// inWords are the lines of the comment that a picture's alternative text has, without
// their marks.
func inWords(comment string) string {
	var said []string
	for line := range strings.Lines(comment) {
		if len(said) == 0 || strings.HasPrefix(line, "**") {
			said = append(said, strings.TrimSpace(strings.NewReplacer("### ", "", "**", "", "`", "", `\`, "").Replace(line)))
		}
	}
	return "The comment: " + strings.Join(said, ". ") + "."
}
