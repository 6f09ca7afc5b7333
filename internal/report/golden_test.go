package report_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/golden"
	"github.com/benchgate/benchgate/internal/report"
)

// Each story is one verdict, and its golden file what people get to see of it.
func TestVerdictsAsPeopleSeeThem(t *testing.T) {
	for _, story := range stories {
		t.Run(story.name, func(t *testing.T) {
			v := story.verdict()
			renders(t, story.name, []rendering{
				{"terminal", text(v, report.TextOptions{})},
				{"terminal-80", text(v, report.TextOptions{Width: 80})},
				{"terminal-48", text(v, report.TextOptions{Width: 48})},
				{"full", text(v, report.TextOptions{Full: true})},
				{"full-80", text(v, report.TextOptions{Full: true, Width: 80})},
				{"full-48", text(v, report.TextOptions{Full: true, Width: 48})},
				{"comment.md", func(b *bytes.Buffer) error { return report.Markdown(b, v, report.MarkdownOptions{}) }},
				{"junit.xml", func(b *bytes.Buffer) error { return report.JUnit(b, v) }},
			})
		})
	}
}

func TestColours(t *testing.T) {
	renders(t, "colours", []rendering{
		{"terminal", text(regression(), report.TextOptions{Color: true})},
		{"full", text(regression(), report.TextOptions{Color: true, Full: true})},
	})
}

func text(v gate.Verdict, opts report.TextOptions) func(*bytes.Buffer) error {
	return func(b *bytes.Buffer) error { return report.Text(b, v, opts) }
}

type rendering struct {
	name  string
	write func(*bytes.Buffer) error
}

// renders compares all renderings of one story with testdata/NAME.txtar.
// Escape characters are shown as ␛.
func renders(t *testing.T, name string, renderings []rendering) {
	t.Helper()
	path := filepath.Join("testdata", name+".txtar")
	var archive txtar.Archive
	for _, r := range renderings {
		var b bytes.Buffer
		if err := r.write(&b); err != nil {
			t.Fatalf("%s: %v", r.name, err)
		}
		shown := strings.ReplaceAll(b.String(), "\x1b", "␛")
		archive.Files = append(archive.Files, txtar.File{Name: r.name, Data: []byte(shown)})
	}
	golden.Check(t, path, txtar.Format(&archive))
}
