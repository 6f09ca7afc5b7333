package action

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/pullrequest"
)

// subject is what is judged, and by what.
type subject struct {
	config  *config.Config       // of the base alone where the head's is wrong; nil: there is none
	changes []pullrequest.Change // that the pull request makes to what judges it
	store   baselines.Store
	head    string // the judged commit, in full
	pull    int    // 0: none
}

// subject finds out what is judged, and that it is judged by files over which the
// pull request has no power. With an error it is as far as it was found out.
func (a *action) subject(ctx context.Context) (*subject, error) {
	s := &subject{head: a.ask.head, pull: a.ask.pull}
	if a.ask.dispatcher != "" {
		if err := a.dispatched(ctx, s); err != nil {
			return s, err
		}
	}
	if err := checkWorkspace(a.ask, a.Job); err != nil {
		return s, err
	}
	if err := a.configure(ctx, s); err != nil {
		return s, err
	}
	if err := a.checkSaving(s.config); err != nil {
		return s, err
	}
	var err error
	s.store, err = a.OpenStore(s.config)
	return s, err
}

// dispatched looks up the pull request of a measurement that a person started.
// The files that judge are those of the branch from which it was started: the
// pull request's base, or the default branch.
func (a *action) dispatched(ctx context.Context, s *subject) error {
	pull, err := a.github.Pull(ctx, s.pull)
	if err != nil {
		return err
	}
	if !pull.Open {
		return fmt.Errorf("pull request %d is closed: there is nothing to judge", s.pull)
	}
	branch := strings.TrimPrefix(a.Job.Ref, "refs/heads/")
	if branch != pull.BaseRef && branch != a.Job.DefaultBranch {
		return fmt.Errorf("the workflow was started from %q: start it from the default branch or the pull request's base (%q), whose files judge it", branch, pull.BaseRef)
	}
	s.head = pull.HeadSHA
	return nil
}

// configure reads the configuration: that of the workspace, with the head's
// candidate in it where there is a pull request.
func (a *action) configure(ctx context.Context, s *subject) error {
	file, flags := configFile(a.values), flagsOf(a.values, a.Job.Workspace)
	if !a.ask.proposed {
		var err error
		s.config, err = config.Load(file, flags)
		return err
	}
	head := config.Head{File: filepath.ToSlash(file), Tree: tree{a.github, s.head}}
	c, changes, err := config.Propose(ctx, file, flags, head)
	if err != nil {
		if base, wrong := config.Load(file, flags); wrong == nil {
			s.config = base // has the suite's name
		}
		return err
	}
	s.config = c
	for _, change := range changes {
		s.changes = append(s.changes, pullrequest.Change{File: head.File, Part: change.Key, From: change.From, To: change.To})
	}
	s.changes = append(s.changes, a.changedFiles(ctx, s)...)
	return nil
}

// tree are the files of a commit on GitHub.
type tree struct {
	github *pullrequest.Repository
	commit string
}

// ReadFile implements [config.Files].
func (t tree) ReadFile(ctx context.Context, name string) (content []byte, wrong string, err error) {
	file, err := t.github.File(ctx, t.commit, name, config.MaxFile)
	switch {
	case errors.Is(err, fs.ErrInvalid):
		return nil, "is no regular file of the pull request's head", nil
	case errors.Is(err, pullrequest.ErrTooLarge):
		return nil, fmt.Sprintf("is larger than %d MiB", config.MaxFile>>20), nil
	}
	return file.Text, "", err
}

// changedFiles are files that judge and that the pull request changes, but for the
// configuration. That they cannot be listed keeps no verdict from being given.
func (a *action) changedFiles(ctx context.Context, s *subject) []pullrequest.Change {
	if s.pull == 0 || a.Job.MergeGroup != nil {
		return nil
	}
	paths, whole, err := a.github.ChangedFiles(ctx, s.pull)
	if err != nil {
		a.Notice(fmt.Sprintf("it is not known whether the pull request changes files that judge it: %v", err))
		return nil
	}
	if !whole {
		a.Notice("the pull request changes more files than GitHub lists: changes to files that judge it may not be named")
	}
	file := filepath.ToSlash(configFile(a.values))
	var changes []pullrequest.Change
	for _, name := range s.config.Deciding(path.Dir(file), a.Job.WorkflowFile, paths) {
		if name != file { // what changes in it is known by its keys
			changes = append(changes, pullrequest.Change{File: name})
		}
	}
	return changes
}
