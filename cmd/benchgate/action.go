package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/action"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/workflow"
)

const actionHelp = `
Usage: benchgate action [--post]

What the Action does in a job of GitHub Actions, with the inputs that action.yml
describes and the event that started the job: trials until the verdict stands,
then comment, check run, annotations, summary and outputs. It is of no use
elsewhere: "benchgate run" measures anywhere, "benchgate publish" posts from any
CI system.

With --post it finishes what a step that died left behind: the comment and the
check run that say it goes on, and its containers.

Exit codes: 0 when the job need not fail, else the verdict's. The output
exit-code is the verdict's in either case.
`

func actionVerb(ctx context.Context, p *program, args []string) error {
	fs := p.flags("action", actionHelp)
	post := fs.Bool("post", false, "finish what a step that died left behind")
	verbose := fs.Bool("v", false, "say more in the log")
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return firstError(err, rest)
	}
	lookup := workflow.Lookup(p.LookupEnv)
	job, err := workflow.ReadJob(lookup)
	if err != nil {
		return err
	}
	if job.Workspace != "" {
		if err := os.Chdir(job.Workspace); err != nil {
			return fmt.Errorf("entering the workspace: %w", err)
		}
	}
	o := action.Options{
		Job: job, Environ: os.Environ(), LookupEnv: p.LookupEnv, Log: p.job, Logger: p.logger(*verbose || job.Debug),
		Version: version(), CacheDir: p.cacheDir(), Now: time.Now, Notice: p.note, Show: p.showRun,
		OpenStore: p.actionStore, Accept: accept,
	}
	run := action.Run
	if *post {
		run = action.Post
	}
	code, err := run(ctx, o)
	if err != nil {
		return exitError{err, code}
	}
	if code != 0 {
		return silent{exitError{fmt.Errorf("the job fails with %d", code), code}}
	}
	return nil
}

// actionStore opens the store with the tokens of the inputs, where they are given.
func (p *program) actionStore(c *config.Config) (baselines.Store, error) {
	return p.openStoreWith(c.Baselines, c.Dir, p.firstToken(
		token{from: "input baseline-token", variable: workflow.Variable("baseline-token")}, token{from: "BENCHGATE_BASELINE_TOKEN"},
		token{from: "input github-token", variable: workflow.Variable("github-token")}, token{from: "GITHUB_TOKEN"},
	))
}

// showRun shows the trials of a run in the job's log.
func (p *program) showRun(c *config.Config) action.Shown {
	show := p.newProgress(c)
	return action.Shown{Notice: show.notice, Progress: show.progress, Close: show.close}
}
