package pullrequest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/pullrequest/githubtest"
	"github.com/benchgate/benchgate/internal/report"
)

func ptr[T any](x T) *T { return &x }

// underWay is a measurement with some trials done.
func underWay(done int) report.Running {
	return report.Running{
		Candidate: report.RunningArm{Name: "model-b", Solved: done / 2, Trials: done, CostPerSolvedUSD: ptr(0.34)},
		Baseline:  &report.RunningArm{Name: "model-a", Solved: 17, Trials: 18, CostPerSolvedUSD: ptr(0.22), Stored: true},
		Done:      done, Least: 12, Most: 30, USD: ptr(2.61), LimitUSD: ptr(15.0), Odds: ptr(0.84), SecondsLeft: ptr(360.0),
	}
}

// well wants something to go well.
func well(t *testing.T) func(Result, error) Result {
	return func(result Result, err error) Result {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
}

func TestAMeasurementFromBeginToVerdict(t *testing.T) {
	r := newRig(t)
	v := verdict(t, "informed-regression")
	p := r.poster(r.post(v.Candidate.Suite.Name))
	clock := time.Date(2026, 11, 23, 14, 2, 0, 0, time.UTC)
	p.now = func() time.Time { return clock }

	begun := well(t)(p.Begin(t.Context(), underWay(0)))
	if begun.Comment.How != Created || begun.Check.How != Created {
		t.Fatalf("begun: %+v", begun)
	}
	if check := r.Checks()[0]; check.Conclusion != "" || check.Title != "0 of at most 30 trials, $2.61 of $15.00" {
		t.Errorf("the check run at the beginning: %+v", check)
	}
	before := r.changes()
	if early := well(t)(p.Progress(t.Context(), underWay(5))); early.Comment.How != NotWanted || r.changes() != before {
		t.Errorf("within the first minute: %+v", early)
	}
	clock = clock.Add(time.Minute)
	if later := well(t)(p.Progress(t.Context(), underWay(12))); later.Comment.How != Updated || later.Check.How != Updated {
		t.Errorf("after a minute: %+v", later)
	}
	if body := r.only().Body; !strings.HasPrefix(body, "### ⏳ Measuring `model-b` against `model-a`: 12 of at most 30 trials, \\$2.61 of \\$15.00\n") || !strings.Contains(body, "state=running") {
		t.Errorf("the comment after a minute:\n%s", body)
	}
	// Another process of the same CI run ends it.
	done := well(t)(r.poster(r.post(v.Candidate.Suite.Name)).Finish(t.Context(), v, Places{}))
	if done.Comment.How != Updated || done.Check.How != Updated || done.Comment.URL != begun.Comment.URL || done.Check.URL != begun.Check.URL {
		t.Errorf("the end: %+v", done)
	}
	r.complete()
}

// Jobs of one CI run that begin under the same key have one comment: the later one
// is told so. A run that comes after writes over it as it should.
func TestAJobLearnsThatAnotherOfItsRunHasTheComment(t *testing.T) {
	r := newRig(t)
	for i, want := range []bool{false, true, false} {
		post := r.post("answers")
		if i == 2 {
			post.Build.Attempt++
		}
		if begun := well(t)(r.poster(post).Begin(t.Context(), underWay(i))); begun.Comment.OfThisBuild != want {
			t.Errorf("job %d: %+v, want of this build: %v", i+1, begun.Comment, want)
		}
	}
}

// first is a run of one arm with two tasks, one of them solved.
func first() report.First {
	header := baselines.Header{
		Schema: baselines.SchemaV1, ID: "run-1", Suite: baselines.Suite{Name: "coding", Tasks: []baselines.Task{{ID: "a", Tier: "easy"}, {ID: "b", Tier: "hard"}}},
		Variant: baselines.Variant{Name: "opus-4-8", Model: "claude-opus-4-8"}, Limits: baselines.Limits{Attempts: 3},
	}
	run := &baselines.Run{Header: header}
	for i := range 6 {
		run.Trials = append(run.Trials, baselines.Trial{
			Seq: i + 1, Task: []string{"a", "b"}[i%2], Attempt: i/2 + 1, Try: 1, Ended: baselines.Finished, Solved: ptr(i%2 == 0 || i == 1),
			CostUSD: &baselines.CostUSD{Main: 0.2 + 0.01*float64(i)},
		})
	}
	return report.First{Run: run, Save: "benchgate baseline save", Dir: "runs/run-1", Least: 3}
}

func TestAFirstMeasurementIsNeutral(t *testing.T) {
	r := newRig(t)
	p := r.poster(r.post("coding"))
	well(t)(p.Begin(t.Context(), report.Running{Candidate: report.RunningArm{Name: "opus-4-8"}, Most: 6}))
	well(t)(p.FinishFirst(t.Context(), first()))
	check := r.Checks()[0]
	if len(r.Checks()) != 1 || check.Conclusion != "neutral" || !strings.HasPrefix(check.Title, "first measurement: 66.7% solved, $0.34 per solved task") {
		t.Errorf("check runs: %+v", r.Checks())
	}
	if body := r.only().Body; !strings.HasPrefix(body, "### 📏 First measurement of opus-4-8: 66.7% solved, \\$0.34 per solved task") || !strings.Contains(body, "state=first") {
		t.Errorf("the comment:\n%s", body)
	}
}

func TestACancelledMeasurementIsNotInProgress(t *testing.T) {
	for name, test := range map[string]struct {
		stop                    report.Stopped
		head, title, conclusion string
	}{
		"cancelled":  {report.Stopped{How: report.Cancelled, Done: 12, Most: 30, USD: ptr(2.61)}, "### ◽ Cancelled after 12 of 30 trials, \\$2.61 spent: not measured\n", "cancelled after 12 of 30 trials, $2.61 spent: not measured", "cancelled"},
		"superseded": {report.Stopped{How: report.Superseded, Done: 1, Most: 1}, "### ◽ Superseded after 1 of 1 trial: not measured\n", "superseded after 1 of 1 trial: not measured", "cancelled"},
		"died":       {report.Stopped{}, "### ◽ Not measured: the job ended without a verdict\n", "not measured: the job ended without a verdict", "cancelled"},
		"failed":     {report.Stopped{How: report.Failed, Why: "ANTHROPIC_API_KEY is not set"}, "### 💤 Not measured: ANTHROPIC\\_API\\_KEY is not set\n", "not measured: ANTHROPIC_API_KEY is not set", "failure"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			p := r.poster(r.post("coding"))
			well(t)(p.Begin(t.Context(), underWay(0)))
			well(t)(p.Stop(t.Context(), test.stop))
			if body := r.only().Body; !strings.HasPrefix(body, test.head) {
				t.Errorf("the comment:\n%s", body)
			}
			if checks := r.Checks(); len(checks) != 1 || checks[0].Conclusion != test.conclusion || checks[0].Title != test.title {
				t.Errorf("check runs: %+v", checks)
			}
		})
	}
}

// A step that comes after everything ends what a killed job left.
func TestAKilledJobIsEnded(t *testing.T) {
	r := newRig(t)
	well(t)(r.poster(r.post("coding")).Begin(t.Context(), underWay(3)))
	well(t)(r.poster(r.post("coding")).EndIfRunning(t.Context()))
	if !strings.Contains(r.only().Body, "state=died") || r.Checks()[0].Conclusion != "cancelled" {
		t.Errorf("left: %q, %+v", r.only().Body, r.Checks())
	}
	v := verdict(t, "informed-pass")
	post := r.post(v.Candidate.Suite.Name)
	post.Build = Build{6, 1}
	well(t)(r.poster(post).Finish(t.Context(), v, Places{}))
	before := r.changes()
	if again := well(t)(r.poster(post).EndIfRunning(t.Context())); r.changes() != before {
		t.Errorf("a finished one was touched: %+v", again)
	}
}

// What a job left in progress, a newer one ends, or takes over on the same
// commit. The older one, if it lives, changes nothing of the newer one's.
func TestANewerRunEndsWhatAnOlderOneLeft(t *testing.T) {
	for name, test := range map[string]struct {
		head  string
		ended []string // conclusions of the check runs
	}{
		"on the same commit": {measured, []string{""}},
		"on another commit":  {newer, []string{"cancelled", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			well(t)(r.poster(r.post("coding")).Begin(t.Context(), underWay(3)))
			r.SetPull(7, test.head)
			post := r.post("coding")
			post.Build, post.Head = Build{6, 1}, test.head
			well(t)(r.poster(post).Begin(t.Context(), underWay(0)))
			stale := well(t)(r.poster(r.post("coding")).Stop(t.Context(), report.Stopped{How: report.Cancelled}))
			if stale.Comment.How != Kept {
				t.Errorf("the older one: %+v", stale)
			}
			var ended []string
			for _, check := range r.Checks() {
				ended = append(ended, check.Conclusion)
			}
			if last := r.Checks()[len(ended)-1]; !slices.Equal(ended, test.ended) || last.Head != test.head || !strings.Contains(last.ExternalID, "run=6.1") {
				t.Errorf("check runs: %+v", r.Checks())
			}
			if body := r.only().Body; !strings.Contains(body, "run=6.1 state=running") {
				t.Errorf("the comment:\n%s", body)
			}
		})
	}
}

// A verdict is not lost while the next one is measured, or when that is
// cancelled.
func TestAnEarlierReportStaysBelowALine(t *testing.T) {
	r := newRig(t)
	v := verdict(t, "informed-regression")
	post := r.post(v.Candidate.Suite.Name)
	well(t)(r.poster(post).Finish(t.Context(), v, Places{}))
	report1 := r.only().Body
	r.SetPull(7, newer)
	r.SetWay(measured, newer, githubtest.Way{Status: "ahead", Ahead: 3})
	post.Build, post.Head = Build{6, 1}, newer
	next := r.poster(post)
	well(t)(next.Begin(t.Context(), underWay(0)))
	above, _ := cutLast(report1)
	const line = "⏳ Measured on `1a2b3c4`, 3 commits behind this pull request's head `9f8e7d6`; a new run is under way: 0 of at most 30 trials, \\$2.61 of \\$15.00 ([run](https://github.com/octocat/Hello-World/actions/runs/5))\n\n### ❌ Regression"
	if body := r.only().Body; !strings.HasPrefix(body, line) || !strings.Contains(body, above) || !strings.Contains(body, "run=6.1 state=running verdict=") {
		t.Errorf("while it runs:\n%s", body)
	}
	next.now = func() time.Time { return time.Now().Add(time.Hour) }
	well(t)(next.Progress(t.Context(), underWay(5)))
	if strings.Count(r.only().Body, "⏳") != 1 || !strings.Contains(r.only().Body, "under way: 5 of") {
		t.Errorf("later:\n%s", r.only().Body)
	}
	well(t)(next.Stop(t.Context(), report.Stopped{How: report.Cancelled, Done: 5, Most: 30}))
	if body := r.only().Body; !strings.HasPrefix(body, "◽ Measured on `1a2b3c4`, 3 commits behind") || strings.Contains(body, "⏳") || !strings.Contains(body, above) {
		t.Errorf("after it was cancelled:\n%s", body)
	}
	well(t)(next.Finish(t.Context(), verdict(t, "informed-pass"), Places{}))
	if !strings.HasPrefix(r.only().Body, "### ✅ Pass") {
		t.Errorf("the end:\n%s", r.only().Body)
	}
}

// What a push measures has a check run alone.
func TestWithoutAPullRequestTheCheckRunIsAll(t *testing.T) {
	r := newRig(t)
	v := verdict(t, "informed-regression")
	post := r.post(v.Candidate.Suite.Name)
	post.Number = 0
	p := r.poster(post)
	well(t)(p.Begin(t.Context(), underWay(0)))
	done := well(t)(p.Finish(t.Context(), v, Places{}))
	if done.Comment.How != NotWanted || len(r.Comments()) != 0 {
		t.Errorf("%+v, comments %+v", done, r.Comments())
	}
	if checks := r.Checks(); len(checks) != 1 || checks[0].Conclusion != "failure" || checks[0].Head != measured {
		t.Errorf("check runs: %+v", checks)
	}
}

func TestWhatAForksRunReportsIsNeutral(t *testing.T) {
	for _, name := range states {
		r := newRig(t)
		v := verdict(t, name)
		post := r.post(v.Candidate.Suite.Name)
		post.Unverified, post.IfInconclusive, post.Accept = true, Success, AcceptLabel
		well(t)(r.poster(post).Finish(t.Context(), v, Places{}))
		if check := r.Checks()[0]; check.Conclusion != "neutral" || !strings.HasPrefix(check.Title, "unverified: ") {
			t.Errorf("%s: %+v", name, check)
		}
		if !strings.HasPrefix(r.only().Body, "⚠️ Reported by the fork's run, unverified") {
			t.Errorf("%s:\n%s", name, r.only().Body)
		}
	}
}
