package report_test

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	gmtext "github.com/yuin/goldmark/text"

	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

func markdown(t testing.TB, v gate.Verdict, maxBytes int) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Markdown(&b, v, report.MarkdownOptions{MaxBytes: maxBytes}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// page is what GitHub's dialect (tables, bare links, strikethrough) makes of
// a report.
type page struct {
	tables [][][]string // cells as they read
	prose  []string     // text outside code
	html   []string     // raw HTML
	links  int          // links and images of any kind
	struck int
}

func parse(source string) page {
	var p page
	src := []byte(source)
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(gmtext.NewReader(src))
	ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link, *ast.AutoLink, *ast.Image:
			p.links++
		case *ast.RawHTML:
			p.html = append(p.html, string(n.Segments.Value(src)))
		case *ast.HTMLBlock:
			p.html = append(p.html, strings.TrimSpace(string(n.Lines().Value(src))))
		case *east.Strikethrough:
			p.struck++
		case *east.Table:
			p.tables = append(p.tables, cells(n, src))
		case *ast.Paragraph, *ast.TextBlock, *ast.Heading, *east.TableCell:
			p.prose = append(p.prose, read(n, src, false))
		}
		return ast.WalkContinue, nil
	})
	return p
}

func cells(table ast.Node, src []byte) [][]string {
	var rows [][]string
	for row := table.FirstChild(); row != nil; row = row.NextSibling() {
		var line []string
		for c := row.FirstChild(); c != nil; c = c.NextSibling() {
			line = append(line, read(c, src, true))
		}
		rows = append(rows, line)
	}
	return rows
}

// read is the text a reader sees in the node, with or without code spans.
func read(n ast.Node, src []byte, withCode bool) string {
	var b strings.Builder
	ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.CodeSpan:
			if !withCode {
				b.WriteByte(' ')
				return ast.WalkSkipChildren, nil
			}
		case *ast.Text:
			b.Write(unescape(n.Segment.Value(src), n.Parent()))
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

var backslash = regexp.MustCompile(`\\([!-/:-@\[-` + "`" + `{-~])`)

// unescape does what a renderer does to text.
func unescape(s []byte, parent ast.Node) []byte {
	if parent.Kind() == ast.KindCodeSpan {
		return bytes.ReplaceAll(s, []byte(`\|`), []byte(`|`))
	}
	s = backslash.ReplaceAll(s, []byte("$1"))
	return []byte(strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", "&#8203;", "\u200b", "&nbsp;", " ").Replace(string(s)))
}

// live is what GitHub turns into links, mentions and references in text.
var (
	live    = regexp.MustCompile(`@[A-Za-z0-9]|#[0-9]|(?i:\bgh-[0-9]|www\.)|://`)
	hexWord = regexp.MustCompile(`\b[0-9a-f]{7,}\b`)
)

var ourHTML = regexp.MustCompile(`^(<details><summary>[A-Za-z0-9,;: ]+</summary>|</details>|<sub>|</sub>)$`)

func harmless(t testing.TB, source string) page {
	t.Helper()
	p := parse(source)
	if p.links > 0 || p.struck > 0 {
		t.Errorf("%d links or images, %d struck out", p.links, p.struck)
	}
	for _, html := range p.html {
		if !ourHTML.MatchString(html) {
			t.Errorf("HTML that is not ours: %q", html)
		}
	}
	for _, prose := range p.prose {
		for _, at := range live.FindAllString(prose, -1) {
			t.Errorf("%q would come alive on GitHub in %q", at, prose)
		}
		for _, at := range hexWord.FindAllString(prose, -1) {
			if strings.ContainsAny(at, "0123456789") && strings.ContainsAny(at, "abcdef") {
				t.Errorf("%q could be a commit's hash in %q", at, prose)
			}
		}
	}
	if strings.Contains(source, "<!--") {
		t.Error("the source holds a hidden comment, which could pass for the pull request's marker")
	}
	return p
}

func TestMarkdownOfOthersIsHarmless(t *testing.T) {
	for _, story := range stories {
		t.Run(story.name, func(t *testing.T) { harmless(t, markdown(t, story.verdict(), 0)) })
	}
}

func TestMarkdownTablesHoldTheirRows(t *testing.T) {
	tables := harmless(t, markdown(t, hostile(), 0)).tables
	var shape [][2]int
	for _, table := range tables {
		shape = append(shape, [2]int{len(table), len(table[0])})
	}
	// Main metrics (2), others (1), tasks (3), facts (11), each with titles.
	if diff := cmp.Diff([][2]int{{3, 7}, {2, 7}, {4, 9}, {12, 3}}, shape); diff != "" {
		t.Errorf("rows and columns of the tables (-want +got):\n%s", diff)
	}
	shown := strings.ReplaceAll(tables[2][1][0], "\u200b", "")
	if want := "x`|</td></table><img src=x onerror=alert(1)><script>alert(1)</script> # Heading [click](https://evil.example)"; !strings.HasPrefix(shown, want) {
		t.Errorf("the hostile task reads %q, want its own text, beginning with %q", shown, want)
	}
	// A cell's pipe or line break must not push text into other columns.
	if got := tables[2][1][2:4]; !slices.Equal(got, []string{"1/2", "▼ 0/2"}) {
		t.Errorf("the hostile task's numbers are %q", got)
	}
}

func TestMarkdownFitsAnyBudget(t *testing.T) {
	for _, story := range stories {
		v := story.verdict()
		whole := len(markdown(t, v, 1<<20))
		for _, limit := range []int{1, 5, 60, 200, 1000, 3000, 9000, whole - 1, whole} {
			if limit > whole {
				continue
			}
			got := markdown(t, v, limit)
			if len(got) > limit || !utf8.ValidString(got) {
				t.Errorf("%s within %d bytes: %d bytes, valid UTF-8: %v", story.name, limit, len(got), utf8.ValidString(got))
			}
			if limit >= 1000 {
				harmless(t, got)
			}
			if limit >= 60 && !strings.Contains(got, outcomeName(v.Outcome)) {
				t.Errorf("%s within %d bytes lost its outcome: %q", story.name, limit, got)
			}
			if limit == whole-1 && limit > 5000 && !strings.Contains(got, "shortened to fit") {
				t.Errorf("%s within %d bytes does not say that it is shortened", story.name, limit)
			}
		}
	}
}

func outcomeName(o gate.Outcome) string {
	name := strings.ReplaceAll(string(o), "_", " ")
	if name == "" {
		name = "not measured"
	}
	return name[1:] // whatever its first letter's case
}

// A suite of thousands must not cost the comment.
func TestThousandsOfTasksFitAComment(t *testing.T) {
	tasks := hundredTasks().Tasks
	for i := range tasks {
		tasks[i].ID = strings.Repeat("@#<", 40) + tasks[i].ID
	}
	v := hundredTasks()
	for range 20 {
		v.Tasks = append(v.Tasks, tasks...)
	}
	got := markdown(t, v, 0)
	if len(got) > 60_000 {
		t.Errorf("%d bytes", len(got))
	}
	harmless(t, got)
}

func FuzzMarkdown(f *testing.F) {
	f.Add(evil, evil)
	f.Add("a@b", "-")
	f.Add("1)", "====")
	f.Add("~~x~~", "www.x.example gh-1 \\@a \\\\#1")
	f.Add("x\u2028y", "\u00a0# x")
	f.Fuzz(func(t *testing.T, name, prose string) {
		v := regression()
		v.Tasks[0].ID, v.Tasks[0].Tier, v.Candidate.Variant.Name = name, name, name
		v.Headline, v.Reasons, v.Warnings = prose, []string{prose, name}, []string{name + prose}
		want := parse(markdown(t, regression(), 1<<20))
		got := harmless(t, markdown(t, v, 1<<20))
		if len(got.tables) != len(want.tables) {
			t.Fatalf("%d tables, want %d", len(got.tables), len(want.tables))
		}
		for i := range got.tables {
			if len(got.tables[i]) != len(want.tables[i]) {
				t.Errorf("table %d has %d rows, want %d", i, len(got.tables[i]), len(want.tables[i]))
			}
		}
	})
}
