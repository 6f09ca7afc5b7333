package trial

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/plain"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/tamper"
)

// examineTime is how long looking at what an agent changed may take. It takes
// longer the more files there are, so an agent can make it long.
const examineTime = 45 * time.Second

// maxTampered is how many changes a record names, and maxTamperedText how long
// each may be, in bytes.
const (
	maxTampered     = 20
	maxTamperedText = 200
)

// examine looks at what the agent changed in its sandbox, from outside and before
// the tests run. What cannot be looked at counts as changed: an agent that leaves
// millions of files could else hide anything among them.
func (a *attempt) examine(ctx context.Context) {
	if !a.started || !a.isolated || a.recorded != nil || a.job.Subject.Agent.Place != nil {
		return // nothing of an agent ran, or the task's own solution did
	}
	ctx, cancel := context.WithTimeoutCause(ctx, examineTime, errDeadline)
	defer cancel()
	found, err := a.findChanges(ctx)
	switch {
	case errors.Is(err, sandbox.ErrUnsupported), context.Cause(ctx) != nil && !errors.Is(context.Cause(ctx), errDeadline):
		return
	case err != nil:
		a.log.Warn("what the agent changed is not known", "error", err)
		found = append(found, tamper.Finding{Path: "/", Says: "has changes that could not be looked at", Grade: tamper.Tampered})
	}
	if a.Limits.Verifier == baselines.VerifierFresh { // to which only the working directory comes
		found = slices.DeleteFunc(found, func(f tamper.Finding) bool { return !strings.HasPrefix(f.Path, a.workdir+"/") })
	}
	if len(found) == 0 {
		return
	}
	a.doubtful = true
	if found[0].Grade == tamper.Tampered {
		a.flag(baselines.Tampered)
		found = slices.DeleteFunc(found, func(f tamper.Finding) bool { return f.Grade != tamper.Tampered })
	}
	for _, f := range found[:min(len(found), maxTampered)] {
		a.trial.Tampered = append(a.trial.Tampered, plain.Line(f.Path+": "+f.Says, maxTamperedText))
	}
}

func (a *attempt) findChanges(ctx context.Context) ([]tamper.Finding, error) {
	tests := a.job.Task.Tests
	look := tamper.Begin(tamper.Tests{Workdir: a.workdir, Shell: tests.Shell, Text: scriptText(tests.Files), Path: a.searchPath()})
	if err := a.box.Changes(ctx, look.See); err != nil {
		return nil, orDeadline(ctx, err)
	}
	var listings map[string]tamper.Listing
	if dirs := look.Dirs(); len(dirs) > 0 {
		var err error
		if listings, err = a.box.List(ctx, dirs...); err != nil {
			return nil, orDeadline(ctx, err)
		}
	}
	found := a.withEntrypoint(look.Findings(listings))
	if look.Full() {
		return found, errors.New("there are too many to judge each")
	}
	return found, nil
}

// defaultPath is Docker's, where an image sets none.
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// searchPath is where programs of the tests are looked for.
func (a *attempt) searchPath() []string {
	task := a.job.Task
	set := cmp.Or(task.Tests.Env["PATH"], task.Env["PATH"], a.image.Path, defaultPath)
	return slices.DeleteFunc(strings.Split(set, ":"), func(dir string) bool { return !strings.HasPrefix(dir, "/") })
}

// maxScriptText bounds what is read of shell scripts, in bytes.
const maxScriptText = 1 << 20

// scriptText is what the shell scripts among a task's files say. They are read for
// hints: what cannot be read is left out.
func scriptText(files []suite.Placed) string {
	var text strings.Builder
	for _, placed := range files {
		_ = filepath.WalkDir(placed.Host, func(file string, entry os.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() || filepath.Ext(file) != ".sh" {
				return nil //nolint:nilerr // running them tells what is wrong
			}
			f, err := os.Open(file)
			if err != nil {
				return nil //nolint:nilerr // as above
			}
			defer f.Close()
			_, _ = io.Copy(&text, io.LimitReader(f, maxScriptText-int64(text.Len())))
			return nil
		})
	}
	return text.String()
}
