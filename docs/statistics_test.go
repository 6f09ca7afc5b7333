// Package docs_test holds statistics.md to what the code does: the blocks of
// the page between "<!-- checked: NAME -->" and "<!-- end -->" are computed here,
// and compared. With -update they are rewritten.
package docs_test

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/internal/golden"
)

const page = "statistics.md"

// blocks compute what stands between the marks.
var blocks = map[string]func(*testing.T) string{
	"report":    quickstartReport,
	"full":      quickstartInFull,
	"once":      identicalAgentsOnce,
	"article":   articleTable,
	"verdicts":  articleVerdicts,
	"least":     leastEvidence,
	"attempts":  attemptsTable,
	"odds":      oddsTable,
	"costpower": costPowerTable,
	"why":       whyWorked,
}

var marked = regexp.MustCompile(`(?s)<!-- checked: (\w+) -->\n(.*?)<!-- end -->`)

func TestThePageSaysWhatTheCodeDoes(t *testing.T) {
	text := read(t)
	seen := make(map[string]bool)
	for _, m := range marked.FindAllStringSubmatch(text, -1) {
		name, have := m[1], m[2]
		compute, known := blocks[name]
		if !known {
			t.Errorf("nothing computes block %q", name)
			continue
		}
		if seen[name] {
			t.Errorf("block %q stands twice", name)
		}
		seen[name] = true
		t.Run(name, func(t *testing.T) {
			want := compute(t)
			if *golden.Update {
				text = strings.Replace(text, m[0], "<!-- checked: "+name+" -->\n"+want+"<!-- end -->", 1)
				return
			}
			if diff := cmp.Diff(want, have); diff != "" {
				t.Errorf("the page is behind the code (-code +page); run with -update and read the text around it:\n%s", diff)
			}
		})
	}
	for name := range blocks {
		if !seen[name] {
			t.Errorf("the page has no block %q", name)
		}
	}
	if *golden.Update {
		if err := os.WriteFile(page, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// The calibration takes minutes and runs in .ci/full; what it reached is
// written down by hand. At least the page must not claim less than it requires.
func TestReachedNumbersMeetTheRequiredOnes(t *testing.T) {
	row := regexp.MustCompile(`(?m)^\| [^|]+ \| ([≤≥]) ([0-9.]+) \| ([0-9.]+) \|$`)
	rows := row.FindAllStringSubmatch(read(t), -1)
	if len(rows) < 40 {
		t.Fatalf("found only %d rows of required and reached numbers", len(rows))
	}
	for _, r := range rows {
		required, reached := number(t, r[2]), number(t, r[3])
		if r[1] == "≤" && reached > required || r[1] == "≥" && reached < required {
			t.Errorf("not reached: %s", r[0])
		}
	}
}

// Every heading that the page or other files point to must exist.
func TestLinksInsideThePageLeadSomewhere(t *testing.T) {
	text := read(t)
	anchors := make(map[string]bool)
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(text, -1) {
		anchors[anchor(m[1])] = true
	}
	links := regexp.MustCompile(`\]\(#([^)]+)\)`).FindAllStringSubmatch(text, -1)
	if len(links) == 0 {
		t.Fatal("found no links")
	}
	for _, m := range links {
		if !anchors[m[1]] {
			t.Errorf("no heading for #%s", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`\]\(([^)#:]+)\)`).FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(m[1]); err != nil {
			t.Errorf("link to nothing: %v", err)
		}
	}
}

// anchor is how GitHub names a heading: lower case, hyphens for spaces, no
// punctuation.
func anchor(heading string) string {
	heading = strings.ReplaceAll(strings.ToLower(heading), " ", "-")
	return regexp.MustCompile(`[^\p{L}\p{N}_-]`).ReplaceAllString(heading, "")
}

func read(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// table writes a Markdown table; the first row is the head.
func table(rows [][]string) string {
	var b strings.Builder
	for i, row := range rows {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			fmt.Fprintf(&b, "|%s\n", strings.Repeat(" --- |", len(row)))
		}
	}
	return b.String()
}

func percent(share float64) string { return fmt.Sprintf("%.0f%%", 100*share) }
