package main

import (
	"context"
	"fmt"
	"time"

	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/run"
)

const runHelp = `
Usage: benchgate run [-c benchgate.yaml] [flags]

Runs the candidate's trials (and the baseline's, when none is stored), one
container each, meters every model request, lets each task's tests decide, and
reports the verdict. The exit code is the verdict's.

Without a file, as people know it from Terminal-Bench:

  benchgate run --dataset-path tasks --task-id a --task-id b \
    --agent claude-code --baseline-model OLD --model NEW

With "--arm baseline", or a configuration that has only one of the two, that
variant is measured alone: every planned attempt, compared with nothing. The
exit code is 0 when all of them are in, else 5; the same command again goes on
from what is there. "benchgate baseline save DIR" makes it the baseline.

The model API's key is taken from ANTHROPIC_API_KEY (or ANTHROPIC_AUTH_TOKEN,
as a bearer token, or CLAUDE_CODE_OAUTH_TOKEN), its address from
ANTHROPIC_BASE_URL, headers for a gateway from ANTHROPIC_CUSTOM_HEADERS; for
Codex from OPENAI_API_KEY and OPENAI_BASE_URL. The configuration's api wins over
these. No secret enters a container.
`

func runVerb(ctx context.Context, p *program, args []string) error {
	var s settings
	var out output
	fs := p.flags("run", runHelp)
	s.register(fs)
	out.register(fs)
	record := fs.String("record", "", "record each trial into this `directory`, for the replay agent")
	again := fs.Bool("again", false, "measure anew, although an earlier run has an answer to the same question")
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return firstError(err, rest)
	}
	format, err := report.ParseFormat(out.format)
	if err != nil {
		return usagef("%v", err)
	}
	c, err := s.load()
	if err != nil {
		return err
	}
	store, err := p.openStore(c.Baselines, c.Dir)
	if err != nil {
		return err
	}
	show := p.newProgress(c)
	defer show.close()
	o := run.Options{
		Config: c, Store: store, Version: version(), LookupEnv: p.LookupEnv, Log: p.logger(s.verbose), Now: time.Now,
		RunsDir: filesDir(c, "runs"), CacheDir: p.cacheDir(), Record: *record, Again: *again,
		Notice: show.notice, Progress: show.progress,
	}
	if c.Alone() != "" {
		return p.measureAlone(ctx, o, show, s, format)
	}
	result, err := run.Run(ctx, o)
	show.close()
	if err != nil {
		return err
	}
	opts := p.reportOptions(out)
	if result.Dir != "" {
		opts = ofRun(opts, s, result.Dir)
		fmt.Fprintf(p.Stderr, "files of this run: %s\n", result.Dir)
	}
	if err := report.Verdict(p.Stdout, result.Verdict, format, opts); err != nil {
		return err
	}
	return verdictError(result.Verdict.Outcome)
}
