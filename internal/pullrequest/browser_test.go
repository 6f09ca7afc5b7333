package pullrequest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	gmhtml "github.com/yuin/goldmark/renderer/html"

	"github.com/benchgate/benchgate/internal/realparts"
)

// commentWidth is how wide GitHub's comments are on an ordinary screen.
const commentWidth = 900

// layout is what the browser found of one comment.
type layout struct {
	Name        string
	Overflow    int      // by how many pixels something is wider than the comment
	Wide        []string // which elements are
	Tables      int
	PipesInText int // paragraphs that would be tables
	OpenDetails int
	Details     int
	Tail        int // pixels below the last line that can be seen
	Height      int
	Shown       bool   // the marker's text
	First       string // the first line as it is seen
}

// measure is run by the page over each comment, and puts what it found where the
// browser's output has it.
const measure = `
const found = [];
for (const a of document.querySelectorAll("article")) {
  const box = a.getBoundingClientRect();
  const wide = [];
  for (const e of a.querySelectorAll("*")) {
    const over = Math.ceil(e.getBoundingClientRect().right - box.right);
    if (over > 0 && e.closest("pre") === null) wide.push(e.tagName + " +" + over);
  }
  let bottom = 0;
  for (const e of a.children) if (e.getBoundingClientRect().height > 0) bottom = Math.max(bottom, e.getBoundingClientRect().bottom);
  found.push({
    Name: a.id, Overflow: a.scrollWidth - a.clientWidth, Wide: wide.slice(0, 5),
    Tables: a.querySelectorAll("table").length,
    PipesInText: [...a.querySelectorAll("p")].filter(p => /\|.*\|/.test(p.textContent)).length,
    OpenDetails: a.querySelectorAll("details[open]").length, Details: a.querySelectorAll("details").length,
    Tail: Math.round(box.bottom - bottom), Height: Math.round(box.height),
    Shown: a.innerText.includes("benchgate:comment"), First: a.innerText.trim().split("\n")[0],
  });
}
document.getElementById("found").textContent = JSON.stringify(found);
`

// style is like GitHub's for comments, in what decides about the layout: the
// widths, the font sizes, how tables break and scroll.
const style = `
:root { color-scheme: light; --bg: #ffffff; --fg: #1f2328; --line: #d1d9e0; --soft: #f6f8fa; --link: #0969da; --quiet: #59636e; --warn: #9a6700; --bad: #cf222e; --good: #1a7f37; --note: #0969da; }
:root.dark { color-scheme: dark; --bg: #0d1117; --fg: #f0f6fc; --line: #3d444d; --soft: #151b23; --link: #4493f8; --quiet: #9198a1; --warn: #d29922; --bad: #f85149; --good: #3fb950; --note: #4493f8; }
body { margin: 16px; background: var(--bg); color: var(--fg); font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, "DejaVu Sans", sans-serif, "Noto Color Emoji"; }
article { box-sizing: border-box; width: 900px; padding: 16px; margin: 0 0 24px; border: 1px solid var(--line); border-radius: 6px; overflow-wrap: break-word; }
article > :first-child { margin-top: 0 } article > :last-child { margin-bottom: 0 }
h3 { font-size: 1.25em; line-height: 1.25; margin: 16px 0; font-weight: 600 }
p, ul, table, pre, details, blockquote { margin: 0 0 16px }
ul { padding-left: 2em } a { color: var(--link) } sub { font-size: 75%; line-height: 0; position: relative; vertical-align: baseline; bottom: -.25em }
code { font: 85% ui-monospace, "DejaVu Sans Mono", monospace; background: var(--soft); padding: .2em .4em; border-radius: 6px; white-space: break-spaces }
pre { padding: 16px; overflow: auto; background: var(--soft); border-radius: 6px; line-height: 1.45 } pre code { padding: 0; background: none; white-space: pre }
table { display: block; width: max-content; max-width: 100%; overflow: auto; border-spacing: 0; border-collapse: collapse }
th, td { padding: 6px 13px; border: 1px solid var(--line) } tr:nth-child(2n) { background: var(--soft) }
blockquote { padding: 0 1em; border-left: .25em solid var(--line); color: var(--quiet) }
blockquote.alert { padding: 8px 16px; color: inherit } .alert > :last-child { margin-bottom: 0 } .alert b.kind { display: block; font-weight: 500 }
.alert.caution { border-color: var(--bad) } .caution .kind { color: var(--bad) } .alert.warning { border-color: var(--warn) } .warning .kind { color: var(--warn) }
.alert.tip { border-color: var(--good) } .tip .kind { color: var(--good) } .alert.note { border-color: var(--note) } .note .kind { color: var(--note) }
#found { display: none }
`

var alert = regexp.MustCompile(`<blockquote>\s*<p>\[!(CAUTION|WARNING|TIP|NOTE)\]\s*`)

// pageOf is a page with comments as GitHub renders them.
func pageOf(t *testing.T, of []picture, dark bool) []byte {
	t.Helper()
	markdown := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(gmhtml.WithUnsafe()))
	class := ""
	if dark {
		class = "dark"
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "<!doctype html><html class=%q><meta charset=utf-8><title>comments</title><style>%s</style><body>\n", class, style)
	for _, p := range of {
		var shown bytes.Buffer
		if err := markdown.Convert([]byte(p.body), &shown); err != nil {
			t.Fatal(err)
		}
		text := alert.ReplaceAllStringFunc(shown.String(), func(m string) string {
			kind := alert.FindStringSubmatch(m)[1]
			return fmt.Sprintf("<blockquote class=\"alert %s\"><b class=kind>%s</b><p>", strings.ToLower(kind), kind[:1]+strings.ToLower(kind[1:]))
		})
		fmt.Fprintf(&b, "<article id=%q>%s</article>\n", p.name, text)
	}
	fmt.Fprintf(&b, "<pre id=found></pre><script>%s</script></body></html>\n", measure)
	return b.Bytes()
}

// browse runs the browser over a page and gives its output.
func browse(t *testing.T, page []byte, arguments ...string) string {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		realparts.Lacking(t, realparts.Chromium, err.Error())
	}
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, page, 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, program, append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--hide-scrollbars", "--user-data-dir=" + t.TempDir(),
	}, append(arguments, "file://"+file)...)...)
	var complaints bytes.Buffer
	command.Stderr = &complaints
	out, err := command.Output()
	if err != nil {
		t.Fatalf("chromium: %v\n%s", err, complaints.String())
	}
	return string(out)
}

var foundText = regexp.MustCompile(`(?s)<pre id="found">(.*?)</pre>`)

// A comment in each state, in a real browser: nothing is wider than the comment,
// tables are tables, what is folded stays so, and the marker is not seen.
// BENCHGATE_PICTURES names a directory to keep pictures of them in.
func TestCommentsInABrowser(t *testing.T) {
	realparts.Need(t, realparts.Chromium)
	all := pictures(t)
	for _, dark := range []bool{false, true} {
		page := pageOf(t, all, dark)
		found := layouts(t, page)
		if len(found) != len(all) {
			t.Fatalf("%d comments on the page, want %d", len(found), len(all))
		}
		for i, l := range found {
			l.wellLaidOut(t, all[i])
		}
	}
	if dir := os.Getenv("BENCHGATE_PICTURES"); dir != "" {
		takePictures(t, dir, all)
	}
}

// layouts are those that the page found of its comments.
func layouts(t *testing.T, page []byte) []layout {
	t.Helper()
	form := foundText.FindStringSubmatch(browse(t, page, fmt.Sprintf("--window-size=%d,1000", commentWidth+100), "--dump-dom"))
	if form == nil {
		t.Fatal("the page did not measure itself")
	}
	var found []layout
	if err := json.Unmarshal([]byte(html.UnescapeString(form[1])), &found); err != nil {
		t.Fatal(err)
	}
	return found
}

func (l layout) wellLaidOut(t *testing.T, p picture) {
	t.Helper()
	if l.Overflow > 0 || len(l.Wide) > 0 {
		t.Errorf("%s: %d px too wide: %v", l.Name, l.Overflow, l.Wide)
	}
	if want := strings.Count(p.body, "\n| :--") + strings.Count(p.body, "\n| --:"); l.Tables != want || l.PipesInText > 0 {
		t.Errorf("%s: %d tables, want %d; %d paragraphs look like tables that are none", l.Name, l.Tables, want, l.PipesInText)
	}
	if want := strings.Count(p.body, "<details>"); l.Details != want || l.OpenDetails > 0 {
		t.Errorf("%s: %d folded parts of %d, %d of them open", l.Name, l.Details, want, l.OpenDetails)
	}
	if l.Shown || l.Tail > 20 {
		t.Errorf("%s: the last line is seen: %v, or leaves %d px", l.Name, l.Shown, l.Tail)
	}
	if l.First == "" || l.Height < 40 {
		t.Errorf("%s: nothing is seen: %+v", l.Name, l)
	}
}

// takePictures keeps one of each comment, light and dark.
func takePictures(t *testing.T, dir string, all []picture) {
	t.Helper()
	for _, p := range all {
		for name, dark := range map[string]bool{"light": false, "dark": true} {
			file, err := filepath.Abs(filepath.Join(dir, p.name+"-"+name+".png"))
			if err != nil {
				t.Fatal(err)
			}
			browse(t, pageOf(t, []picture{p}, dark), fmt.Sprintf("--window-size=%d,1300", commentWidth+32), "--screenshot="+file)
		}
	}
}
