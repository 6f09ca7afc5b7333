package pullrequest

import (
	"strings"

	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

// Conclusion is what a check run says to branch protection. GitHub lets a
// required check pass that is a success or neutral.
type Conclusion string

// The conclusions that a verdict can have.
const (
	Success Conclusion = "success"
	Neutral Conclusion = "neutral"
	Failure Conclusion = "failure"
)

// conclude is the conclusion of a verdict. An outcome that is not known fails.
func conclude(v gate.Verdict, ifInconclusive Conclusion) Conclusion {
	switch v.Outcome {
	case gate.Pass:
		return Success
	case gate.Inconclusive:
		return ifInconclusive
	}
	return Failure
}

// checkRun is a completed check run.
type checkRun struct {
	name       string
	conclusion Conclusion
	title      string // at most 80 characters
	summary    string // the report down to its first folded part
	text       string // the folded parts
	detailsURL string
	mark       checkMark
}

func checkRunOf(v gate.Verdict, f Facts, ifInconclusive Conclusion) (checkRun, error) {
	body, err := shown(v, f)
	if err != nil {
		return checkRun{}, err
	}
	summary, text := unfold(body)
	return checkRun{
		name: CheckName(v), conclusion: conclude(v, ifInconclusive), title: report.Title(v),
		summary: summary, text: text, detailsURL: f.BuildURL,
		mark: checkMark{key: f.Key.hash(), build: f.Build},
	}, nil
}

// CheckName is the name by which branch protection requires the check run:
// it stays the same while the suite does.
func CheckName(v gate.Verdict) string { return "benchgate / " + report.SuiteName(v) }

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
