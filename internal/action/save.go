package action

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/site"
	"github.com/benchgate/benchgate/internal/workflow"
)

// checkSaving refuses to save what will be no measurement of one variant, before
// anything is spent, and tells where the saved one ends with the job.
func (a *action) checkSaving(c *config.Config) error {
	switch {
	case !a.values.SaveBaseline:
		return nil
	case c.Alone() == "":
		return errors.New("input save-baseline is true, and a gate would be judged: say which arm is measured and saved (arm: baseline or candidate)")
	case c.Baselines.Branch == "":
		return a.Log.Annotate(workflow.Annotation{
			Level: workflow.Warning, Title: "benchgate: the baseline ends with this job",
			Message: "The configuration keeps baselines in a directory, which is gone with the runner unless a later step keeps it: add baselines: {branch: benchgate-baselines} to it.",
		})
	}
	return nil
}

// saveBaseline stores what was measured alone, if the inputs ask for it. A
// measurement with gaps is no baseline. Pull requests are refused where the inputs
// are read.
func (a *action) saveBaseline(ctx context.Context, s *subject, o outcome) error {
	switch {
	case !a.values.SaveBaseline || o.err != nil:
		return nil
	case !o.whole():
		return nil
	}
	ledger, err := os.Open(filepath.Join(o.first.Dir, site.LedgerFile))
	var from io.Reader
	switch {
	case err == nil:
		defer ledger.Close()
		from = ledger
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: %w", errNotSaved, err)
	}
	if err := a.Accept(ctx, s.store, o.first.Run, from); err != nil {
		return fmt.Errorf("%w: %w", errNotSaved, err)
	}
	a.Notice("saved as a baseline: " + o.first.Run.Header.ID)
	return nil
}
