package pullrequest

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/pullrequest/githubtest"
)

// postedOn is when the regression of these tests is posted.
var postedOn = time.Date(2026, 11, 23, 14, 2, 0, 0, time.UTC)

// regressed is a GitHub on which the regression was posted, and the post. The
// pull request's author may administer the repository.
func regressed(t *testing.T) (*rig, Options) {
	t.Helper()
	r := newRig(t)
	r.PutPull(githubtest.Pull{Number: 7, Head: measured, Author: "author"})
	for login, account := range map[string]githubtest.Account{
		"author": {Role: "admin"}, "maintainer": {Role: "maintain"}, "admin": {Role: "admin"}, "writer": {Role: "write"}, "triager": {Role: "triage"},
		"stranger": {}, "custom": {Role: "release-captain"}, "github-actions[bot]": {Role: "admin", Bot: true},
	} {
		r.SetAccount(login, account)
	}
	r.SetDate(postedOn)
	o := r.options(verdict(t, "informed-regression"))
	o.Accept = AcceptLabel
	if first := r.posts(o); first.Accepted != nil || r.Checks()[0].Conclusion != "failure" {
		t.Fatalf("accepted from the beginning: %+v", first)
	}
	if !strings.Contains(r.only().Body, "**To accept it:** ") {
		t.Errorf("nobody is told how to accept it:\n%s", r.only().Body)
	}
	return r, o
}

func TestAMaintainerAcceptsARegression(t *testing.T) {
	for _, login := range []string{"maintainer", "admin"} {
		r, o := regressed(t)
		r.AddLabel(7, AcceptLabel, login, postedOn.Add(time.Hour))
		r.SetDate(postedOn.Add(2 * time.Hour))
		o.Build = Build{6, 1} // the job that the label started
		accepted := r.posts(o)
		if accepted.Accepted == nil || accepted.Accepted.By != login || !accepted.Accepted.Until.Equal(postedOn.Add(time.Hour+acceptedFor)) {
			t.Fatalf("%+v", accepted)
		}
		if check := r.Checks()[0]; len(r.Checks()) != 1 || check.Conclusion != "success" || check.Title != "accepted until 2026-11-30: +88.8% per solved task" {
			t.Errorf("check runs: %+v", r.Checks())
		}
		if body := r.only().Body; !strings.HasPrefix(body, "### ❌→☑️ Regression accepted by `"+login+"` until 2026-11-30: new solves 50%") || strings.Contains(body, "**To accept it:**") {
			t.Errorf("the comment:\n%s", body)
		}
		// Another look at the same verdict, a day later, finds it accepted still, and
		// after seven days it is red again.
		r.SetDate(postedOn.Add(24 * time.Hour))
		if again := r.posts(o); again.Comment.How != Unchanged || again.Check.How != Unchanged || again.Accepted == nil {
			t.Errorf("a day later: %+v", again)
		}
		r.SetDate(postedOn.Add(time.Hour + acceptedFor))
		if expired := r.posts(o); expired.Accepted != nil || r.Checks()[0].Conclusion != "failure" || !strings.HasPrefix(r.only().Body, "### ❌ Regression:") {
			t.Errorf("when it expired: %+v, %+v", expired, r.Checks())
		}
	}
}

// In a merge queue the commit is another one, and nobody can label it: what was
// accepted on the pull request's head is accepted there, for the same verdict only.
func TestAnAcceptedRegressionPassesTheMergeQueue(t *testing.T) {
	r, o := regressed(t)
	r.AddLabel(7, AcceptLabel, "maintainer", postedOn.Add(time.Hour))
	r.SetDate(postedOn.Add(2 * time.Hour))
	o.Head, o.Queued, o.Comment, o.Build = newer, true, Never, Build{6, 1}
	if queued := r.posts(o); queued.Accepted == nil || queued.Accepted.By != "maintainer" {
		t.Errorf("%+v", queued)
	}
	o.Verdict.Tasks[0].Candidate.Solved++
	if other := r.posts(o); other.Accepted != nil {
		t.Errorf("another verdict: %+v", other)
	}
}

// While an accepted regression is measured again, what was posted when is not
// forgotten.
func TestAnAcceptanceOutlivesAnotherMeasurementOfTheSame(t *testing.T) {
	r, o := regressed(t)
	r.AddLabel(7, AcceptLabel, "maintainer", postedOn.Add(time.Hour))
	r.SetDate(postedOn.Add(2 * time.Hour))
	o.Build = Build{6, 1}
	p := r.poster(o.Post)
	well(t)(p.Begin(t.Context(), underWay(0)))
	if done := well(t)(p.Finish(t.Context(), o.Verdict, Places{})); done.Accepted == nil {
		t.Errorf("%+v, %+v", done, r.Checks())
	}
}

func TestWhatDoesNotAccept(t *testing.T) {
	later := postedOn.Add(time.Hour)
	tests := map[string]func(r *rig, o *Options){
		"the author, who is an administrator": func(r *rig, _ *Options) { r.AddLabel(7, AcceptLabel, "author", later) },
		"the author in other letters": func(r *rig, _ *Options) {
			r.SetAccount("AUTHOR", githubtest.Account{Role: "admin"})
			r.AddLabel(7, AcceptLabel, "AUTHOR", later)
		},
		"a collaborator who may write":     func(r *rig, _ *Options) { r.AddLabel(7, AcceptLabel, "writer", later) },
		"one who may triage":               func(r *rig, _ *Options) { r.AddLabel(7, AcceptLabel, "triager", later) },
		"somebody without a role":          func(r *rig, _ *Options) { r.AddLabel(7, AcceptLabel, "stranger", later) },
		"a role of the organization's own": func(r *rig, _ *Options) { r.AddLabel(7, AcceptLabel, "custom", later) },
		"a workflow's token":               func(r *rig, _ *Options) { r.AddLabel(7, AcceptLabel, "github-actions[bot]", later) },
		"another label":                    func(r *rig, _ *Options) { r.AddLabel(7, "benchgate:accepted", "maintainer", later) },
		"a label from before the verdict":  func(r *rig, _ *Options) { r.AddLabel(7, AcceptLabel, "maintainer", postedOn.Add(-time.Minute)) },
		"a label of the same second":       func(r *rig, _ *Options) { r.AddLabel(7, AcceptLabel, "maintainer", postedOn) },
		"an expired one": func(r *rig, _ *Options) {
			r.AddLabel(7, AcceptLabel, "maintainer", later)
			r.SetDate(later.Add(acceptedFor))
		},
		"one that was taken off": func(r *rig, _ *Options) {
			r.AddLabel(7, AcceptLabel, "maintainer", later)
			r.RemoveLabel(7, AcceptLabel, "maintainer", later)
		},
		"set again by a writer": func(r *rig, _ *Options) {
			r.AddLabel(7, AcceptLabel, "maintainer", later)
			r.RemoveLabel(7, AcceptLabel, "writer", later)
			r.AddLabel(7, AcceptLabel, "writer", later.Add(time.Minute))
		},
		"another head": func(r *rig, o *Options) {
			r.AddLabel(7, AcceptLabel, "maintainer", later)
			r.SetPull(7, newer)
			o.Head = newer
		},
		"another verdict": func(r *rig, o *Options) {
			r.AddLabel(7, AcceptLabel, "maintainer", later)
			o.Verdict.Tasks[0].Candidate.Solved++
		},
		"a comment that says otherwise": func(r *rig, o *Options) {
			r.AddLabel(7, AcceptLabel, "maintainer", later)
			r.EditComment(r.only().ID, regexp.MustCompile(` verdict=[0-9a-f]{16}`).ReplaceAllString(r.only().Body, " verdict=0000000000000000"))
		},
		"a verdict that a fork's run reports": func(r *rig, o *Options) { r.AddLabel(7, AcceptLabel, "maintainer", later); o.Unverified = true },
		"no label that accepts":               func(r *rig, o *Options) { r.AddLabel(7, AcceptLabel, "maintainer", later); o.Accept = "" },
		"no check run to say when":            func(r *rig, o *Options) { r.AddLabel(7, AcceptLabel, "maintainer", later); o.NoCheck = true },
	}
	for name, prepare := range tests {
		t.Run(name, func(t *testing.T) {
			r, o := regressed(t)
			r.SetDate(later.Add(time.Hour))
			prepare(r, &o)
			o.Build = Build{6, 1}
			if result := r.posts(o); result.Accepted != nil {
				t.Errorf("%+v", result)
			}
			for _, check := range r.Checks() {
				if check.Conclusion == "success" {
					t.Errorf("a check run succeeds: %+v", check)
				}
			}
		})
	}
}

// A verdict that is posted for the second time after another one was not what the
// label was set for.
func TestALabelDoesNotAcceptWhatComesBack(t *testing.T) {
	r, o := regressed(t)
	other := o
	other.Verdict, other.Build = verdict(t, "informed-pass"), Build{6, 1}
	r.SetDate(postedOn.Add(2 * time.Hour))
	r.posts(other)
	r.AddLabel(7, AcceptLabel, "maintainer", postedOn.Add(time.Hour))
	o.Build = Build{7, 1}
	r.SetDate(postedOn.Add(3 * time.Hour))
	if result := r.posts(o); result.Accepted != nil {
		t.Errorf("%+v, %+v", result, r.Checks())
	}
}

// Whatever keeps benchgate from asking who set the label, the verdict is posted,
// as it is.
func TestAnAcceptanceThatCannotBeReadIsNone(t *testing.T) {
	for name, fault := range map[string]githubtest.Fault{
		"events refused":          {On: regexp.MustCompile(`/issues/7/events$`), Status: 403, Message: "Resource not accessible by integration"},
		"events gone":             {On: regexp.MustCompile(`/issues/7/events$`), Status: 404},
		"events never answered":   {On: regexp.MustCompile(`/issues/7/events$`), Reset: true},
		"role refused":            {On: regexp.MustCompile(`/permission$`), Status: 403},
		"role not known":          {On: regexp.MustCompile(`/permission$`), Status: 404},
		"role broken":             {On: regexp.MustCompile(`/permission$`), Status: 500},
		"check runs not readable": {On: regexp.MustCompile(`^GET .*/check-runs$`), Status: 500, Times: retries + 1},
	} {
		t.Run(name, func(t *testing.T) {
			r, o := regressed(t)
			r.AddLabel(7, AcceptLabel, "maintainer", postedOn.Add(time.Hour))
			r.SetDate(postedOn.Add(2 * time.Hour))
			r.Fail(fault)
			o.Build = Build{6, 1}
			result, err := r.publish(o)
			if err == nil || result.Accepted != nil || result.Comment.How != Updated || result.Check.How != Updated {
				t.Errorf("%+v, %v", result, err)
			}
			if r.Checks()[0].Conclusion != "failure" {
				t.Errorf("check runs: %+v", r.Checks())
			}
		})
	}
}
