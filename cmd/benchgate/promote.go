package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/branchstore"
	"github.com/benchgate/benchgate/internal/pullrequest"
	"github.com/benchgate/benchgate/internal/run"
)

// promote makes a run a baseline: a stored one by its id, or one in a file or a
// directory. On a branch that is read through GitHub's API it is proposed, unless
// it is to be committed directly.
func (p *program) promote(ctx context.Context, store baselines.Store, name string, arm baselines.Arm, direct bool) error {
	switch store := store.(type) {
	case *pullrequest.Baselines:
		if !direct {
			return p.propose(ctx, store, name, arm)
		}
	case *branchstore.Store:
		if !direct {
			return usagef("promote opens a pull request, which takes GitHub's API: set GITHUB_REPOSITORY to OWNER/NAME, and GITHUB_TOKEN; or commit to %s without one: --direct", store)
		}
	}
	if !isFile(name) {
		return p.changed("accepted", name, store.Promote(ctx, name))
	}
	r, ledger, _, err := runOf(name, arm)
	if err != nil {
		return err
	}
	defer ledger.Close()
	return p.changed("accepted", r.Header.ID, accept(ctx, store, r, ledger.reader()))
}

// propose opens the pull request.
func (p *program) propose(ctx context.Context, store *pullrequest.Baselines, name string, arm baselines.Arm) error {
	proposal := pullrequest.Proposal{Stored: !isFile(name)}
	var err error
	if proposal.Stored {
		if proposal.Run, err = store.Load(ctx, name); err != nil {
			return hinted(err)
		}
	} else {
		var ledger ledgerFile
		if proposal.Run, ledger, proposal.Verdict, err = runOf(name, arm); err != nil {
			return err
		}
		defer ledger.Close()
		proposal.Ledger = ledger.reader()
	}
	posted, err := store.Propose(ctx, proposal)
	id := proposal.Run.Header.ID
	switch {
	case err != nil:
		return err
	case posted.How == pullrequest.Unchanged:
		fmt.Fprintln(p.Stdout, id, "is accepted already")
	case posted.How == pullrequest.Kept:
		fmt.Fprintf(p.Stdout, "%s is proposed already: %s\n", id, visible(posted.URL))
	default:
		fmt.Fprintf(p.Stdout, "proposed %s: %s\n", id, visible(posted.URL))
	}
	return nil
}

// isFile tells a file's or a directory's name from a stored run's id.
func isFile(name string) bool {
	_, err := os.Stat(name)
	return err == nil || strings.ContainsRune(name, filepath.Separator)
}

// ledgerFile is a run's ledger; nil inside where the run has none.
type ledgerFile struct{ *os.File }

// Close closes it, if it is there.
func (l ledgerFile) Close() {
	if l.File != nil {
		_ = l.File.Close() // it was only read
	}
}

// reader is nil when there is none.
func (l ledgerFile) reader() io.Reader {
	if l.File == nil {
		return nil
	}
	return l.File
}

// runOf reads a run with what is beside it: its ledger, and in the directory of a
// gate the verdict.
func runOf(name string, arm baselines.Arm) (*baselines.Run, ledgerFile, *gate.Verdict, error) {
	file, _, err := runToSave(name, arm)
	if err != nil {
		return nil, ledgerFile{}, nil, err
	}
	r, err := baselines.ReadFile(file)
	if err != nil {
		return nil, ledgerFile{}, nil, err
	}
	ledger, err := os.Open(filepath.Join(filepath.Dir(file), baselines.LedgerFile))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, ledgerFile{}, nil, err
	}
	if !isDir(name) {
		return r, ledgerFile{ledger}, nil, nil
	}
	v, isVerdict, err := readVerdict(run.VerdictIn(name))
	if err != nil || !isVerdict {
		return r, ledgerFile{ledger}, nil, nil //nolint:nilerr // a run that ended without a verdict is a run all the same
	}
	return r, ledgerFile{ledger}, &v, nil
}
