package config

import (
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Touched is what a pull request changes of the files that decide how it is judged.
// Their change has no effect before it is merged, but for that of workflows, which
// GitHub takes from the pull request itself.
type Touched struct {
	Configuration bool
	Lock          bool
	Prices        bool
	Certificates  bool // of api.ca_file
	Baselines     bool // a file below baselines.dir
	Recordings    bool // a file that is replayed

	Workflows int // files below .github/workflows and .github/actions
	Tasks     int // directories of the suite's tasks, new ones that its patterns match included
	Files     int // of the baseline's settings.files
}

// Any reports whether there is something to tell.
func (t Touched) Any() bool { return t != Touched{} }

// Touched finds out which of the changed files decide something. Names are those of
// the repository, slash-separated; of a renamed file both. dir is the directory of
// the configuration there, "" or "." for its top.
func (c *Config) Touched(dir string, changed []string) Touched {
	p := places{c, path.Clean(filepath.ToSlash(dir))}
	t := Touched{
		Configuration: slices.Contains(changed, p.of(c.File)),
		Lock:          slices.Contains(changed, p.of(c.Lock)),
		Prices:        slices.Contains(changed, p.of(c.Prices)),
		Certificates:  slices.Contains(changed, p.of(c.API.CAFile)),
		Baselines:     slices.ContainsFunc(changed, within(p.of(c.Baselines.Dir))),
	}
	for _, v := range c.variants() {
		t.Recordings = t.Recordings || slices.ContainsFunc(changed, within(p.of(v.Settings.Recordings)))
	}
	for _, name := range changed {
		if within(".github/workflows")(name) || within(".github/actions")(name) {
			t.Workflows++
		}
	}
	t.Tasks = len(p.tasks(changed))
	if c.Baseline != nil {
		for _, f := range c.Baseline.Settings.Files {
			if slices.Contains(changed, path.Join(p.dir, f.Path)) {
				t.Files++
			}
		}
	}
	return t
}

// places are the configuration's paths as they are in the repository.
type places struct {
	c   *Config
	dir string
}

// of is an absolute path's place; empty of none, and of one outside.
func (p places) of(file string) string {
	if file == "" {
		return ""
	}
	if file == p.c.File { // as the user named it
		return path.Join(p.dir, filepath.Base(file))
	}
	local, err := filepath.Rel(p.c.Dir, file)
	if err != nil {
		return ""
	}
	if name := path.Join(p.dir, filepath.ToSlash(local)); filepath.IsLocal(name) {
		return name
	}
	return ""
}

// tasks are the directories of the suite's own tasks that have a changed file.
func (p places) tasks(changed []string) map[string]bool {
	dirs := make(map[string]bool)
	for _, source := range p.c.Suite.Tasks {
		if source.Git != "" {
			continue
		}
		pattern := path.Join(p.dir, source.Path)
		depth := strings.Count(pattern, "/") + 1
		for _, name := range changed {
			parts := strings.Split(name, "/")
			if len(parts) <= depth {
				continue
			}
			dir := path.Join(parts[:depth]...)
			if ok, err := path.Match(pattern, dir); ok && err == nil || dir == pattern {
				dirs[dir] = true
			}
		}
	}
	return dirs
}

// within reports whether a name is one below a directory; nothing is below none.
func within(dir string) func(name string) bool {
	return func(name string) bool { return dir != "" && strings.HasPrefix(name, dir+"/") }
}
