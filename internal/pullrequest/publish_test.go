package pullrequest

import (
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/pullrequest/githubtest"
)

func TestAVerdictIsPostedOnceAndKeptUpToDate(t *testing.T) {
	r := newRig(t)
	o := r.options(verdict(t, "informed-regression"))
	first := r.posts(o)
	if first.Comment.How != Created || first.Check.How != Created {
		t.Fatalf("the first time: %+v", first)
	}
	before := r.changes()
	if again := r.posts(o); again.Comment.How != Unchanged || again.Check.How != Unchanged || r.changes() != before {
		t.Errorf("the second time: %+v, %d changes", again, r.changes()-before)
	}
	o.ArtifactURL = "https://github.com/octocat/Hello-World/actions/runs/5/artifacts/9"
	if with := r.posts(o); with.Comment.How != Updated || with.Check.How != Updated || with.Comment.URL != first.Comment.URL || with.Check.URL != first.Check.URL {
		t.Errorf("with the files' address: %+v, want the first ones updated: %+v", with, first)
	}
	if body := r.only().Body; !strings.Contains(body, "[Files of the run](https://github.com/octocat/Hello-World/actions/runs/5/artifacts/9)") {
		t.Errorf("no link to the files in:\n%s", body)
	}
	if checks := r.Checks(); len(checks) != 1 || checks[0].Head != measured || checks[0].Conclusion != "failure" {
		t.Errorf("check runs: %+v", checks)
	}
}

func TestAnotherBuildUpdatesTheSameComment(t *testing.T) {
	r := newRig(t)
	o := r.options(verdict(t, "informed-regression"))
	r.posts(o)
	o.Verdict, o.Build, o.Head = verdict(t, "informed-pass"), Build{6, 1}, newer
	r.SetPull(7, newer)
	if result := r.posts(o); result.Comment.How != Updated || result.Check.How != Created {
		t.Errorf("%+v, want the comment updated, and a check run on the new commit", result)
	}
	if body := r.only().Body; !strings.Contains(body, "state=pass") || strings.Contains(body, "⏳") {
		t.Errorf("the comment says:\n%s", body)
	}
}

func TestAnOlderBuildOverwritesNothing(t *testing.T) {
	r := newRig(t)
	o := r.options(verdict(t, "informed-pass"))
	o.Build = Build{6, 2}
	r.posts(o)
	o.Verdict = verdict(t, "informed-regression")
	for _, older := range []Build{{5, 9}, {6, 1}} {
		o.Build = older
		before := r.changes()
		if result := r.posts(o); result.Comment.How != Kept || result.Check.How != Kept || r.changes() != before {
			t.Errorf("build %s: %+v, want both kept", older, result)
		}
	}
	if !strings.Contains(r.only().Body, "state=pass") || r.Checks()[0].Conclusion != "success" {
		t.Errorf("the newer build's words are gone: %+v", r.Checks())
	}
}

func TestAHeadThatMovedOnIsSaid(t *testing.T) {
	tests := map[string]struct {
		way  *githubtest.Way
		want string
	}{
		"three commits": {&githubtest.Way{Status: "ahead", Ahead: 3}, "⏳ Measured on `1a2b3c4`, 3 commits behind this pull request's head `9f8e7d6`.\n"},
		"one commit":    {&githubtest.Way{Status: "ahead", Ahead: 1}, "⏳ Measured on `1a2b3c4`, 1 commit behind this pull request's head `9f8e7d6`.\n"},
		"forced push":   {&githubtest.Way{Status: "diverged", Ahead: 2}, "⏳ Measured on `1a2b3c4`, which is not part of this pull request any more; its head is `9f8e7d6`.\n"},
		"not known":     {nil, "⏳ Measured on `1a2b3c4`, which is not the newest commit of this pull request; its head is `9f8e7d6`.\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.SetPull(7, newer)
			if test.way != nil {
				r.SetWay(measured, newer, *test.way)
			}
			r.posts(r.options(verdict(t, "informed-regression")))
			if body := r.only().Body; !strings.HasPrefix(body, test.want) || !strings.Contains(body, " head="+measured+" ") {
				t.Errorf("the comment says:\n%s", body)
			}
			if checks := r.Checks(); len(checks) != 1 || checks[0].Head != measured {
				t.Errorf("the check run stands on another commit than was measured: %+v", checks)
			}
		})
	}
}

func TestWhenACommentIsBegun(t *testing.T) {
	regression, passed, open := verdict(t, "informed-regression"), verdict(t, "informed-pass"), verdict(t, "strict-inconclusive")
	for i := range passed.Tasks {
		passed.Tasks[i].Flip = ""
	}
	flips := verdict(t, "informed-pass")
	flips.Tasks[0].Flip = "won"
	for _, test := range []struct {
		when  When
		begun []bool // for a regression, an open verdict, a pass, a pass with a flipped task
	}{
		{Always, []bool{true, true, true, true}},
		{OnChanges, []bool{true, true, false, true}},
		{OnRegression, []bool{true, false, false, false}},
		{Never, []bool{false, false, false, false}},
	} {
		for i, v := range []Options{{Verdict: regression}, {Verdict: open}, {Verdict: passed}, {Verdict: flips}} {
			r := newRig(t)
			o := r.options(v.Verdict)
			o.Comment = test.when
			if result := r.posts(o); (result.Comment.How == Created) != test.begun[i] || result.Check.How != Created {
				t.Errorf("%s, verdict %d: %+v", test.when, i, result)
			}
		}
	}
}

// A comment that says "regression" must not stay when the next commit is good.
func TestACommentThatIsThereIsUpdatedWhateverTheVerdict(t *testing.T) {
	r := newRig(t)
	o := r.options(verdict(t, "informed-regression"))
	o.Comment = OnRegression
	r.posts(o)
	o.Verdict, o.Build = verdict(t, "informed-pass"), Build{6, 1}
	if result := r.posts(o); result.Comment.How != Updated {
		t.Errorf("%+v", result)
	}
}

func TestAnInconclusiveCheckIsWhatTheConfigurationSays(t *testing.T) {
	for _, want := range []Conclusion{Success, Neutral, Failure} {
		r := newRig(t)
		o := r.options(verdict(t, "strict-inconclusive"))
		o.IfInconclusive = want
		r.posts(o)
		if got := r.Checks()[0].Conclusion; got != string(want) {
			t.Errorf("conclusion %s, want %s", got, want)
		}
	}
}
