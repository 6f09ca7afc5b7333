package suite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// harborIgnoreFile names the files of a directory, and below it, that Harbor neither
// places nor counts in the digest (models/task/file_filter.py, since its 0.26).
const harborIgnoreFile = ".harborignore"

// harborIgnoreScope is where such a file means something: what is placed.
var harborIgnoreScope = regexp.MustCompile(`^(?:steps/[^/]+/)?(?:tests|solution)(?:/|$)`)

// harborIgnores answers which files of one task are left out. Unlike those of a
// task's .gitignore ([ignores]) its patterns are read as git reads them: what lies in
// a directory that is left out cannot be taken back.
type harborIgnores struct {
	root  *os.Root
	rules map[string][]gitPattern // by directory
}

func newHarborIgnores(root *os.Root) *harborIgnores {
	return &harborIgnores{root: root, rules: make(map[string][]gitPattern)}
}

// match says whether a file or directory of the task is left out, by itself or by
// what a symbolic link leads to.
func (h *harborIgnores) match(name string, e fs.DirEntry) (bool, error) {
	out, err := h.matchPath(name, e.IsDir())
	if out || err != nil || e.Type()&fs.ModeSymlink == 0 {
		return out, err
	}
	top, err := filepath.EvalSymlinks(h.root.Name())
	if err != nil {
		return false, err
	}
	to, err := filepath.EvalSymlinks(filepath.Join(h.root.Name(), filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	info, err := os.Stat(to)
	if err != nil {
		return false, err
	}
	rel, err := filepath.Rel(top, to)
	if err != nil || !filepath.IsLocal(rel) {
		return false, nil //nolint:nilerr // what leads out of the task is told elsewhere
	}
	return h.matchPath(filepath.ToSlash(rel), info.IsDir())
}

func (h *harborIgnores) matchPath(name string, isDir bool) (bool, error) {
	if path.Base(name) == harborIgnoreFile {
		return true, nil
	}
	if !harborIgnoreScope.MatchString(name) {
		return false, nil
	}
	parts := strings.Split(name, "/")
	for n := 1; n <= len(parts); n++ {
		at := strings.Join(parts[:n], "/")
		out, err := h.decide(at, isDir || n < len(parts))
		if out || err != nil {
			return out, err
		}
	}
	return false, nil
}

// decide asks the rules of each directory above, the nearest last.
func (h *harborIgnores) decide(name string, isDir bool) (out bool, err error) {
	parts := strings.Split(name, "/")
	for n := 1; n < len(parts); n++ {
		dir := strings.Join(parts[:n], "/")
		rules, err := h.rulesOf(dir)
		if err != nil {
			return false, err
		}
		below := strings.Join(parts[n:], "/")
		for _, p := range rules {
			if (isDir || !p.dirs) && p.match.MatchString(below) {
				out = !p.keep
			}
		}
	}
	return out, nil
}

func (h *harborIgnores) rulesOf(dir string) ([]gitPattern, error) {
	if rules, known := h.rules[dir]; known || !harborIgnoreScope.MatchString(dir) {
		return rules, nil
	}
	file := path.Join(dir, harborIgnoreFile)
	var rules []gitPattern
	switch data, err := h.root.ReadFile(file); {
	case err == nil:
		if rules, err = parseGitPatterns(strings.Split(string(data), "\n")); err != nil {
			return nil, fmt.Errorf("reading %s: %w", file, err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	h.rules[dir] = rules
	return rules, nil
}

// gitPattern is one line, for paths below the file's directory.
type gitPattern struct {
	match *regexp.Regexp
	dirs  bool // it ends with a slash: only directories
	keep  bool // it begins with "!"
}

func parseGitPatterns(lines []string) (all []gitPattern, err error) {
	for i, line := range lines {
		line = trimIgnore(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		pattern, keep := strings.CutPrefix(line, "!")
		pattern, dirs := strings.CutSuffix(pattern, "/")
		if pattern == "" {
			continue // "/" names nothing
		}
		expr, err := gitExpr(pattern)
		if err != nil {
			return nil, fmt.Errorf("line %d: %q is no pattern: %w", i+1, line, err)
		}
		match, err := regexp.Compile(expr)
		if err != nil {
			return nil, fmt.Errorf("line %d: %q is no pattern: %w", i+1, line, err)
		}
		all = append(all, gitPattern{match, dirs, keep})
	}
	return all, nil
}

// gitExpr matches the whole path that a pattern without its final slash names.
func gitExpr(pattern string) (string, error) {
	return segmentsExpr(anchor(strings.Split(pattern, "/")), "$")
}

// leftOut are the files and directories below a directory of the task that are not
// placed, by their paths below it, sorted; nil: all are.
func (r *reading) leftOut(dir string) []string {
	root, err := os.OpenRoot(r.dir)
	if err != nil {
		r.problem(dir, "%v", err)
		return nil
	}
	defer root.Close()
	ignored := newHarborIgnores(root)
	var names []string
	err = fs.WalkDir(root.FS(), dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || name == dir {
			return err
		}
		out, err := ignored.match(name, e)
		if !out || err != nil {
			return err
		}
		names = append(names, strings.TrimPrefix(name, dir+"/"))
		if e.IsDir() {
			return fs.SkipDir
		}
		return nil
	})
	if err != nil {
		r.problem(dir, "%v", err)
	}
	return names
}
