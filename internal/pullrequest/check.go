package pullrequest

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/google/go-github/v62/github"
)

var writingCheck = action{"writing the check run", "checks: write"}

// checkMark is in a check run's external id: whose it is, which CI run wrote it,
// and which verdict was posted in it when.
type checkMark struct {
	key     string // of [Key.hash]
	build   Build
	verdict string // of [digest]; empty: there is none
	posted  int64  // when the verdict was first posted on this commit, seconds of Unix time by GitHub's clock
}

func (m checkMark) String() string {
	text := fmt.Sprintf("benchgate:check/v1 key=%s run=%s", m.key, m.build)
	if m.verdict != "" {
		text += fmt.Sprintf(" verdict=%s posted=%d", m.verdict, m.posted)
	}
	return text
}

var checkMarkForm = regexp.MustCompile(`^benchgate:check/v1 key=([0-9a-f]{12}) run=([0-9]+\.[0-9]+)(?: verdict=([0-9a-f]{16}) posted=([0-9]{1,12}))?$`)

func readCheckMark(externalID string) (checkMark, bool) {
	form := checkMarkForm.FindStringSubmatch(externalID)
	if form == nil {
		return checkMark{}, false
	}
	build, err := ParseBuild(form[2])
	posted, _ := strconv.ParseInt(form[4], 10, 64) // 12 digits fit; none are 0
	return checkMark{form[1], build, form[3], posted}, err == nil
}

func markOf(run *github.CheckRun) checkMark {
	mark, _ := readCheckMark(run.GetExternalID())
	return mark
}

// postedOf is when a verdict was first posted, as the check runs of a commit say.
func postedOf(checks []*github.CheckRun, verdict string) time.Time {
	for _, run := range checks {
		if mark := markOf(run); mark.verdict == verdict {
			return time.Unix(mark.posted, 0)
		}
	}
	return time.Time{}
}

// checks are the check runs of a name and key on a commit, of the newest build
// first, of one build the newest first. GitHub's own notion of the latest ones
// goes by when they were completed, which says nothing of those that are not.
func (c *client) checks(ctx context.Context, head, name, key string) ([]*github.CheckRun, error) {
	var found []*github.CheckRun
	page := &github.ListCheckRunsOptions{CheckName: &name, Filter: github.String("all"), ListOptions: github.ListOptions{PerPage: 100}}
	for {
		list, response, err := c.api.Checks.ListCheckRunsForRef(ctx, c.owner, c.repo, head, page)
		if err != nil {
			return nil, c.refused(err, action{"reading the check runs", "checks: write"})
		}
		for _, run := range list.CheckRuns {
			if mark, marked := readCheckMark(run.GetExternalID()); marked && mark.key == key && run.GetName() == name {
				found = append(found, run)
			}
		}
		if response.NextPage == 0 {
			break
		}
		page.Page = response.NextPage
	}
	slices.SortFunc(found, func(a, b *github.CheckRun) int {
		return cmp.Or(markOf(b).build.compare(markOf(a).build), cmp.Compare(b.GetID(), a.GetID()))
	})
	return found, nil
}

// putCheck completes the check run of this name on the commit, or creates it, and
// ends others that this build or an older one left in progress.
func (c *client) putCheck(ctx context.Context, head string, want checkRun, onlyRunning bool) (Posted, error) {
	found, err := c.checks(ctx, head, want.name, want.mark.key)
	if err != nil {
		return Posted{}, err
	}
	want.remember(found, c.patient.clock())
	posted, target, err := c.putAmong(ctx, head, found, want, onlyRunning)
	if err != nil {
		return posted, err
	}
	return posted, c.endOthers(ctx, found, target, want.mark.build)
}

// remember takes over from the check runs that are there when the verdict was
// first posted; while it is measured again, also which one it was.
func (w *checkRun) remember(found []*github.CheckRun, now time.Time) {
	if w.conclusion == "" {
		for _, run := range found {
			if mark := markOf(run); mark.verdict != "" {
				w.mark.verdict, w.mark.posted = mark.verdict, mark.posted
				return
			}
		}
		return
	}
	if w.mark.verdict != "" {
		w.mark.posted = now.Unix()
		if at := postedOf(found, w.mark.verdict); !at.IsZero() {
			w.mark.posted = at.Unix()
		}
	}
}

// putAmong writes into the newest of the check runs, or a new one, and returns
// which one that was, if it was there.
func (c *client) putAmong(ctx context.Context, head string, found []*github.CheckRun, want checkRun, onlyRunning bool) (Posted, int64, error) {
	if onlyRunning && !slices.ContainsFunc(found, func(run *github.CheckRun) bool { return isRunningOf(run, want.mark.build) }) {
		return Posted{How: NotWanted}, 0, nil
	}
	if len(found) == 0 {
		posted, err := c.createCheck(ctx, head, want)
		return posted, 0, err
	}
	newest := found[0]
	switch {
	case markOf(newest).build.compare(want.mark.build) > 0:
		return Posted{How: Kept, URL: newest.GetHTMLURL()}, 0, nil
	case want.is(newest):
		return Posted{How: Unchanged, URL: newest.GetHTMLURL()}, newest.GetID(), nil
	case want.needsItsOwn(newest):
		posted, err := c.createCheck(ctx, head, want)
		return posted, 0, err
	}
	posted, err := c.updateCheck(ctx, head, newest, want)
	return posted, newest.GetID(), err
}

// isRunningOf reports whether a check run is in progress for a build.
func isRunningOf(run *github.CheckRun, build Build) bool {
	return run.GetStatus() != "completed" && markOf(run).build == build
}

// needsItsOwn reports whether what is to be said cannot be written over a check
// run: a completed one does not begin again, and GitHub adds annotations to those
// that are there.
func (w checkRun) needsItsOwn(there *github.CheckRun) bool {
	completed := there.GetStatus() == "completed"
	return completed && w.conclusion == "" || there.GetOutput().GetAnnotationsCount() > 0 && markOf(there).verdict != w.mark.verdict
}

// updateCheck brings the check run up to date. One that another GitHub App made
// under our name cannot be written; then there is one of our own beside it.
func (c *client) updateCheck(ctx context.Context, head string, found *github.CheckRun, want checkRun) (Posted, error) {
	_, response, err := c.api.Checks.UpdateCheckRun(ctx, c.owner, c.repo, found.GetID(), github.UpdateCheckRunOptions{
		Name: want.name, ExternalID: github.String(want.mark.String()), DetailsURL: optional(want.detailsURL),
		Status: github.String(want.status()), Conclusion: optional(string(want.conclusion)), Output: want.output(found),
	})
	switch {
	case err == nil:
		return Posted{How: Updated, URL: found.GetHTMLURL()}, nil
	case response != nil && response.StatusCode == http.StatusForbidden && ofAnotherApp(err):
		return c.createCheck(ctx, head, want)
	}
	return Posted{}, c.refused(err, writingCheck)
}

// createCheck looks before it creates again what may be there: see
// [sticky.begin].
func (c *client) createCheck(ctx context.Context, head string, want checkRun) (Posted, error) {
	for try := 1; ; try++ {
		made, _, err := c.api.Checks.CreateCheckRun(ctx, c.owner, c.repo, github.CreateCheckRunOptions{
			Name: want.name, HeadSHA: head, ExternalID: github.String(want.mark.String()), DetailsURL: optional(want.detailsURL),
			Status: github.String(want.status()), Conclusion: optional(string(want.conclusion)), Output: want.output(nil),
		})
		if err == nil {
			return Posted{How: Created, URL: made.GetHTMLURL()}, nil
		}
		if !mayHaveArrived(err) || c.pause(ctx, try) != nil {
			return Posted{}, c.refused(err, writingCheck)
		}
		found, lost := c.checks(ctx, head, want.name, want.mark.key)
		switch {
		case lost != nil:
			return Posted{}, lost
		case len(found) > 0 && want.is(found[0]):
			return Posted{How: Created, URL: found[0].GetHTMLURL()}, nil
		case try == posts:
			return Posted{}, c.refused(err, writingCheck)
		}
	}
}

// output is what the check run says. GitHub adds annotations to those that a check
// run has, so that they are sent once.
func (w checkRun) output(there *github.CheckRun) *github.CheckRunOutput {
	out := &github.CheckRunOutput{Title: &w.title, Summary: &w.summary, Text: optional(w.text)}
	if there.GetOutput().GetAnnotationsCount() == 0 {
		out.Annotations = annotations(w.notes)
	}
	return out
}

// is reports whether the check run says all of it already. One without annotations
// may be of a run that could not read where they belong.
func (w checkRun) is(run *github.CheckRun) bool {
	out := run.GetOutput()
	return run.GetExternalID() == w.mark.String() && run.GetStatus() == w.status() && run.GetConclusion() == string(w.conclusion) && run.GetDetailsURL() == w.detailsURL &&
		(len(w.notes) == 0 || out.GetAnnotationsCount() > 0) && out.GetTitle() == w.title && sameText(out.GetSummary(), w.summary) && sameText(out.GetText(), w.text)
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
