package pullrequest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/golden"
	"github.com/benchgate/benchgate/internal/report"
)

// picture is a whole comment in one of its states.
type picture struct {
	name, body string
	facts      Facts
}

// aboutFacts are those of build 5 of the quickstart.
func aboutFacts() Facts {
	return Facts{
		Head: measured, BuildURL: "https://github.com/octocat/Hello-World/actions/runs/5",
		ArtifactURL: "https://github.com/octocat/Hello-World/actions/runs/5/artifacts/9",
		Key:         Key{Workflow: gateWorkflow, Job: "gate", Suite: "quickstart"}, Build: Build{5, 1}, Acceptable: AcceptLabel,
	}
}

// gateChanges are changes of a pull request to what judges it.
var gateChanges = []Change{
	{File: "benchgate.yaml", Part: "gate.pass_rate.max_drop", From: "0.20", To: "0.35"},
	{File: "benchgate.yaml", Part: "limits.usd", To: "200"},
	{File: "tasks/lru-cache"},
	{File: gateWorkflow},
}

// pictures are all states of a comment, each as it is posted. The regression is
// the quickstart's own, with everything that a report can say.
func pictures(t testing.TB) []picture {
	t.Helper()
	f := aboutFacts()
	quickstart := document(t, "testdata/quickstart.json")
	var all []picture
	add := func(name string, s said, f Facts) {
		t.Helper()
		body, err := s.body(f)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, picture{name, body, f})
	}
	addVerdict := func(name, document string, change func(*Facts)) {
		t.Helper()
		v, f := quickstart, f
		if document != "" {
			v = verdict(t, document)
		}
		change(&f)
		s, err := saidVerdict(v, f, Neutral, Always)
		if err != nil {
			t.Fatal(err)
		}
		add(name, s, f)
	}
	asIs := func(*Facts) {}
	add("a-running", saidRunning(underWay(12), Always), f)
	alone := underWay(12)
	alone.Baseline = nil
	add("a-running-alone", saidRunning(alone, Always), f)
	addVerdict("b-regression", "", asIs)
	all = append(all, overRegression(all[len(all)-1], "a-running-over-a-report", saidRunning(underWay(12), Always)))
	all = append(all, overRegression(all[len(all)-2], "a-cancelled-over-a-report", saidStopped(report.Stopped{How: report.Cancelled, Done: 12, Most: 30, USD: ptr(2.61)}, Always)))
	add("a-cancelled", saidStopped(report.Stopped{How: report.Cancelled, Done: 12, Most: 30, USD: ptr(2.61)}, Always), f)
	add("a-superseded", saidStopped(report.Stopped{How: report.Superseded, Why: "the pull request has another head by now", Done: 12, Most: 30, USD: ptr(2.61)}, Always), f)
	addVerdict("b-regression-behind", "", func(f *Facts) { f.Behind = Behind{Head: newer, Commits: 3} })
	addVerdict("c-pass", "informed-pass", asIs)
	addVerdict("d-inconclusive", "strict-inconclusive", asIs)
	addVerdict("e-incomparable", "incomparable", asIs)
	addVerdict("e-not-measured", "not-measured", asIs)
	add("e-failed", saidStopped(report.Stopped{How: report.Failed, Why: "ANTHROPIC_API_KEY is not set"}, Always), f)
	add("f-first", saidFirst(first(), Always), f)
	addVerdict("g-fork", "informed-pass", func(f *Facts) { f.Unverified, f.ArtifactURL = true, "" })
	addVerdict("g-dispatched", "informed-pass", func(f *Facts) { f.Dispatcher = "maintainer" })
	addVerdict("g-repeated", "informed-pass", func(f *Facts) { f.Repeats, f.Again = "https://github.com/octocat/Hello-World/actions/runs/4", 2 })
	addVerdict("h-changed", "", func(f *Facts) { f.Changes = gateChanges })
	addVerdict("i-accepted", "", func(f *Facts) {
		f.Accepted = &Acceptance{By: "maintainer", Until: time.Date(2026, 12, 2, 14, 2, 0, 0, time.UTC)}
	})
	return all
}

// overRegression puts a line on a newer run above a report.
func overRegression(older picture, name string, s said) picture {
	f := aboutFacts()
	f.Head, f.Build = newer, Build{6, 1}
	f.BuildURL = strings.Replace(f.BuildURL, "/5", "/6", 1)
	mark := s.marker(f)
	mark.of = measured
	body := over(older.body, s.aboveOlder(Behind{Head: newer, Commits: 3}, measured, f), mark)
	return picture{name, body, f}
}

// What people see, in each state, whole.
func TestCommentsInAllStates(t *testing.T) {
	var names []string
	for _, p := range pictures(t) {
		file := p.name + ".md"
		names = append(names, file)
		golden.Check(t, filepath.Join("testdata/states", file), []byte(p.body))
	}
	there, err := filepath.Glob("testdata/states/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range there {
		if !slices.Contains(names, filepath.Base(file)) {
			if *golden.Update {
				err = os.Remove(file)
			}
			if err != nil || !*golden.Update {
				t.Errorf("%s is of no state: %v", file, err)
			}
		}
	}
}

// Whatever the state, the first line says what it is, and the last one is ours.
func TestEveryStateObeysTheRules(t *testing.T) {
	noVerdict := []string{"a-running", "a-running-alone", "a-cancelled", "a-superseded", "e-failed", "f-first"}
	for _, p := range pictures(t) {
		links := []string{p.facts.BuildURL}
		if !slices.Contains(noVerdict, p.name) {
			links = []string{guideOf(""), p.facts.BuildURL}
		}
		if p.facts.Repeats != "" {
			links = append([]string{p.facts.Repeats}, links...)
		}
		if p.facts.ArtifactURL != "" {
			links = append(links, p.facts.ArtifactURL)
		}
		if strings.HasSuffix(p.name, "over-a-report") {
			links = []string{p.facts.BuildURL, guideOf(""), aboutFacts().BuildURL, aboutFacts().ArtifactURL}
		}
		harmless(t, p.body, p.facts, links)
		first, _, _ := strings.Cut(p.body, "\n")
		if strings.HasPrefix(first, "<") || strings.HasPrefix(first, "|") || strings.HasPrefix(first, "!") || len([]rune(first)) > 400 {
			t.Errorf("%s begins with %q", p.name, first)
		}
		again := pictures(t)
		if !slices.ContainsFunc(again, func(q picture) bool { return q.name == p.name && q.body == p.body }) {
			t.Errorf("%s is not the same twice", p.name)
		}
	}
}
