package action

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/benchgate/benchgate/internal/site"
)

// saveBaseline stores what was measured alone, if the inputs ask for it. A
// measurement with gaps is no baseline. Pull requests are refused where the inputs
// are read.
func (a *action) saveBaseline(ctx context.Context, s *subject, o outcome) error {
	switch {
	case !a.values.SaveBaseline || o.err != nil:
		return nil
	case o.first == nil:
		return errors.New("input save-baseline is true, and a gate was judged: say which arm is measured and saved (arm: baseline or candidate)")
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
