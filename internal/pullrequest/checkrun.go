package pullrequest

import (
	"bytes"
	"strings"

	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

// Conclusion is what a check run says to branch protection. GitHub lets a
// required check pass that is a success or neutral.
type Conclusion string

// The conclusions that there are.
const (
	Success   Conclusion = "success"
	Neutral   Conclusion = "neutral"
	Failure   Conclusion = "failure"
	Cancelled Conclusion = "cancelled" // a required check that was cancelled blocks
)

// conclude is the conclusion of a verdict. An outcome that is not known fails.
// What a fork's run reports is nobody's success, and a regression that a person
// accepted is.
func conclude(v gate.Verdict, f Facts, ifInconclusive Conclusion) Conclusion {
	switch {
	case f.Unverified:
		return Neutral
	case v.Outcome == gate.Pass:
		return Success
	case v.Outcome == gate.Inconclusive:
		return ifInconclusive
	case v.Outcome == gate.Regression && f.Accepted != nil:
		return Success
	}
	return Failure
}

func saidVerdict(v gate.Verdict, f Facts, ifInconclusive Conclusion, w When) (said, error) {
	name, err := digest(v)
	if err != nil {
		return said{}, err
	}
	s := said{state: state(v), verdict: name, title: titleOf(v, f), conclusion: conclude(v, f, ifInconclusive), begins: w.begins(v), guide: guideOf(v.Candidate.Benchgate)}
	heading := ""
	if v.Outcome == gate.Regression && f.Accepted != nil {
		heading = f.Accepted.heading()
	}
	s.markdown = func(most int) (string, error) {
		var b bytes.Buffer
		err := report.Markdown(&b, v, report.MarkdownOptions{MaxBytes: most, Heading: heading})
		return b.String(), err
	}
	return s, nil
}

func titleOf(v gate.Verdict, f Facts) string {
	switch {
	case f.Unverified:
		return report.UnverifiedTitle(v)
	case v.Outcome == gate.Regression && f.Accepted != nil:
		return report.AcceptedTitle(v, f.Accepted.Until)
	}
	return report.Title(v)
}

// checkRun is a check run as it is written.
type checkRun struct {
	name       string
	conclusion Conclusion // empty: it is in progress
	title      string     // at most 80 characters
	summary    string     // the report down to its first folded part
	text       string     // the folded parts
	detailsURL string
	mark       checkMark
	notes      []note
}

func (s said) checkRun(f Facts) (checkRun, error) {
	body, err := s.shown(f, maxBody)
	if err != nil {
		return checkRun{}, err
	}
	summary, text := unfold(body)
	return checkRun{
		name: CheckName(f.Key.Suite), conclusion: s.conclusion, title: s.title,
		summary: summary, text: text, detailsURL: f.BuildURL,
		mark: checkMark{key: f.Key.hash(), build: f.Build, verdict: s.verdict}, notes: s.notes,
	}, nil
}

func (w checkRun) status() string {
	if w.conclusion == "" {
		return "in_progress"
	}
	return "completed"
}

// CheckName is the name by which branch protection requires the check run of a
// suite.
func CheckName(suite string) string { return "benchgate / " + report.SuiteName(suite) }

// unfold parts a report at its first folded part. What others wrote cannot
// begin one: the report escapes it.
func unfold(body string) (above, folded string) {
	const fold = "\n<details>"
	at := strings.Index(body, fold)
	if at < 0 {
		return body, ""
	}
	return body[:at+1], body[at+1:]
}
