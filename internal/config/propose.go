package config

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"reflect"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/problem"
)

// Head is what a pull request proposes; a stranger may have written it.
type Head struct {
	File string // the configuration's name in Tree; it need not be there
	Tree Files  // of the head commit
}

// Propose is [Load] of the base branch's configuration at file, of which only
// candidate is replaced by that of the pull request's head. The head's text is data:
// nothing in it is looked up in the environment or on this machine. Its candidate
// may have what the base's own arms have and what the base's pull_requests allows,
// and its settings.files are read from the head's tree. Flags win, as in Load.
//
// What else the head's file says has no effect; changes lists it. A head without the
// file proposes nothing: the candidate is the base's own.
//
// An error that matches [fs.ErrNotExist] says that the base branch has no such file,
// so that nothing can be judged. What is wrong with the base's file, or else with
// the head's, is a [problem.List]; the head's is marked as such.
func Propose(ctx context.Context, file string, f Flags, head Head) (_ *Config, changes []Change, err error) {
	text, dir, err := readFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, noBase(file)
	case err != nil:
		return nil, nil, err
	}
	base, err := Parse(text, file, dir, f)
	if err != nil {
		return nil, nil, err
	}
	said, err := readHead(ctx, head, dir, f)
	if err != nil {
		return nil, nil, err
	}
	if said == nil {
		base.Unchanged = true
		return base, []Change{{To: removed, Line: 1}}, base.ReadFiles(ctx)
	}
	s, c := newSource(file, text), &Config{File: file, Dir: dir}
	s.written(text, c)
	changes = said.changesFrom(c)
	if err := c.propose(ctx, said, head); err != nil {
		return nil, nil, err
	}
	s.finish(c, f)
	c.Unchanged = base.ReadFiles(ctx) == nil && reflect.DeepEqual(base.candidate(), c.candidate())
	return c, changes, s.err()
}

// candidate is what would be measured of the candidate, with the digests of files that
// are read; nil where there is none.
func (c *Config) candidate() *baselines.Variant {
	if c.Candidate == nil {
		return nil
	}
	v := c.Candidate.Measured()
	return &v
}

// noBase is a file that the base branch does not have.
type noBase string

func (f noBase) Error() string {
	return fmt.Sprintf("the base branch has no %s, so nothing says how this pull request is judged: merge it first, or measure it by hand with workflow_dispatch", string(f))
}

func (noBase) Unwrap() error { return fs.ErrNotExist }

// proposed is what a head's file says, without flags and defaults.
type proposed struct {
	*Config
	source *source
}

// readHead reads the head's file as a whole, so that its author learns of all
// mistakes. Nil: there is none.
func readHead(ctx context.Context, head Head, dir string, f Flags) (*proposed, error) {
	text, wrong, err := head.Tree.ReadFile(ctx, head.File)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("reading %s of the pull request's head: %w", head.File, err)
	case wrong != "":
		return nil, &problem.Problem{File: head.File, Message: "in the pull request's head this file " + wrong}
	}
	source := func() *source {
		s := newSource(head.File, text)
		s.whose = "in the pull request's head: "
		return s
	}
	if _, err := source().read(text, dir, f); err != nil {
		return nil, err
	}
	p := &proposed{&Config{File: head.File, Dir: dir}, source()}
	p.source.written(text, p.Config)
	return p, nil
}

// propose takes over the head's candidate.
func (c *Config) propose(ctx context.Context, said *proposed, head Head) error {
	switch {
	case said.Candidate != nil:
		c.checkProposed(said.source, said.Candidate)
	case c.Candidate != nil:
		said.source.blame([]string{"candidate"}, "there is no candidate any more: a pull request may change it, but not take it away")
	}
	if err := said.source.err(); err != nil {
		return err
	}
	c.Candidate = said.Candidate
	var mistakes problem.List
	for _, arm := range []struct {
		variant *Variant
		files   Files
	}{{c.Candidate, subtree{head.Tree, path.Dir(head.File)}}, {c.Baseline, directory(c.Dir)}} {
		if arm.variant == nil {
			continue
		}
		if err := arm.variant.readFiles(ctx, arm.files, &mistakes); err != nil {
			return err
		}
	}
	return mistakes.Err()
}

// subtree are the files below a directory.
type subtree struct {
	Files
	dir string
}

// ReadFile implements [Files].
func (t subtree) ReadFile(ctx context.Context, name string) (content []byte, wrong string, err error) {
	return t.Files.ReadFile(ctx, path.Join(t.dir, name))
}
