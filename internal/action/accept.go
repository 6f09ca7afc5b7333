package action

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/pullrequest"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/run"
)

// accept posts the regressions of the pull request's head again, as accepted or not:
// who may accept, until when, and that it is this very verdict, is decided where it
// is posted. Nothing is run, and nothing need be checked out: all it takes is in the
// artifacts of the jobs that measured, whichever workflows they were of.
func (a *action) accept(ctx context.Context) (int, error) {
	form := regexp.MustCompile(fmt.Sprintf(`^benchgate-[0-9a-f]{12}-%d$`, a.ask.pull))
	found, err := a.github.ArtifactsLike(ctx, form)
	if err != nil {
		return a.failed(err)
	}
	pull, err := a.github.Pull(ctx, a.ask.pull)
	if err != nil {
		return a.failed(err)
	}
	work, err := os.MkdirTemp("", "benchgate-accept-")
	if err != nil {
		return a.refuse(err)
	}
	defer os.RemoveAll(work)
	code, posted := 0, 0
	for i, artifact := range found {
		r, err := a.regressionIn(ctx, pull, artifact, filepath.Join(work, fmt.Sprint(i)))
		if err != nil {
			a.noteIf(err)
			continue
		}
		if r == nil {
			continue
		}
		posted++
		if !a.repost(ctx, *r) {
			code = r.verdict.Outcome.ExitCode()
		}
	}
	if posted == 0 {
		return 0, a.sayNothing(fmt.Sprintf("no regression of commit %s was found to accept, among artifacts with names as benchgate-…-%d", short(a.ask.head), a.ask.pull))
	}
	return code, nil
}

// regression is one that was posted on the head.
type regression struct {
	verdict gate.Verdict
	judged  judged
	runs    report.Particulars // without files: they are elsewhere
}

// regressionIn is the regression of the head in an artifact; nil: there is none. An
// artifact is believed only as far as the workflow that its name stands for
// uploaded it, for this pull request: any workflow may upload under any name.
func (a *action) regressionIn(ctx context.Context, pull pullrequest.Pull, artifact pullrequest.Artifact, runsDir string) (*regression, error) {
	text, err := a.github.Download(ctx, artifact, maxRestoredBytes)
	if err != nil {
		return nil, err
	}
	if _, err := unpack(bytes.NewReader(text), int64(len(text)), runsDir); err != nil {
		return nil, err
	}
	dir, j, err := verdictOf(runsDir, a.ask.head)
	if err != nil || dir == "" {
		return nil, err
	}
	from, err := a.github.WorkflowRun(ctx, artifact.Run)
	if err != nil {
		return nil, err
	}
	if !a.measured(pull, from) || from.Workflow != j.Workflow || artifact.Name != nameOf(j.key(), j.PullRequest, j.Head) {
		return nil, fmt.Errorf("the artifact %s is not what its name says: it is of %s on the branch %q", artifact.Name, from.Workflow, from.HeadRef)
	}
	v, err := readVerdict(run.VerdictIn(dir))
	if err != nil || v.Outcome != gate.Regression {
		return nil, err
	}
	runs, err := runsIn(dir)
	if err != nil {
		return nil, err
	}
	return &regression{v, j, runs}, nil
}

// runsIn are the attempts that a run's directory has: of both variants, but for those
// of a stored baseline, whose file is elsewhere.
func runsIn(dir string) (p report.Particulars, err error) {
	for arm, into := range map[baselines.Arm]**baselines.Run{baselines.Baseline: &p.Baseline, baselines.Candidate: &p.Candidate} {
		if !isThere(run.JournalIn(dir, arm)) {
			continue
		}
		if *into, err = baselines.ReadFile(run.JournalIn(dir, arm)); err != nil {
			return report.Particulars{}, err
		}
	}
	return p, nil
}

// repost posts the regression and says whether it is accepted. It is posted in the name
// of the CI run that gave the verdict: whoever accepts it has measured nothing, and what
// that run says when it runs once more is newer. An error is said in the log: what is
// not known to be accepted is not.
func (a *action) repost(ctx context.Context, r regression) bool {
	given, _ := r.judged.on(a.ask.head)
	given.Repeats = a.ownRun(given.Repeats)
	l := left{Head: a.ask.head, Pull: a.ask.pull, Suite: r.judged.Suite, Comment: a.values.Comment != "never", Check: a.ask.checks}
	post := a.post(r.judged.key(), l, given.Circumstances)
	if build, err := pullrequest.ParseBuild(given.Build); err == nil {
		post.Build = build
	}
	result, err := pullrequest.NewPoster(post).Finish(ctx, r.verdict, pullrequest.Places{})
	a.notPosted(err)
	o := outcome{result: &run.Result{Verdict: r.verdict}}
	facts := pullrequest.Facts{Head: post.Head, BuildURL: post.BuildURL, Key: post.Key, Build: post.Build, Circumstances: post.Circumstances, Accepted: result.Accepted, Acceptable: post.Accept}
	summary, err := pullrequest.Summary(r.verdict, facts, mostSummary)
	summary += r.runs.Markdown(mostSummary - len(summary))
	a.noteIf(errors.Join(err, a.Log.Summarize(summary), setOutputs(a.Log, o.outputs()), a.annotate(o, result.Accepted != nil, o.jobCode(nil, result.Accepted != nil))))
	return result.Accepted != nil
}

func readVerdict(name string) (gate.Verdict, error) {
	file, err := os.Open(name)
	if err != nil {
		return gate.Verdict{}, fmt.Errorf("reading verdict: %w", err)
	}
	defer file.Close()
	return report.Decode(file, name)
}
