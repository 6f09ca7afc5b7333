package pullrequest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/pullrequest/githubtest"
)

const us = "github-actions[bot]"

// Only a comment that the token's account wrote and that ends with the marker
// is written over: anybody can write the marker, and can edit what they wrote.
func TestCommentsOfOthersAreLeftAlone(t *testing.T) {
	v := verdict(t, "informed-regression")
	mine := marker{key: Key{Suite: v.Candidate.Suite.Name}.hash(), head: measured, build: Build{99, 1}, state: "pass"}.String()
	otherKey := marker{key: Key{Suite: "another"}.hash(), head: measured, build: Build{99, 1}, state: "pass"}.String()
	for name, foreign := range map[string]githubtest.Comment{
		"another author":            {Login: "mallory", Body: "### Pass\n\n" + mine},
		"an author called alike":    {Login: "github-actions", Body: mine},
		"quoted":                    {Login: us, Body: "> " + mine},
		"not the last line":         {Login: us, Body: mine + "\n\nSee above."},
		"within the last line":      {Login: us, Body: "see " + mine},
		"of another suite":          {Login: us, Body: otherKey},
		"of a later version":        {Login: us, Body: strings.Replace(mine, "/v1", "/v2", 1)},
		"of another tool":           {Login: us, Body: "<!-- bencher -->"},
		"an empty body":             {Login: us},
		"of a number that is none":  {Login: us, Body: strings.Replace(mine, "run=99.1", "run=x.1", 1)},
		"of a number without limit": {Login: us, Body: strings.Replace(mine, "run=99.1", "run=99999999999999999999.1", 1)},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.AddComment(7, foreign.Login, foreign.Body)
			if result := r.posts(r.options(v)); result.Comment.How != Created {
				t.Errorf("%+v, want a comment of our own", result.Comment)
			}
			comments := r.Comments()
			if len(comments) != 2 || comments[0].Body != foreign.Body {
				t.Errorf("the comments are now %+v", comments)
			}
		})
	}
}

// A body comes back with other line ends after somebody edited it in a browser.
func TestLineEndsOfABodyDoNotMatter(t *testing.T) {
	r := newRig(t)
	o := r.options(verdict(t, "informed-regression"))
	body, err := commentOf(o.Verdict, Facts{Head: measured, BuildURL: o.BuildURL, Key: o.Key, Build: o.Build})
	if err != nil {
		t.Fatal(err)
	}
	r.AddComment(7, us, strings.ReplaceAll(strings.TrimSpace(body), "\n", "\r\n"))
	if result := r.posts(o); result.Comment.How != Unchanged {
		t.Errorf("%+v", result.Comment)
	}
}

func TestTheCommentIsFoundOnAnyPage(t *testing.T) {
	r := newRig(t)
	for i := range 230 {
		r.AddComment(7, "mallory", fmt.Sprintf("comment %d", i))
	}
	o := r.options(verdict(t, "informed-pass"))
	first := r.posts(o)
	for i := range 120 {
		r.AddComment(7, "mallory", fmt.Sprintf("later %d", i))
	}
	o.Verdict, o.Build = verdict(t, "informed-regression"), Build{6, 1}
	if second := r.posts(o); second.Comment.How != Updated || second.Comment.URL != first.Comment.URL {
		t.Errorf("%+v, want %s updated", second.Comment, first.Comment.URL)
	}
}

// Two builds that began at the same moment may each have posted. All who come
// by keep the same one: that of the newest build, of equals the oldest.
func TestSecondCommentsAreRemoved(t *testing.T) {
	v := verdict(t, "informed-regression")
	old := func(number int64) string {
		return "text\n\n" + marker{key: Key{Suite: v.Candidate.Suite.Name}.hash(), head: measured, build: Build{number, 1}, state: "pass"}.String()
	}
	tests := map[string]struct {
		there []int64 // builds
		keeps int     // of them
		how   How
	}{
		"both older":       {[]int64{3, 4}, 1, Updated},
		"one newer":        {[]int64{9, 4}, 0, Kept},
		"the second newer": {[]int64{4, 9}, 1, Kept},
		"equals":           {[]int64{5, 5, 5}, 0, Updated},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			var ids []int64
			for _, number := range test.there {
				ids = append(ids, r.AddComment(7, us, old(number)))
			}
			if result := r.posts(r.options(v)); result.Comment.How != test.how {
				t.Errorf("%+v, want %s", result.Comment, test.how)
			}
			if got := r.only(); got.ID != ids[test.keeps] {
				t.Errorf("comment %d stays, want %d", got.ID, ids[test.keeps])
			}
		})
	}
}

// Another app can take our check run's name and mark. GitHub does not let us
// write over it.
func TestACheckRunOfAnotherAppIsNotOurs(t *testing.T) {
	r := newRig(t)
	o := r.options(verdict(t, "informed-regression"))
	r.AddCheck(githubtest.Check{
		App: 666, Head: measured, Name: CheckName(o.Key.Suite), Conclusion: "success", Title: "all good",
		ExternalID: checkMark{key: o.Key.hash(), build: Build{4, 1}}.String(), DetailsURL: "https://example.com",
	})
	r.posts(o)
	checks := r.Checks()
	if len(checks) != 2 || checks[1].App != githubtest.Actions.App || checks[1].Conclusion != "failure" {
		t.Errorf("check runs: %+v", checks)
	}
}
