package pullrequest

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"

	"github.com/google/go-github/v62/github"
)

var writingCheck = action{"writing the check run", "checks: write"}

// checkMark is in a check run's external id: whose it is and which CI run wrote
// it.
type checkMark struct {
	key   string // of [Key.hash]
	build Build
}

func (m checkMark) String() string {
	return fmt.Sprintf("benchgate:check/v1 key=%s run=%s", m.key, m.build)
}

var checkMarkForm = regexp.MustCompile(`^benchgate:check/v1 key=([0-9a-f]{12}) run=([0-9]+\.[0-9]+)$`)

func readCheckMark(externalID string) (checkMark, bool) {
	form := checkMarkForm.FindStringSubmatch(externalID)
	if form == nil {
		return checkMark{}, false
	}
	build, err := ParseBuild(form[2])
	return checkMark{form[1], build}, err == nil
}

// putCheck completes the check run of this name on the commit, or creates it.
func (c *client) putCheck(ctx context.Context, head string, want checkRun) (Posted, error) {
	found, err := c.findCheck(ctx, head, want)
	switch {
	case err != nil:
		return Posted{}, err
	case found == nil:
		return c.createCheck(ctx, head, want)
	}
	return c.updateCheck(ctx, head, found, want)
}

// findCheck is the check run of the newest build; nil when there is none.
func (c *client) findCheck(ctx context.Context, head string, want checkRun) (*github.CheckRun, error) {
	var found []*github.CheckRun
	page := &github.ListCheckRunsOptions{CheckName: &want.name, ListOptions: github.ListOptions{PerPage: 100}}
	for {
		list, response, err := c.api.Checks.ListCheckRunsForRef(ctx, c.owner, c.repo, head, page)
		if err != nil {
			return nil, c.refused(err, action{"reading the check runs", "checks: write"})
		}
		for _, run := range list.CheckRuns {
			if mark, marked := readCheckMark(run.GetExternalID()); marked && mark.key == want.mark.key && run.GetName() == want.name {
				found = append(found, run)
			}
		}
		if response.NextPage == 0 {
			break
		}
		page.Page = response.NextPage
	}
	if len(found) == 0 {
		return nil, nil
	}
	return slices.MaxFunc(found, func(a, b *github.CheckRun) int {
		return cmp.Or(buildOf(a).compare(buildOf(b)), cmp.Compare(a.GetID(), b.GetID()))
	}), nil
}

func buildOf(run *github.CheckRun) Build {
	mark, _ := readCheckMark(run.GetExternalID())
	return mark.build
}

// updateCheck brings the check run up to date. One that another GitHub App made
// under our name cannot be written; then there is one of our own beside it.
func (c *client) updateCheck(ctx context.Context, head string, found *github.CheckRun, want checkRun) (Posted, error) {
	switch {
	case buildOf(found).compare(want.mark.build) > 0:
		return Posted{Kept, found.GetHTMLURL()}, nil
	case want.is(found):
		return Posted{Unchanged, found.GetHTMLURL()}, nil
	}
	_, response, err := c.api.Checks.UpdateCheckRun(ctx, c.owner, c.repo, found.GetID(), github.UpdateCheckRunOptions{
		Name: want.name, ExternalID: github.String(want.mark.String()), DetailsURL: optional(want.detailsURL),
		Status: github.String("completed"), Conclusion: github.String(string(want.conclusion)), Output: want.output(),
	})
	switch {
	case err == nil:
		return Posted{Updated, found.GetHTMLURL()}, nil
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
			Status: github.String("completed"), Conclusion: github.String(string(want.conclusion)), Output: want.output(),
		})
		if err == nil {
			return Posted{Created, made.GetHTMLURL()}, nil
		}
		if !mayHaveArrived(err) || c.pause(ctx, try) != nil {
			return Posted{}, c.refused(err, writingCheck)
		}
		found, lost := c.findCheck(ctx, head, want)
		switch {
		case lost != nil:
			return Posted{}, lost
		case found != nil && want.is(found):
			return Posted{Created, found.GetHTMLURL()}, nil
		case try == posts:
			return Posted{}, c.refused(err, writingCheck)
		}
	}
}

func (w checkRun) output() *github.CheckRunOutput {
	return &github.CheckRunOutput{Title: &w.title, Summary: &w.summary, Text: optional(w.text)}
}

// is reports whether the check run says all of it already.
func (w checkRun) is(run *github.CheckRun) bool {
	out := run.GetOutput()
	return run.GetExternalID() == w.mark.String() && run.GetConclusion() == string(w.conclusion) && run.GetDetailsURL() == w.detailsURL &&
		out.GetTitle() == w.title && sameText(out.GetSummary(), w.summary) && sameText(out.GetText(), w.text)
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
