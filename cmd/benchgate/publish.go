package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"time"

	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/action"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/pullrequest"
	"github.com/benchgate/benchgate/internal/run"
	"github.com/benchgate/benchgate/internal/workflow"
)

const publishHelp = `
Usage: benchgate publish [flags] RUN

Posts a verdict to a pull request on GitHub, from any CI system: a comment that
is kept up to date, and the check run "benchgate / SUITE" on the measured
commit. RUN is a run's directory, or the verdict.json in it. It decides nothing
and measures nothing; it may be repeated, as to add the address of files that
are uploaded after the first time (--artifact-url).

The token is taken from GITHUB_TOKEN, the API's address from GITHUB_API_URL
(GitHub Enterprise; else github.com). The token needs "pull-requests: write" and
"checks: write". In GitHub Actions the flags have their values from the job.

Exit codes: 0 posted, or nothing was to be posted; 2 usage error; 5 GitHub
refused, with what to do. The verdict's own exit code is run's.
`

// publication is what the flags of publish say.
type publication struct {
	repository, head, build, buildURL, artifactURL, key, comment, configFile string
	pullRequest                                                              int
	check                                                                    bool
	timeout                                                                  time.Duration
}

func publishVerb(ctx context.Context, p *program, args []string) error {
	var f publication
	fs := p.flags("publish", publishHelp)
	fs.IntVar(&f.pullRequest, "pull-request", 0, "`number` of the pull request")
	fs.Lookup("pull-request").DefValue = "" // 0 is none
	fs.StringVar(&f.repository, "repository", "", "`OWNER/NAME` on GitHub")
	fs.StringVar(&f.head, "head", "", "the measured `commit` in full; without it the pull request's head is taken for it")
	fs.StringVar(&f.artifactURL, "artifact-url", "", "`address` of the run's uploaded files, to link to")
	fs.StringVar(&f.build, "build", "", "`NUMBER[.ATTEMPT]` of this CI run: what a higher one posted stays; without it, when the trials began")
	fs.StringVar(&f.buildURL, "build-url", "", "`address` of this CI run's page, to link to")
	fs.StringVar(&f.comment, "comment", string(pullrequest.Always), "`when` to begin a comment: always, changes (not for a pass in which no task was lost or won), regression, never; one that is there is kept up to date, but for never")
	fs.StringVar(&f.key, "comment-key", "", "`name` that tells apart comments of the same workflow, job and suite, as in a matrix")
	fs.BoolVar(&f.check, "check", true, "write the check run")
	fs.StringVar(&f.configFile, "c", "", "configuration `file`, whose gate.on_inconclusive says what an inconclusive check is (without: benchgate.yaml here, else neutral)")
	fs.DurationVar(&f.timeout, "timeout", 5*time.Minute, "give up after this `time`, waiting for GitHub's limits included")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usagef("publish needs one run: its directory, or the verdict.json in it")
	}
	o, err := p.publishOptions(f, rest[0])
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	result, err := pullrequest.Publish(ctx, o)
	p.tellPosted("comment", result.Comment)
	p.tellPosted("check run", result.Check)
	if err != nil {
		return notMeasured(err)
	}
	return nil
}

func (p *program) tellPosted(what string, posted pullrequest.Posted) {
	text := what + ": " + cmp.Or(string(posted.How), "not posted")
	if posted.How == pullrequest.Kept {
		text += ", as it is of a newer CI run than this one"
	}
	if posted.URL != "" {
		text += ": " + visible(posted.URL)
	}
	fmt.Fprintln(p.Stdout, text)
}

// publishOptions takes from the job what the flags do not say, and tells all
// that is wrong or missing at once.
func (p *program) publishOptions(f publication, name string) (pullrequest.Options, error) {
	job, err := workflow.ReadJob(p.LookupEnv)
	if err != nil {
		return pullrequest.Options{}, err
	}
	v, err := readPublished(name)
	if err != nil {
		return pullrequest.Options{}, err
	}
	own := job.PullRequest
	if own == nil {
		own = new(workflow.PullRequest)
	}
	o := pullrequest.Options{Verdict: v, Post: pullrequest.Post{
		Number: cmp.Or(f.pullRequest, own.Number), ArtifactURL: f.artifactURL, BuildURL: cmp.Or(f.buildURL, job.BuildURL),
		Key:     pullrequest.Key{Workflow: job.WorkflowFile, Job: job.Name, Suite: v.Candidate.Suite.Name, Name: f.key},
		Comment: pullrequest.When(f.comment), NoCheck: !f.check, Notice: p.note,
	}}
	if o.Head = f.head; o.Head == "" && o.Number == own.Number {
		o.Head = own.Head
	}
	var server, inconclusive, build error
	o.Server, server = p.server(job, cmp.Or(f.repository, job.Repository))
	o.IfInconclusive, inconclusive = onInconclusive(f.configFile)
	o.Build, build = buildOf(f, job, v)
	return o, errors.Join(server, inconclusive, build, checkPublication(f, o))
}

// readPublished reads the verdict of a run's directory, or a verdict document.
func readPublished(name string) (gate.Verdict, error) {
	file := name
	if isDir(name) {
		file = run.VerdictIn(name)
		if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
			return gate.Verdict{}, usagef("%s has no verdict.json: its run ended without a verdict, or it is not a run's directory", name)
		}
	}
	v, isVerdict, err := readVerdict(file)
	if err == nil && !isVerdict {
		err = usagef("%s is no verdict document; a run's directory has it as verdict.json", file)
	}
	return v, err
}

// buildOf orders CI runs by their numbers, or by when the trials began.
func buildOf(f publication, job workflow.Job, v gate.Verdict) (pullrequest.Build, error) {
	said := []struct{ by, text string }{{"--build", f.build}, {"GITHUB_RUN_ID with GITHUB_RUN_ATTEMPT", job.Build}}
	for _, number := range said {
		if number.text == "" {
			continue
		}
		build, err := pullrequest.ParseBuild(number.text)
		if err != nil {
			return build, usagef("%s %v", number.by, err)
		}
		return build, nil
	}
	if v.Candidate.Created.IsZero() {
		return pullrequest.Build{}, usagef("the verdict does not say when its trials began: number this CI run (--build)")
	}
	return pullrequest.Build{Number: v.Candidate.Created.Unix()}, nil
}

func onInconclusive(file string) (pullrequest.Conclusion, error) {
	if file == "" {
		if _, err := os.Stat(defaultConfig); errors.Is(err, fs.ErrNotExist) {
			return pullrequest.Neutral, nil
		}
		file = defaultConfig
	}
	c, err := config.Load(file, config.Flags{})
	if err != nil {
		return "", err
	}
	return action.IfInconclusive(c), nil
}

var fullCommit = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

func checkPublication(f publication, o pullrequest.Options) error {
	var errs []error
	if o.Number <= 0 {
		errs = append(errs, usagef("publish needs --pull-request NUMBER"))
	}
	if o.Head != "" && !fullCommit.MatchString(o.Head) {
		errs = append(errs, usagef("--head is %q, want a commit in full: 40 or 64 hexadecimal digits, as git rev-parse HEAD prints it", o.Head))
	}
	switch o.Comment {
	case pullrequest.Always, pullrequest.OnChanges, pullrequest.OnRegression, pullrequest.Never:
	default:
		errs = append(errs, usagef("--comment is %q, want always, changes, regression or never", f.comment))
	}
	for _, address := range []struct{ name, text string }{{"--artifact-url", o.ArtifactURL}, {"--build-url", o.BuildURL}} {
		if address.text == "" {
			continue
		}
		if _, err := pullrequest.ParseAddress(address.text); err != nil {
			errs = append(errs, usagef("%s %v", address.name, err))
		}
	}
	if f.timeout <= 0 {
		errs = append(errs, usagef("--timeout is %s, want more than nothing", f.timeout))
	}
	return errors.Join(errs...)
}
