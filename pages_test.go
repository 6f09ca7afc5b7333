package benchgate

import (
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	mdLink = regexp.MustCompile(`\]\(([^)#:\s]+)(#[^)]*)?\)`) // to a file: no scheme
	mdCode = regexp.MustCompile("`([^`\\s]+)`")
)

// Files that the documentation links to or names in code marks exist. A name in
// code marks counts as a file's when it begins with a folder of this repository
// or ends in .go; * stands for any part of a name.
func TestFilesThatPagesNameExist(t *testing.T) {
	pages := pages(t)
	for _, page := range pages {
		text := read(t, page)
		for _, link := range mdLink.FindAllStringSubmatch(text, -1) {
			if !exists(path.Join(path.Dir(page), link[1])) {
				t.Errorf("%s links to %s, which does not exist", page, link[1])
			}
		}
		for _, code := range mdCode.FindAllStringSubmatch(text, -1) {
			name := strings.TrimSuffix(code[1], "/")
			if namesAFile(name) && !exists(name) {
				t.Errorf("%s names %s, which does not exist", page, name)
			}
		}
	}
}

// pages are the Markdown files outside testdata and tasks.
func pages(t *testing.T) []string {
	t.Helper()
	var pages []string
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "tasks" || name != "." && strings.HasPrefix(d.Name(), ".")):
			return filepath.SkipDir
		case path.Ext(name) == ".md":
			pages = append(pages, filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(pages, "README.md") || !slices.Contains(pages, "CONTRIBUTING.md") {
		t.Fatalf("found the pages %q: the test looks in the wrong place", pages)
	}
	return pages
}

// namesAFile leaves out .benchgate, which a run makes and a page may speak of.
func namesAFile(name string) bool {
	first, _, below := strings.Cut(name, "/")
	return strings.HasSuffix(name, ".go") || below && first != "" && first != ".benchgate" && !strings.Contains(name, "...") && exists(first)
}

// exists says whether a name from the repository's root, which may hold *,
// stands for something. The bare name of a Go file may stand in any package.
func exists(name string) bool {
	patterns := []string{name}
	if path.Ext(name) == ".go" && !strings.Contains(name, "/") {
		for _, r := range rooms {
			patterns = append(patterns, r.dir+"/"+name)
		}
	}
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		found, err := filepath.Glob(filepath.FromSlash(pattern))
		return err == nil && len(found) > 0
	})
}
