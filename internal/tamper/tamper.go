// Package tamper judges what an agent changed in its sandbox: whether the task's
// tests may have been made to say something else than they would.
//
// The tests run by programs of the task's image, in which an agent that is root
// can change anything. Much of what agents rightly do looks alike: they install
// packages. So there are two grades. What replaces or goes before something that
// the image had is [Tampered]. What is new, and would be used by the tests, is
// only [Suspect]: it says nothing by itself, and is a reason to run the tests once
// more where it is not.
//
// Programs that the image had and that were deleted are no finding: without them
// tests fail.
package tamper

import (
	"path"
	"strings"
)

// Kind is what happened to a path since the image.
type Kind int

// The kinds. A file that was deleted and made again is Modified.
const (
	Added Kind = iota + 1
	Modified
	Deleted
)

// Change is one path that is not as in the image. It can be a directory's, which
// is Modified when something in it was added or deleted.
type Change struct {
	Path string // absolute
	Kind Kind
}

// Grade is how grave a finding is.
type Grade int

// The grades.
const (
	Innocent Grade = iota
	Suspect
	Tampered
)

// Finding is a change that can have made the tests say something else.
type Finding struct {
	Path  string // written by an agent
	Says  string // what it is, for people
	Grade Grade
}

// Tests is what is known of the task's tests.
type Tests struct {
	Workdir string   // in which they run
	Shell   []string // what runs the script
	Text    string   // of the script and what is beside it; may be cut
	Path    []string // the directories of PATH, in order
}

// Look takes changes one by one, because there can be very many, and keeps what
// matters.
type Look struct {
	tests    Tests
	findings []Finding
	programs []string        // added to directories of PATH
	libs     []string        // shared libraries that were added anywhere
	newDirs  map[string]bool // of Pythons that were added
	loader   bool            // what the dynamic loader reads was changed
	upgraded bool            // the package manager keeps another version of something that the image had
	kept     int
}

// maxKept bounds what a Look keeps, in paths.
const maxKept = 100_000

// Begin begins a look.
func Begin(tests Tests) *Look {
	tests.Workdir = path.Clean("/" + tests.Workdir)
	return &Look{tests: tests, newDirs: make(map[string]bool)}
}

// See takes one change.
func (l *Look) See(c Change) {
	c.Path = path.Clean("/" + c.Path)
	if c.Kind == Deleted || l.kept >= maxKept {
		return
	}
	l.upgraded = l.upgraded || isUpgrade(c)
	if c.Kind == Added && isPython(c.Path) {
		l.newDirs[c.Path] = true
	}
	for _, rule := range rules {
		if says, grade := rule(l, c); grade != Innocent {
			l.find(Finding{c.Path, says, grade})
			return
		}
	}
	dir, name := path.Dir(c.Path), path.Base(c.Path)
	if c.Kind != Added {
		return
	}
	switch {
	case l.inPath(dir):
		l.programs, l.kept = append(l.programs, c.Path), l.kept+1
	case isLibrary(name):
		l.libs, l.kept = append(l.libs, c.Path), l.kept+1
	}
}

// isUpgrade reports whether a package manager keeps another version of a package
// that the image had.
func isUpgrade(c Change) bool {
	dir, name := path.Dir(c.Path), path.Base(c.Path)
	switch {
	case c.Kind != Modified:
		return false
	case dir == "/var/lib/dpkg/info":
		return strings.HasSuffix(name, ".list") || strings.HasSuffix(name, ".md5sums")
	}
	return c.Path == "/lib/apk/db/installed" || dir == "/var/lib/rpm" || dir == "/usr/lib/sysimage/rpm"
}

// isPython reports whether a path is the directory of an installed Python.
func isPython(p string) bool {
	dir := path.Dir(p)
	return strings.HasPrefix(path.Base(p), "python") && (dir == "/usr/lib" || dir == "/usr/local/lib" || dir == "/etc")
}

func (l *Look) find(f Finding) {
	l.findings, l.kept = append(l.findings, f), l.kept+1
}

// Full reports that there was more than a Look keeps: what was not seen is not
// known.
func (l *Look) Full() bool { return l.kept >= maxKept }

func (l *Look) inPath(dir string) bool { return indexOf(l.tests.Path, dir) >= 0 }

func indexOf(dirs []string, dir string) int {
	for i, d := range dirs {
		if path.Clean(d) == dir {
			return i
		}
	}
	return -1
}

// mentions reports whether the tests' text has a word, which letters, digits and
// a few others of file names make longer.
func (l *Look) mentions(word string) bool {
	for rest := l.tests.Text; ; {
		i := strings.Index(rest, word)
		if i < 0 {
			return false
		}
		before, after := i == 0 || !ofWord(rest[i-1]), i+len(word) == len(rest) || !ofWord(rest[i+len(word)])
		if before && after {
			return true
		}
		rest = rest[i+1:]
	}
}

func ofWord(c byte) bool {
	return c == '_' || c == '-' || c == '.' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
