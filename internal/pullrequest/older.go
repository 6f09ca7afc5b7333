package pullrequest

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"github.com/google/go-github/v62/github"
)

// What an older CI run left behind: a report that is still worth reading, or a
// comment and check runs that say "in progress" for ever.

// Signs with which a line on something that passes begins.
const (
	signRunning = "⏳ "
	signStopped = "◽ "
)

// isReport reports whether a comment of ours shows something that was measured,
// and not only a run that goes on or has stopped.
func isReport(body string) bool {
	for line := range strings.Lines(body) {
		if heading, found := strings.CutPrefix(line, "### "); found {
			return !strings.HasPrefix(heading, signRunning) && !strings.HasPrefix(heading, signStopped) && !strings.HasPrefix(heading, "💤")
		}
	}
	return false
}

// over puts a line in the place of those that were above an earlier report, and
// keeps the report.
func over(body, line string, m marker) string {
	above, _ := cutLast(body)
	kept := strings.ReplaceAll(above, "\r\n", "\n")
	for strings.HasPrefix(kept, signRunning) || strings.HasPrefix(kept, signStopped) {
		_, kept, _ = strings.Cut(kept, "\n")
		kept = strings.TrimLeft(kept, "\n")
	}
	return line + "\n\n" + kept + m.String() + "\n"
}

// aboveOlder is the line above a report that an earlier build left.
func (s said) aboveOlder(b Behind, measured string, f Facts) string {
	run := ""
	if f.BuildURL != "" {
		run = " (" + link("run", f.BuildURL) + ")"
	}
	what := "Measured by an earlier run on this commit"
	if words := b.words(measured); words != "" {
		what = strings.TrimSuffix(strings.TrimPrefix(words, signRunning), ".")
	}
	if s.conclusion == "" {
		return signRunning + what + "; a new run is under way: " + s.passing + run
	}
	return signStopped + what + "; the newest run" + run + " has no verdict: " + s.passing
}

// endOlder ends what an older build left in progress on another commit, of which
// this comment is the only trace. What could not be ended is left for the next
// time.
func (s sticky) endOlder(ctx context.Context, there own) (left string, err error) {
	left = there.left
	if there.state == stateRunning && there.head != s.mark.head {
		left = there.head
	}
	if left == "" || left == s.mark.head || s.alsoEnd == nil {
		return "", nil
	}
	if err := s.alsoEnd(ctx, left, s.mark.build); err != nil {
		return left, err
	}
	return "", nil
}

// bodyOver is the body to write: the own one, or a line above an earlier report
// that is worth keeping.
func (s sticky) bodyOver(ctx context.Context, there own, left string) string {
	mark := s.mark
	mark.left = left
	if s.said.passing == "" || !isReport(there.body) {
		own, _ := cutLast(s.body)
		return own + mark.String() + "\n"
	}
	mark.verdict, mark.of = there.verdict, cmp.Or(there.of, there.head)
	behind := Behind{}
	if mark.of != s.mark.head {
		behind = s.behind(ctx, mark.of, s.mark.head)
	}
	return over(there.body, s.said.aboveOlder(behind, mark.of, s.facts), mark)
}

// endOthers completes what is in progress beside the check run that was written:
// left by a CI run that died, or made by a request that arrived twice.
func (c *client) endOthers(ctx context.Context, found []*github.CheckRun, but int64, upTo Build) error {
	for _, run := range found {
		if run.GetStatus() == "completed" || run.GetID() == but || markOf(run).build.compare(upTo) > 0 {
			continue
		}
		if err := c.endCheck(ctx, run); err != nil {
			return err
		}
	}
	return nil
}

func (c *client) endCheck(ctx context.Context, run *github.CheckRun) error {
	title := "not measured: superseded by a newer run"
	_, response, err := c.api.Checks.UpdateCheckRun(ctx, c.owner, c.repo, run.GetID(), github.UpdateCheckRunOptions{
		Name: run.GetName(), ExternalID: run.ExternalID, Status: github.String("completed"), Conclusion: github.String(string(Cancelled)),
		Output: &github.CheckRunOutput{Title: &title, Summary: github.String("A newer run of the same job took its place before it had a verdict.")},
	})
	if err == nil || response != nil && response.StatusCode == http.StatusForbidden && ofAnotherApp(err) {
		return nil
	}
	return c.refused(err, action{"ending an older check run", "checks: write"})
}

// endChecksOn ends what builds up to one left in progress on a commit.
func (p *Poster) endChecksOn(ctx context.Context, head string, upTo Build) error {
	if p.post.NoCheck {
		return nil
	}
	found, err := p.checks(ctx, head, CheckName(p.post.Key.Suite), p.post.Key.hash())
	if err != nil {
		return err
	}
	return p.endOthers(ctx, found, 0, upTo)
}
