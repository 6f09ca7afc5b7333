package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/branchstore"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/pullrequest"
	"github.com/benchgate/benchgate/internal/workflow"
)

// openStore opens the store of accepted runs that is configured: a directory, or a
// branch of the repository that dir is in. A branch is read and written through
// GitHub's API where a job on GitHub says which repository it is and has a token,
// and with the git program elsewhere.
func (p *program) openStore(at config.Baselines, dir string) (baselines.Store, error) {
	return p.openStoreWith(at, dir, p.firstToken(token{from: "BENCHGATE_BASELINE_TOKEN"}, token{from: "GITHUB_TOKEN"}))
}

func (p *program) openStoreWith(at config.Baselines, dir string, t token) (baselines.Store, error) {
	if at.Branch == "" {
		return baselines.NewDirectory(at.Dir), nil
	}
	job, err := workflow.ReadJob(p.LookupEnv)
	if err != nil {
		return nil, err
	}
	from := branchstore.Provenance{RunURL: job.BuildURL, Commit: job.SHA}
	if job.PullRequest != nil {
		from.Commit = job.PullRequest.Head
	}
	var store baselines.Store
	if t.value != "" && job.Repository != "" {
		server, err := serverWith(t.value, job, job.Repository)
		if err != nil {
			return nil, err
		}
		server.TokenFrom = t.from
		store = pullrequest.NewBaselines(server, at.Branch, from, p.note)
	} else {
		store = branchstore.New(branchstore.NewGit(dir, at.Branch), from)
	}
	if job.PullRequestNumber() != 0 {
		store = branchstore.ReadOnly(store, "a pull request started this job, and whoever opens one does not decide what it is compared with; save baselines in a job of the default branch")
	}
	return store, nil
}

// token is one for GitHub, and what people call the variable that has it.
type token struct{ value, from, variable string }

// firstToken is the first of these that is set; the zero token: none is.
func (p *program) firstToken(all ...token) token {
	for _, t := range all {
		value, _ := p.LookupEnv(cmp.Or(t.variable, t.from))
		if t.value = strings.TrimSpace(value); t.value != "" {
			return t
		}
	}
	return token{}
}

// namedStore opens the named directory, else the configuration's store, else the
// default directory here.
func (p *program) namedStore(file, dir string) (baselines.Store, error) {
	if dir != "" {
		return baselines.NewDirectory(dir), nil
	}
	if file == "" {
		if _, err := os.Stat(defaultConfig); errors.Is(err, fs.ErrNotExist) {
			return baselines.NewDirectory(filepath.Join(".benchgate", "baselines")), nil
		}
		file = defaultConfig
	}
	c, err := config.Load(file, config.Flags{})
	if err != nil {
		return nil, err
	}
	return p.openStore(c.Baselines, c.Dir)
}

// accept saves a run and makes it a baseline, in one step where the store can.
func accept(ctx context.Context, store baselines.Store, r *baselines.Run, ledger io.Reader) error {
	if s, can := store.(interface {
		Accept(context.Context, *baselines.Run, io.Reader) error
	}); can {
		return s.Accept(ctx, r, ledger)
	}
	if err := store.Save(ctx, r, ledger); err != nil {
		return err
	}
	return store.Promote(ctx, r.Header.ID)
}

// taken copies a stored run and its ledger into a directory, as a run leaves them.
func taken(ctx context.Context, store baselines.Store, id, dir string) (file string, err error) {
	r, err := store.Load(ctx, id)
	if err != nil {
		return "", hinted(err)
	}
	file = filepath.Join(dir, id+".jsonl")
	out, err := os.Create(file)
	if err != nil {
		return "", err
	}
	if err := errors.Join(baselines.Encode(out, r), out.Close()); err != nil {
		return "", err
	}
	ledger, err := store.Ledger(ctx, id)
	if errors.Is(err, baselines.ErrNotFound) {
		return file, nil
	}
	if err != nil {
		return "", err
	}
	defer ledger.Close()
	lines, err := os.Create(filepath.Join(dir, baselines.LedgerFile))
	if err != nil {
		return "", err
	}
	_, err = io.Copy(lines, ledger)
	return file, errors.Join(err, lines.Close())
}
