package pullrequest

import (
	"context"
	"errors"
	"strings"

	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

// IssuePost is where issues are written, and in the name of which CI run. There is
// one issue for each suite, kind of alarm and Name.
type IssuePost struct {
	Server Server
	Suite  string
	Name   string // tells apart what has the same suite, as in a matrix

	Build    Build
	BuildURL string // page of the CI run; empty: none

	Notice func(string) // told why it takes long
}

// Issues writes issues about what no pull request is about: an alarm opens one, it
// is kept up to date, comments tell when the state changes, and it is closed when
// the alarm ends. Closed by a person, it stays closed until then; the next alarm
// opens it again. All of it may be repeated: an issue is found again by its mark
// and the account that wrote it, also among closed ones.
type Issues struct {
	*client
	post  IssuePost
	login string // of the token, once it is known
}

// NewIssues asks nothing of GitHub yet.
func NewIssues(post IssuePost) *Issues {
	return &Issues{client: newClient(post.Server, post.Notice), post: post}
}

// What can be done with an issue beside what can be done with a comment.
const (
	Closed     How = "closed"
	Reopened   How = "reopened"
	LeftClosed How = "left closed" // a person closed it while this alarm held
)

// Kinds of alarms.
const (
	kindGate  = "gate"
	kindDrift = "drift"
)

// stateEnded is an issue's state without an alarm.
const stateEnded = "ended"

// news is what an issue is to say.
type news struct {
	kind  string
	state string // what the alarm is of, as "regression" or "pass_rate+cost", or [stateEnded]
	alarm string // names the alarm, so that one which a person closed is known again; of [hashOf]

	title string
	text  func(most int) (string, error) // Markdown of at most so many bytes
	line  string                         // Markdown, a paragraph: what changed, for a comment
}

// Gate tells of a verdict that no pull request is about. A regression opens the
// issue and a pass ends it; what says neither leaves everything as it is.
func (i *Issues) Gate(ctx context.Context, v gate.Verdict, f Facts) (Posted, error) {
	n := news{
		kind: kindGate, state: stateEnded, title: CheckName(i.post.Suite) + ": regression: " + report.Title(v),
		alarm: hashOf(v.Baseline.Variant.Name, v.Baseline.Variant.Model, v.Candidate.Variant.Name, v.Candidate.Variant.Model),
		text:  func(most int) (string, error) { return Summary(v, f, most) },
		line:  report.Prose(v.Headline),
	}
	switch v.Outcome {
	case gate.Regression:
		n.state = string(gate.Regression)
	case gate.Pass:
	default:
		return Posted{How: NotWanted}, nil
	}
	return i.put(ctx, n)
}

// Drift tells of a series of nights. An alarm that holds opens the issue; it ends
// with the last one, and when the nights are learned anew.
func (i *Issues) Drift(ctx context.Context, r gate.DriftReport) (Posted, error) {
	n := news{
		kind: kindDrift, state: stateEnded, title: CheckName(i.post.Suite) + ": " + report.DriftTitle(r),
		text: func(most int) (string, error) { return report.DriftMarkdown(r, most), nil },
		line: report.Prose(r.Headline),
	}
	var metrics []string
	for _, a := range r.Alarms {
		if a.Ended == "" {
			metrics = append(metrics, a.Metric)
			if n.alarm == "" {
				n.alarm = hashOf(a.Metric, a.Found)
			}
		}
	}
	switch end := report.DriftEnd(r); {
	case len(metrics) > 0:
		n.state = strings.Join(metrics, "+")
	case end != "":
		n.line += "\n\n" + report.Prose(end)
	case r.State == gate.DriftLearning:
		n.line += "\n\nThe nights are learned anew: what was found before is left behind."
	}
	return i.put(ctx, n)
}

// put brings the issue up to date, or opens it if there is an alarm.
func (i *Issues) put(ctx context.Context, n news) (Posted, error) {
	if i.login == "" {
		login, err := i.client.login(ctx)
		if err != nil {
			return Posted{}, err
		}
		i.login = login
	}
	body, err := i.body(n)
	if err != nil {
		return Posted{}, err
	}
	w := issueWriter{Issues: i, news: n, body: body}
	found, err := w.find(ctx)
	switch {
	case err != nil:
		return Posted{}, err
	case len(found) > 0:
		return w.update(ctx, found)
	case n.state == stateEnded:
		return Posted{How: NotWanted}, nil
	}
	return w.open(ctx)
}

// below is what an issue says of itself.
const below = "This issue is kept up to date, and closes itself when the alarm ends. Closed by hand, it stays closed until then; the next alarm opens it again."

func (i *Issues) body(n news) (string, error) {
	foot := below
	if i.post.BuildURL != "" {
		foot += " · " + link("Run", i.post.BuildURL)
	}
	foot = "\n<sub>" + foot + "</sub>\n\n"
	text, err := n.text(maxBody - maxMarker - len(foot))
	if err != nil {
		return "", err
	}
	if len(text)+len(foot)+maxMarker > maxBody {
		return "", errors.New("writing the issue: its text is too long")
	}
	return text + foot + i.mark(n).String() + "\n", nil
}

func (i *Issues) mark(n news) issueMark {
	return issueMark{kind: n.kind, key: hashOf(i.post.Suite, i.post.Name), build: i.post.Build, state: n.state, alarm: n.alarm}
}
