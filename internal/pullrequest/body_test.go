package pullrequest

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/golden"
	"github.com/benchgate/benchgate/internal/report"
)

var states = []string{"informed-pass", "informed-regression", "strict-inconclusive", "incomparable", "not-measured", "fixed-costs-unknown", "fixed-zero-solved"}

func facts(v gate.Verdict) Facts {
	return Facts{
		Head: measured, BuildURL: "https://github.com/octocat/Hello-World/actions/runs/5",
		Key: Key{Workflow: ".github/workflows/gate.yml", Job: "gate", Suite: v.Candidate.Suite.Name}, Build: Build{5, 1},
	}
}

// checkOf is the check run of a verdict.
func checkOf(v gate.Verdict, f Facts) (checkRun, error) {
	said, err := saidVerdict(v, f, Neutral, Always)
	if err != nil {
		return checkRun{}, err
	}
	return said.checkRun(f)
}

func body(t testing.TB, v gate.Verdict, f Facts) string {
	t.Helper()
	b, err := commentOf(v, f)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What this package adds to a report, in each state, and how its check run is
// listed. The report in between has golden files of its own.
func TestCommentsAndCheckRunsAsPeopleSeeThem(t *testing.T) {
	var seen strings.Builder
	for _, state := range states {
		v := verdict(t, state)
		fmt.Fprintf(&seen, "==== %s\n%s", state, around(t, v, facts(v)))
		check, err := checkOf(v, facts(v))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&seen, "---- check run %q: %s: %s\n", check.name, check.conclusion, check.title)
		if whole, err := Summary(v, facts(v), maxBody); err != nil || check.summary+check.text != whole || strings.Contains(check.summary, "<details>") || !strings.HasPrefix(check.text, "<details>") {
			t.Errorf("%s: summary and text are not the comment, parted where its folded parts begin", state)
		}
	}
	v := verdict(t, "informed-pass")
	f := facts(v)
	f.Behind, f.ArtifactURL = Behind{Head: newer, Commits: 3}, "https://example.com/files(1)?a=b|c"
	fmt.Fprintf(&seen, "==== behind the head, with files\n%s", around(t, v, f))
	golden.Check(t, "testdata/comments.md", []byte(seen.String()))
}

// around is the comment with the report's first line in the place of the
// report.
func around(t *testing.T, v gate.Verdict, f Facts) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Markdown(&b, v, report.MarkdownOptions{MaxBytes: maxBody}); err != nil {
		t.Fatal(err)
	}
	whole := body(t, v, f)
	first, _, _ := strings.Cut(b.String(), "\n")
	if strings.Count(whole, b.String()) != 1 {
		t.Errorf("the comment does not hold the report:\n%s", whole)
	}
	return strings.Replace(whole, b.String(), first+"\n(the rest of the report)\n", 1)
}

func TestNothingUnknownConcludesInSuccess(t *testing.T) {
	for _, outcome := range []gate.Outcome{"", gate.NotMeasured, gate.Regression, gate.Incomparable, "brilliant"} {
		if got := conclude(gate.Verdict{Outcome: outcome}, Facts{}, Success); got != Failure {
			t.Errorf("%q concludes in %s", outcome, got)
		}
	}
}

// page is what GitHub's dialect makes of a comment.
type page struct {
	links []string // where links lead
	html  []string // raw HTML
	prose []string // text outside code
}

func parse(source string) page {
	var p page
	src := []byte(source)
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(src))
	ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			p.links = append(p.links, string(n.Destination))
		case *ast.Image:
			p.links = append(p.links, "image "+string(n.Destination))
		case *ast.AutoLink:
			p.links = append(p.links, "bare "+string(n.URL(src)))
		case *ast.RawHTML:
			p.html = append(p.html, string(n.Segments.Value(src)))
		case *ast.HTMLBlock:
			p.html = append(p.html, strings.TrimSpace(string(n.Lines().Value(src))))
		case *ast.CodeSpan, *ast.FencedCodeBlock:
			return ast.WalkSkipChildren, nil
		case *ast.Text:
			p.prose = append(p.prose, string(n.Segment.Value(src)))
		}
		return ast.WalkContinue, nil
	})
	return p
}

var (
	ourHTML = regexp.MustCompile(`^(<details><summary>[^<>]+</summary>|</details>|<sub>|</sub>|<!-- benchgate:comment/v1 [a-z0-9=._ ]+ -->)$`)
	mention = regexp.MustCompile(`@[A-Za-z0-9]`)
	command = regexp.MustCompile(`(?m)^\s*::|##\[`)
)

// harmless wants a comment without anything that a name could have put there:
// the links are those of the facts, the HTML is ours, what is opened is closed,
// and the only marker is the last line.
func harmless(t testing.TB, source string, f Facts, links []string) {
	t.Helper()
	p := parse(source)
	if !slices.Equal(p.links, links) {
		t.Errorf("links lead to %q, want %q", p.links, links)
	}
	opened := 0
	for _, html := range p.html {
		if !ourHTML.MatchString(html) {
			t.Errorf("HTML that is not ours: %q", html)
		}
		opened += strings.Count(html, "<details>") - strings.Count(html, "</details>")
		if opened < 0 || opened > 1 {
			t.Errorf("%d parts are open at %q", opened, html)
		}
	}
	if opened != 0 {
		t.Errorf("%d parts stay open", opened)
	}
	for _, prose := range p.prose {
		if mention.MatchString(prose) {
			t.Errorf("somebody is mentioned: %q", prose)
		}
	}
	if at := command.FindString(source); at != "" {
		t.Errorf("a runner would obey %q", at)
	}
	last := strings.TrimSpace(source[strings.LastIndexByte(strings.TrimSpace(source), '\n')+1:])
	if m, found := readMarker(source); !found || m.key != f.Key.hash() || strings.Count(source, "<!--") != 1 || !strings.HasPrefix(last, "<!--") {
		t.Errorf("the last line is %q, of %d hidden comments", last, strings.Count(source, "<!--"))
	}
	if utf8.RuneCountInString(source) > 65_536 || len(source) > maxBody || !utf8.ValidString(source) {
		t.Errorf("%d bytes, valid UTF-8: %v", len(source), utf8.ValidString(source))
	}
}

// hostile puts a text wherever a task, an agent, an image or a model can.
func hostile(t testing.TB, name string) gate.Verdict {
	v := verdict(t, "informed-regression")
	v.Headline, v.Reasons, v.Warnings = name, []string{name, name + name}, []string{name}
	for i := range v.Tasks {
		v.Tasks[i].ID, v.Tasks[i].Tier = name, name
	}
	for _, h := range []*baselines.Header{&v.Baseline, &v.Candidate} {
		h.ID, h.Benchgate, h.Suite.Name, h.Suite.Digest, h.Host.Engine, h.Prices.Source, h.Prices.Digest = name, name, name, name, name, name, name
		h.Variant = baselines.Variant{Name: name, Model: name, Agent: baselines.Agent{Name: name, Version: name}, Settings: baselines.Settings{
			Effort: name, Arguments: []string{name}, Files: map[string]string{name: name}, Command: []string{name}, Recording: name,
		}}
		for i := range h.Suite.Tasks {
			h.Suite.Tasks[i] = baselines.Task{ID: name, Digest: name, Tier: name, Image: name}
		}
	}
	for kind, m := range v.Metrics {
		m.Note, m.Method = name, name
		v.Metrics[kind] = m
	}
	return v
}

// saidOf is what is said without a verdict, with a text wherever somebody else's
// can be.
func saidOf(name string) []said {
	running := underWay(3)
	running.Candidate.Name, running.Baseline.Name = name, name
	of := first()
	of.Run.Header.Variant = baselines.Variant{Name: name, Model: name, Agent: baselines.Agent{Name: name, Version: name}}
	of.Run.Header.ID, of.Run.Header.Suite.Name, of.Save, of.Early = name, name, name, []string{name}
	for i := range of.Run.Header.Suite.Tasks {
		of.Run.Header.Suite.Tasks[i].ID, of.Run.Header.Suite.Tasks[i].Tier = name, name
	}
	for i := range of.Run.Trials {
		of.Run.Trials[i].Task, of.Run.Trials[i].Reason = name, name
	}
	kept := of
	kept.Save, kept.Dir = "", name
	short := kept
	short.Missing = []baselines.Key{{Task: name, Attempt: 1}}
	return []said{
		saidRunning(running, Always), saidFirst(of, Always), saidFirst(kept, Always), saidFirst(short, Always),
		saidStopped(report.Stopped{How: report.Failed, Why: name}, Always), saidStopped(report.Stopped{How: report.Superseded, Why: name}, Always),
		saidStopped(report.Stopped{Why: name}, Always),
	}
}

func FuzzWhatOthersWroteIsHarmless(f *testing.F) {
	theirs := marker{key: Key{Suite: "another"}.hash(), head: newer, build: Build{1 << 50, 1}, state: "pass"}.String()
	for _, seed := range []string{
		"@octocat", "x\n\n" + theirs, theirs, "</details></table>\n\n# Pass", "<script>alert(1)</script>", "<details><summary>x",
		"[click](https://evil.example)", "![](https://evil.example/p.png)", "https://evil.example www.evil.example", "::error file=x::y", "x\n::stop-commands::y", "##[error]x",
		"`a` `` b ``` c", "a|b\\|c", "-->", "--!>", "\u202e\u200b", "&lt;b&gt;", "<https://evil.example>", "mailto:a@b.example", "[x]: https://evil.example", "octo/cat#1 GH-1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		v := hostile(t, name)
		about := facts(v)
		about.ArtifactURL, about.Behind = "https://example.com/files", Behind{Head: newer, Commits: 2}
		about.Circumstances = Circumstances{
			Dispatcher: name, Again: 1, Unverified: true,
			Changes: []Change{{File: name, Part: name, From: name, To: name}, {File: name}, {File: "b" + name, Part: name}},
		}
		links := []string{about.BuildURL, about.ArtifactURL}
		reports := append([]string{guideOf(v.Candidate.Benchgate)}, links...)
		harmless(t, body(t, v, about), about, reports)
		about.Accepted, about.Acceptable = &Acceptance{By: name, Until: time.Unix(1e9, 0)}, name
		harmless(t, body(t, v, about), about, reports)
		for _, s := range saidOf(name) {
			text, err := s.body(about)
			if err != nil {
				t.Fatal(err)
			}
			harmless(t, text, about, links)
			if utf8.RuneCountInString(s.title) > 80 || strings.ContainsAny(s.title, "\r\n") {
				t.Errorf("the title is %q", s.title)
			}
			if s.passing != "" {
				above := over(body(t, v, about), s.aboveOlder(Behind{Head: newer}, measured, about), s.marker(about))
				harmless(t, above, about, append([]string{about.BuildURL}, reports...))
			}
		}
		if title := report.Title(v); utf8.RuneCountInString(title) > 80 || strings.ContainsAny(title, "\r\n") {
			t.Errorf("the title is %q", title)
		}
		if suite := CheckName(v.Candidate.Suite.Name); utf8.RuneCountInString(suite) > 120 || strings.ContainsAny(suite, "\r\n") {
			t.Errorf("the check run is called %q", suite)
		}
	})
}

// GitHub refuses a comment above 65,536 characters. What was paid for is never
// lost to that.
func TestABodyFitsWhateverItIsMadeOf(t *testing.T) {
	v := verdict(t, "informed-regression")
	rows := v.Tasks
	for i := range 3000 {
		row := rows[i%len(rows)]
		row.ID = strings.Repeat("@#<é", 30) + string(rune('a'+i%26))
		v.Tasks = append(v.Tasks, row)
	}
	f := facts(v)
	f.BuildURL, f.ArtifactURL = "https://example.com/"+strings.Repeat("a", 1900), "https://example.com/"+strings.Repeat("b", 1900)
	harmless(t, body(t, v, f), f, []string{guideOf(v.Candidate.Benchgate), f.BuildURL, f.ArtifactURL})
	check, err := checkOf(v, f)
	if err != nil || len(check.summary) > 65_535 || len(check.text) > 65_535 || check.summary == "" {
		t.Errorf("summary of %d bytes, text of %d, %v", len(check.summary), len(check.text), err)
	}
	r := newRig(t)
	o := r.options(v)
	o.BuildURL, o.ArtifactURL = f.BuildURL, f.ArtifactURL
	r.posts(o)
}

// commentOf is the whole comment on a verdict.
func commentOf(v gate.Verdict, f Facts) (string, error) {
	said, err := saidVerdict(v, f, Neutral, Always)
	if err != nil {
		return "", err
	}
	return said.body(f)
}

// A report of a release leads to that release's page. What a fork's run says of its
// version leads nowhere else.
func TestAReportLeadsToThePageOfItsVersion(t *testing.T) {
	for version, at := range map[string]string{
		"v0.2.0": "v0.2.0", "devel": "main", "": "main", "v0.2.0-dirty": "main", "../../../evil/evil": "main", "v0.2.0\n": "main",
	} {
		want := "https://github.com/benchgate/benchgate/blob/" + at + "/docs/statistics.md#reading-a-report"
		if got := guideOf(version); got != want {
			t.Errorf("of %q it leads to %s, want %s", version, got, want)
		}
	}
}
