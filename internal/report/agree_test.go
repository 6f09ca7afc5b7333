package report_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

// Whatever the verdict, its text, its comment, its JSON, its test results and
// the plan made before it give the same numbers in the same form and the same
// answer to what comes next, and none of them proposes another margin.
func TestAllReportsOfAVerdictAgree(t *testing.T) {
	outcomes, settled, confirmed := make(map[gate.Outcome]int), make(map[gate.SettledBy]int), make(map[gate.ConfirmState]int)
	for seed := range uint64(200) {
		d := draw(seed)
		decide := gate.Decide
		if seed%4 == 0 {
			decide = gate.Foretold
		}
		v := decide(d.policy, d.baseline, d.candidate)
		if factors := []float64{0.9, 1.6}; v.Confirm != nil && seed%3 > 0 {
			baseline, candidate := d.livePairs(factors[seed%3-1])
			v = gate.Confirm(v, baseline, candidate)
		}
		if seed%29 == 7 {
			v = gate.AfterTheData(v, "another-run")
		}
		report.Explain(&v)
		outcomes[v.Outcome]++
		if v.Confirm != nil {
			confirmed[v.Confirm.State]++
		}
		if v.Settle != nil {
			settled[v.Settle.By]++
		}
		shown := show(t, v)
		for format, text := range shown {
			for _, sentence := range slices.Concat([]string{v.Headline}, v.Reasons, v.Warnings) {
				if !strings.Contains(text, sentence) && !(format == report.FormatMarkdown && hasAsTable(v, sentence, text)) {
					t.Errorf("gate %d: %s does not say %q:\n%s", seed, format, sentence, text)
				}
			}
		}
		shown["plan"] = plan(t, d, v)
		shown["short"] = textOf(t, v, report.TextOptions{Width: 4000})
		for format, text := range shown {
			if found := proposesAMargin.FindString(text); found != "" {
				t.Errorf("gate %d: %s proposes another margin (%q):\n%s", seed, format, found, text)
			}
		}
		oneAnswer(t, seed, v, shown)
		rowsAgree(t, seed, v, shown)
		documentAgrees(t, seed, v, shown)
		shortAgrees(t, seed, v, shown[report.FormatText])
		proseAgrees(t, seed, v, shown[report.FormatText])
		planAgrees(t, seed, v, shown["plan"])
		storedIsEnough(t, seed, v, shown[report.FormatText])
		if t.Failed() {
			return
		}
	}
	for _, o := range []gate.Outcome{gate.Pass, gate.Regression, gate.Inconclusive, gate.Incomparable, gate.NotMeasured} {
		if outcomes[o] == 0 {
			t.Errorf("no %s among the verdicts drawn: %v", o, outcomes)
		}
	}
	for _, state := range []gate.ConfirmState{gate.Confirmed, gate.Refuted, gate.Unconfirmed} {
		if confirmed[state] == 0 {
			t.Errorf("no verdict drawn is %s: %v", state, confirmed)
		}
	}
	for _, by := range []gate.SettledBy{gate.ByPlannedTrials, gate.ByMoreAttempts, gate.ByTooMany, gate.ByDeeperBaseline, gate.ByNewBaseline, gate.ByNewTrials, gate.NotByTrials} {
		if settled[by] == 0 {
			t.Errorf("no verdict drawn is settled by %s: %v", by, settled)
		}
	}
}

var proposesAMargin = regexp.MustCompile(`(?i)\b(wider|looser|another|other|larger|smaller|narrower|different|raise the|widen the) margin|\b(use|choose|accept|try) [x×]?[0-9]|max_drop|max_ratio`)

// show renders the verdict in every format, as one line of plain characters
// each, so that escapes and line breaks do not matter.
func show(t *testing.T, v gate.Verdict) map[report.Format]string {
	t.Helper()
	shown := make(map[report.Format]string)
	for _, format := range []report.Format{report.FormatText, report.FormatMarkdown, report.FormatJSON, report.FormatJUnit} {
		var b bytes.Buffer
		opts := report.Options{Text: report.TextOptions{Width: 4000, Full: true}, Markdown: report.MarkdownOptions{MaxBytes: 1 << 20}}
		if err := report.Verdict(&b, v, format, opts); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		switch format {
		case report.FormatMarkdown:
			text = strings.ReplaceAll(html.UnescapeString(strings.NewReplacer("&#8203;", "", "&nbsp;", " ").Replace(text)), `\`, "")
		case report.FormatJUnit:
			text = xmlText(t, text)
		case report.FormatJSON:
			text = jsonText(t, text)
		}
		shown[format] = text
	}
	return shown
}

// xmlText is what a reader of the XML gets: attributes and character data.
func xmlText(t *testing.T, document string) string {
	t.Helper()
	var b strings.Builder
	for d := xml.NewDecoder(strings.NewReader(document)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			for _, a := range x.Attr {
				b.WriteString(a.Value + "\n")
			}
		case xml.CharData:
			b.Write(x)
			b.WriteString("\n")
		}
	}
}

// jsonText lists the sentences of the document.
func jsonText(t *testing.T, document string) string {
	t.Helper()
	var d struct {
		Headline          string
		Reasons, Warnings []string
		Metrics           map[string]struct{ Note string }
	}
	if err := json.Unmarshal([]byte(document), &d); err != nil {
		t.Fatal(err)
	}
	lines := slices.Concat([]string{d.Headline}, d.Reasons, d.Warnings)
	for _, name := range slices.Sorted(maps.Keys(d.Metrics)) {
		lines = append(lines, d.Metrics[name].Note)
	}
	return strings.Join(lines, "\n")
}

func plan(t *testing.T, d drawn, v gate.Verdict) string {
	t.Helper()
	suite := d.candidate.Header.Suite
	p := report.Planned{Suite: suite.Name, Tasks: len(suite.Tasks), Policy: d.policy, Workers: 1}
	p.Policy.Attempts = d.candidate.Header.Limits.Attempts
	order := gate.Order(p.Policy, d.baseline, suite, p.Policy.Attempts, 1, nil)
	p.Forecast = gate.Predict(p.Policy, d.baseline, d.candidate.Header, order, 1, 1)
	if v.Outcome == gate.Incomparable {
		p.Incomparable = report.Difference(v.Differences)
	}
	var b bytes.Buffer
	if err := report.Plan(&b, p, report.FormatText); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// hasAsTable reports whether a comment has the reason as the row of a table.
func hasAsTable(v gate.Verdict, reason, comment string) bool {
	for _, d := range v.Differences {
		if strings.HasPrefix(reason, d.Name()+" differs: ") {
			return strings.Contains(comment, "`"+d.A+"` | `"+d.B+"` |")
		}
	}
	if v.Settle == nil || !strings.HasPrefix(reason, "What would settle it: ") {
		return false
	}
	_, table, found := strings.Cut(comment, "| what would settle it | trials | about | odds of a verdict |")
	row := strings.Split(table, "\n")[min(2, strings.Count(table, "\n"))]
	trials := cmp.Or(v.Settle.Trials, v.Settle.BaselineTrials)
	if v.Settle.By == gate.ByDeeperBaseline {
		trials = v.Settle.Attempts * len(v.Tasks)
	}
	return found && strings.Contains(row, fmt.Sprintf("| %d ", trials))
}

// oneAnswer makes sure that each report says in one line what to do next, and
// only where there is something to do.
func oneAnswer(t *testing.T, seed uint64, v gate.Verdict, shown map[report.Format]string) {
	t.Helper()
	next := regexp.MustCompile(`What would settle it|more attempts? a task|limits\.attempts|\d attempts each for|it takes \d|not in yet|attempts? a task on both sides`)
	want := 0
	if v.Outcome == gate.Inconclusive {
		want = 1
	}
	for format, text := range shown {
		if format == "plan" || format == "short" {
			continue
		}
		said := 0
		for line := range strings.Lines(text) {
			if next.MatchString(line) {
				said++
			}
		}
		if said != want {
			t.Errorf("gate %d (%s): %d lines of %s say what would settle it, want %d:\n%s", seed, v.Outcome, said, format, want, text)
		}
	}
}

// rowsAgree takes each gated metric from the test results and looks for its
// numbers in the rows of text and Markdown.
func rowsAgree(t *testing.T, seed uint64, v gate.Verdict, shown map[report.Format]string) {
	t.Helper()
	numbers := regexp.MustCompile(`(?m)^(\S+|none solved|not known) → (\S+|none solved|not known)(?:, (\S+(?: pts)?))?(?: \((.*)\))?, margin (.+)$`)
	gated := 0
	for _, m := range v.Metrics {
		if m.Gated {
			gated++
		}
	}
	for name, m := range v.Metrics {
		status := strings.ReplaceAll(string(m.Status), "_", " ")
		label := strings.ReplaceAll(string(name), "_", " ")
		if name == compare.CostPerSolved {
			label += " task"
		}
		for _, format := range []report.Format{report.FormatText, report.FormatMarkdown} {
			if m.Gated && !slices.ContainsFunc(strings.Split(shown[format], "\n"), func(line string) bool {
				return hasAll(strings.ToLower(line), []string{label, status})
			}) {
				t.Errorf("gate %d: no row of %s says that the %s is %s:\n%s", seed, format, label, status, shown[format])
			}
		}
	}
	cases := numbers.FindAllStringSubmatch(shown[report.FormatJUnit], -1)
	if len(cases) != gated {
		t.Fatalf("gate %d: %d gated metrics in the test results, want %d:\n%s", seed, len(cases), gated, shown[report.FormatJUnit])
	}
	for _, c := range cases {
		for _, format := range []report.Format{report.FormatText, report.FormatMarkdown} {
			if !slices.ContainsFunc(strings.Split(shown[format], "\n"), func(line string) bool { return hasAll(line, c[1:]) }) {
				t.Errorf("gate %d: no row of %s has all of %q:\n%s", seed, format, c[1:], shown[format])
			}
		}
	}
}

func hasAll(line string, parts []string) bool {
	return !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(line, part) })
}

// proseAgrees looks for each change, interval limit, margin and amount of the
// headline and the findings in the tables.
func proseAgrees(t *testing.T, seed uint64, v gate.Verdict, text string) {
	t.Helper()
	tables, _, _ := strings.Cut(text, "\n  Warnings\n")
	tables, _, _ = strings.Cut(tables, "┃")
	number := regexp.MustCompile(`[+−×$][\d.,]+\d%?|\d[\d.,]*%`)
	aside := regexp.MustCompile(`\((evidence|lost pairs|score)[^)]*\)|What would settle it.*|; but .*|; it would not be without .*|((Not c|C|Unc)onfirmed).*|infrastructure errors.*`)
	for _, sentence := range append([]string{v.Headline}, v.Reasons...) {
		for _, n := range number.FindAllString(aside.ReplaceAllString(sentence, ""), -1) {
			if !strings.Contains(tables, n) && (sentence != v.Headline || !roundsTo(tables, n)) {
				t.Errorf("gate %d: %q says %s, which no table does:\n%s", seed, sentence, n, tables)
			}
		}
	}
}

// roundsTo reports that a table has the number with more digits: the headline
// writes 44% for +43.9%.
func roundsTo(tables, whole string) bool {
	want, err := strconv.ParseFloat(strings.Trim(whole, "+−%"), 64)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(regexp.MustCompile(`[+−]?(\d[\d.,]*)(%| pts)`).FindAllStringSubmatch(tables, -1), func(n []string) bool {
		x, err := strconv.ParseFloat(strings.ReplaceAll(n[1], ",", ""), 64)
		return err == nil && math.Abs(x-want) <= 0.55 // both are rounded
	})
}

// planAgrees looks for the plan's margins and the smallest drop that it sees in
// the verdict.
func planAgrees(t *testing.T, seed uint64, v gate.Verdict, plan string) {
	t.Helper()
	for name, m := range v.Metrics {
		if !m.Gated {
			continue
		}
		margin := changeOf(m)
		if !strings.Contains(plan, margin) {
			t.Errorf("gate %d: the plan does not give the margin %s of the %s:\n%s", seed, margin, name, plan)
		}
	}
	drop := regexp.MustCompile(`smallest drop found four times in five is (\S+ pts)`)
	if said := drop.FindStringSubmatch(strings.Join(v.Warnings, "\n")); said != nil && !strings.Contains(plan, "of "+said[1]+" four times in five") {
		t.Errorf("gate %d: the verdict sees %s, the plan something else:\n%s", seed, said[1], plan)
	}
}

// changeOf is the margin as a table writes it: rendered from a document that
// has nothing else.
func changeOf(m gate.Metric) string {
	var b bytes.Buffer
	v := gate.Verdict{Metrics: map[compare.Metric]gate.Metric{compare.PassRate: {Unit: m.Unit, Gated: true, Margin: m.Margin}}}
	_ = report.JUnit(&b, v) // a buffer takes everything
	_, rest, _ := strings.Cut(b.String(), ", margin ")
	return rest[:strings.IndexAny(rest, "\"<")]
}

// storedIsEnough makes sure that a report is a function of the document: what
// was written and read again reads the same, and so does a document that has
// its sentences and no findings, as older ones.
func storedIsEnough(t *testing.T, seed uint64, v gate.Verdict, text string) {
	t.Helper()
	var b bytes.Buffer
	if err := report.JSON(&b, v); err != nil {
		t.Fatal(err)
	}
	stored, err := report.Decode(&b, "verdict.json")
	if err != nil {
		t.Fatal(err)
	}
	old := stored
	old.Findings, old.Held, old.Differences, old.Settle, old.Caveats = nil, nil, nil, nil, nil
	for _, again := range []gate.Verdict{stored, old} {
		if got := show(t, again)[report.FormatText]; got != text {
			t.Errorf("gate %d: the stored verdict reads differently:\n%s\nwant\n%s", seed, got, text)
		}
	}
	report.Explain(&stored)
	if stored.Headline != v.Headline || !slices.Equal(stored.Reasons, v.Reasons) || !slices.Equal(stored.Warnings, v.Warnings) {
		t.Errorf("gate %d: explained again it says %q %q %q, was %q %q %q", seed, stored.Headline, stored.Reasons, stored.Warnings, v.Headline, v.Reasons, v.Warnings)
	}
}
