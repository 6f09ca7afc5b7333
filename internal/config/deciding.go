package config

import (
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Deciding are the changed files of a pull request that decide how it is judged, in
// their order; for those of a task its directory, once. Their change has no effect
// before it is merged, but for that of workflows, which GitHub takes from the pull
// request itself. The candidate's own files do not decide.
//
// All names are those of the repository, slash-separated; of a renamed file there
// are both. Dir is the configuration's directory, "" or "." for the top, and
// workflow the file of the workflow that runs, empty where none does.
func (c *Config) Deciding(dir, workflow string, changed []string) []string {
	r := inRepository{c, path.Clean(filepath.ToSlash(dir))}
	var files, dirs []string // patterns
	for _, file := range []string{c.File, c.Lock, c.Prices, c.API.CAFile} {
		files = append(files, r.name(file))
	}
	for _, f := range c.Forward {
		files = append(files, r.name(f.CAFile))
	}
	dirs = append(dirs, r.name(c.Baselines.Dir))
	for _, v := range c.variants() {
		dirs = append(dirs, r.name(v.Settings.Recordings))
	}
	if c.Baseline != nil {
		for _, f := range c.Baseline.Settings.Files {
			files = append(files, path.Join(r.dir, f.Path))
		}
	}
	var deciding []string
	for _, name := range changed {
		decides := name == workflow || isBelow(name, ".github/actions") ||
			slices.Contains(files, name) || slices.ContainsFunc(dirs, func(dir string) bool { return isBelow(name, dir) })
		if task := r.taskOf(name); task != "" {
			name, decides = task, true
		}
		if decides && name != "" && !slices.Contains(deciding, name) {
			deciding = append(deciding, name)
		}
	}
	return deciding
}

// inRepository finds the configuration's paths in its repository.
type inRepository struct {
	c   *Config
	dir string
}

// name is an absolute path's name; empty of none, and of one outside.
func (r inRepository) name(file string) string {
	if file == "" {
		return ""
	}
	if file == r.c.File { // as the user named it
		return path.Join(r.dir, filepath.Base(file))
	}
	local, err := filepath.Rel(r.c.Dir, file)
	if err != nil {
		return ""
	}
	if name := path.Join(r.dir, filepath.ToSlash(local)); filepath.IsLocal(name) {
		return name
	}
	return ""
}

// taskOf is the directory of the suite's own task that a file is in; empty: it is in
// none.
func (r inRepository) taskOf(name string) string {
	parts := strings.Split(name, "/")
	for _, source := range r.c.Suite.Tasks {
		pattern := path.Join(r.dir, source.Path)
		depth := strings.Count(pattern, "/") + 1
		if source.Git != "" || len(parts) <= depth {
			continue
		}
		dir := path.Join(parts[:depth]...)
		if ok, err := path.Match(pattern, dir); ok && err == nil {
			return dir
		}
	}
	return ""
}

// isBelow reports whether a name is one below a directory; nothing is below none.
func isBelow(name, dir string) bool { return dir != "" && strings.HasPrefix(name, dir+"/") }
