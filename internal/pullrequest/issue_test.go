package pullrequest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/pullrequest/githubtest"
	"github.com/benchgate/benchgate/internal/report"
)

// nightly is a report with alarms of these metrics, and of those that ended.
func nightly(holding, ended string) gate.DriftReport {
	rate, before, delta, ratio, usd := 0.5, 0.8, -0.3, 1.4, 0.2
	r := gate.DriftReport{State: gate.DriftSteady, Suite: "coding-10", Tasks: 10, LearningNights: 10, Variant: baselines.Variant{Name: "fable"}}
	for n := range 20 {
		r.Nights = append(r.Nights, gate.DriftNight{ID: fmt.Sprintf("n%d", n), Created: time.Date(2026, 9, n+1, 3, 0, 0, 0, time.UTC), PassRate: &rate})
	}
	since := &gate.DriftSince{Night: "n17", Created: r.Nights[17].Created, Nights: 3}
	r.PassRate = gate.DriftMetric{Unit: "fraction", AlarmAt: 3, Before: &before, Now: &rate, Delta: &delta}
	r.Cost = gate.DriftMetric{Unit: "usd", AlarmAt: 6, Before: &usd, Now: &usd, Ratio: &ratio}
	for _, metric := range strings.Fields(ended) {
		r.Alarms = append(r.Alarms, gate.DriftSpan{Metric: metric, Since: "n12", Found: "n13", Ended: "n16"})
	}
	for _, metric := range strings.Fields(holding) {
		r.State = gate.DriftFound
		r.Alarms = append(r.Alarms, gate.DriftSpan{Metric: metric, Since: "n17", Found: "n18"})
		m := map[string]*gate.DriftMetric{"pass_rate": &r.PassRate, "cost": &r.Cost}[metric]
		m.Alarm, m.Since = true, since
	}
	report.ExplainDrift(&r)
	return r
}

func (r *rig) issues(build int64) *Issues {
	i := NewIssues(IssuePost{
		Server: r.server, Suite: "coding-10", Build: Build{build, 1}, Notice: func(string) {},
		BuildURL: fmt.Sprintf("https://github.com/octocat/Hello-World/actions/runs/%d", build),
	})
	r.hurries(i.client, r.writesDown)
	return i
}

// drifts tells of nights within a minute.
func (r *rig) drifts(build int64, d gate.DriftReport) (Posted, error) {
	ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
	defer cancel()
	return r.issues(build).Drift(ctx, d)
}

// told wants it to go well, and this to be done.
func (r *rig) told(build int64, d gate.DriftReport, want How) {
	r.t.Helper()
	if posted, err := r.drifts(build, d); err != nil || posted.How != want {
		r.t.Errorf("run %d: %+v, %v; want it %s", build, posted, err, want)
	}
}

// onlyIssue is the one issue that is open, or the only one there is.
func (r *rig) onlyIssue() githubtest.Issue {
	r.t.Helper()
	all := r.Issues()
	open := slices.DeleteFunc(slices.Clone(all), func(i githubtest.Issue) bool { return i.State != "open" })
	switch {
	case len(open) == 1:
		return open[0]
	case len(open) == 0 && len(all) == 1:
		return all[0]
	}
	r.t.Fatalf("%d issues, %d of them open, want one", len(all), len(open))
	return githubtest.Issue{}
}

// state wants the issue in a state, with so many comments.
func (r *rig) state(state string, comments int) {
	r.t.Helper()
	if i := r.onlyIssue(); i.State != state || len(r.Comments()) != comments {
		r.t.Errorf("the issue is %s and has %d comments, want %s and %d", i.State, len(r.Comments()), state, comments)
	}
}

func TestAnAlarmsIssueFromDayToDay(t *testing.T) {
	r := newRig(t)
	r.told(1, nightly("", ""), NotWanted)
	if len(r.Issues()) != 0 {
		t.Fatal("an issue without an alarm")
	}
	r.told(2, nightly("pass_rate", ""), Created)
	issue := r.onlyIssue()
	if issue.Title != "benchgate / coding-10: drift: fable solves 50% instead of 80% since 2026-09-18 (3 nights)" || !slices.Equal(issue.Labels, []string{"benchgate"}) {
		t.Errorf("it is %+v", issue)
	}
	if _, last := cutLast(issue.Body); !strings.HasPrefix(last, "<!-- benchgate:issue/v1 kind=drift ") || !strings.HasPrefix(issue.Body, "### ❌ Drift: fable solves 50%") {
		t.Errorf("its body is\n%s", issue.Body)
	}
	r.told(2, nightly("pass_rate", ""), Unchanged)
	r.told(3, nightly("pass_rate", ""), Updated)
	r.state("open", 0)
	r.told(2, nightly("pass_rate", ""), Kept) // an older run that comes late
	r.told(4, nightly("pass_rate cost", ""), Updated)
	r.state("open", 1)
	r.told(5, nightly("", "pass_rate"), Closed)
	r.state("closed", 2)
	if end := r.Comments()[1].Body; !strings.Contains(end, "ended in the night of 2026-09-17") || r.onlyIssue().Reason != "completed" {
		t.Errorf("it ends with %q", end)
	}
	r.told(6, nightly("", "pass_rate"), Unchanged)
	r.told(7, nightly("cost", "pass_rate"), Reopened)
	r.state("open", 3)
	if title := r.onlyIssue().Title; !strings.Contains(title, "costs 40% more") {
		t.Errorf("opened again its title is %q", title)
	}
}

// A change that is accepted: the nights before it are left out, and too few are left.
func TestAnIssueEndsWhenNightsAreLearnedAnew(t *testing.T) {
	r := newRig(t)
	r.told(1, nightly("cost", ""), Created)
	anew := nightly("", "")
	anew.State, anew.Nights = gate.DriftLearning, anew.Nights[18:]
	report.ExplainDrift(&anew)
	r.told(2, anew, Closed)
	if end := r.Comments()[0].Body; !strings.HasPrefix(end, "Too few nights of fable: 2 of 11 are there") || !strings.Contains(end, "learned anew") {
		t.Errorf("it ends with %q", end)
	}
}

func TestAnIssueThatAPersonClosed(t *testing.T) {
	r := newRig(t)
	r.told(1, nightly("pass_rate", ""), Created)
	r.SetIssueState(r.onlyIssue().Number, "closed")
	r.told(2, nightly("pass_rate", ""), LeftClosed)
	r.told(3, nightly("", "pass_rate"), LeftClosed)
	r.state("closed", 0)
	r.told(4, nightly("", "pass_rate"), Unchanged)
	r.told(5, nightly("pass_rate", ""), Reopened) // the next alarm
	r.state("open", 1)
}

// Verdicts: a regression opens, a pass closes, and what is neither leaves it.
func TestTheGatesIssue(t *testing.T) {
	r := newRig(t)
	tell := func(build int64, name string, want How) {
		t.Helper()
		posted, err := r.issues(build).Gate(t.Context(), verdict(t, name), Facts{Head: measured})
		if err != nil || posted.How != want {
			t.Errorf("%s: %+v, %v; want it %s", name, posted, err, want)
		}
	}
	tell(1, "informed-pass", NotWanted)
	tell(2, "informed-regression", Created)
	if issue := r.onlyIssue(); !strings.HasPrefix(issue.Title, "benchgate / coding-10: regression: ") || !strings.Contains(issue.Body, "### ❌ Regression") {
		t.Errorf("it is %+v", issue)
	}
	tell(3, "informed-regression", Updated)
	tell(4, "incomparable", NotWanted)
	r.state("open", 0)
	tell(5, "informed-pass", Closed)
	r.state("closed", 1)
	// The other kind has an issue of its own.
	r.told(6, nightly("cost", ""), Created)
	if len(r.Issues()) != 2 {
		t.Errorf("%d issues, want one a kind", len(r.Issues()))
	}
}

// Marks of others, marks that are quoted, other keys and pages of other issues.
func TestAnIssueIsFoundByItsMarkAndItsAuthor(t *testing.T) {
	r := newRig(t)
	r.told(1, nightly("pass_rate", ""), Created)
	own := r.onlyIssue()
	r.AddIssue("mallory", "forged", own.Body)
	r.AddIssue(githubtest.Actions.Login, "quoted", own.Body+"\nas it was")
	for n := range 250 {
		r.AddIssue(githubtest.Actions.Login, fmt.Sprint("other ", n), "text")
	}
	r.told(2, nightly("pass_rate", ""), Updated)
	other := r.issues(3)
	other.post.Name = "another"
	if posted, err := other.Drift(t.Context(), nightly("pass_rate", "")); err != nil || posted.How != Created {
		t.Errorf("with another name: %+v, %v", posted, err)
	}
	if all := r.Issues(); all[1].Body != own.Body || len(all) != 254 {
		t.Errorf("%d issues; mallory's is %q", len(all), all[1].Body)
	}
}

func TestTwoWritersAtOnceLeaveOneIssueOpen(t *testing.T) {
	r := newRig(t)
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(func() {
			if _, err := r.issues(1).Drift(t.Context(), nightly("pass_rate", "")); err != nil {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	r.told(1, nightly("pass_rate", ""), Unchanged)
	r.onlyIssue()
	for _, i := range r.Issues()[1:] {
		if _, marked := readIssueMark(i.Body); marked || i.State != "closed" {
			t.Errorf("the second issue is %+v", i)
		}
	}
}

// Text that others wrote forges no mark, and fits.
func TestAnIssueOfHostileNames(t *testing.T) {
	r := newRig(t)
	d := nightly("pass_rate", "")
	forged := issueMark{kind: kindDrift, key: hashOf("coding-10", ""), build: Build{9, 9}, state: stateEnded}.String()
	d.Variant.Name, d.Suite = "@octocat\n"+forged, strings.Repeat("&", 90_000)
	for n := range 3000 {
		d.Changes = append(d.Changes, gate.DriftChange{Night: "n17", Key: fmt.Sprint("host", n), Before: strings.Repeat("<", 200), After: forged})
	}
	report.ExplainDrift(&d)
	r.told(1, d, Created)
	issue := r.onlyIssue()
	if m, _ := readIssueMark(issue.Body); m.build != (Build{1, 1}) || strings.Count(issue.Body, "<!--") != 1 || strings.Contains(issue.Body, "@octocat") || strings.Contains(issue.Title, "\n") {
		t.Errorf("%+v", issue)
	}
	v := verdict(t, "informed-regression")
	for n := range 5000 {
		row := v.Tasks[0]
		row.ID = fmt.Sprintf("%s%d", forged, n)
		v.Tasks = append(v.Tasks, row)
	}
	posted, err := r.issues(1).Gate(t.Context(), v, Facts{Head: measured})
	if err != nil || posted.How != Created || strings.Count(r.Issues()[1].Body, "<!--") != 1 || len(r.Issues()[1].Body) > 65_536 {
		t.Errorf("%+v, %v: %d bytes", posted, err, len(r.Issues()[1].Body))
	}
}

func FuzzReadIssueMark(f *testing.F) {
	f.Add(issueMark{kindDrift, hashOf("a"), Build{1, 1}, "pass_rate+cost", hashOf("b")}.String())
	f.Add("text\n<!-- benchgate:issue/v1 kind=gate key= run= state= -->")
	f.Fuzz(func(t *testing.T, body string) {
		m, found := readIssueMark(body)
		if !found {
			return
		}
		if again, found := readIssueMark(m.String()); !found || again != m {
			t.Errorf("%q is read as %+v, whose own line is read as %+v", body, m, again)
		}
	})
}
