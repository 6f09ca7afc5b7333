package tamper

import (
	"path"
	"slices"
	"strings"
)

// rule says what one change is; the first that finds something counts.
type rule func(l *Look, c Change) (says string, grade Grade)

var rules = []rule{loaderFiles, replacedPrograms, replacedLibraries, pythonHooks, pythonModules, testConfig, otherHooks, startupFiles, fetchSettings, cron}

func loaderFiles(l *Look, c Change) (string, Grade) {
	switch {
	case c.Path == "/etc/ld.so.preload":
		return "a library that every program loads", Tampered
	case strings.HasPrefix(c.Path, "/etc/ld-musl-"):
		return "where every program looks for libraries", Tampered
	case c.Path == "/etc/ld.so.conf" && c.Kind == Modified, below(c.Path, "/etc/ld.so.conf.d"):
		l.loader = true // by itself as packages do
	}
	return "", Innocent
}

const (
	replacesProgram = "replaces a program of the image"
	replacesLibrary = "replaces a shared library of the image"
)

func replacedPrograms(l *Look, c Change) (string, Grade) {
	dir := path.Dir(c.Path)
	switch {
	case c.Kind == Modified && l.inPath(dir):
		return replacesProgram, Tampered
	case c.Kind == Modified && dir == "/etc/alternatives":
		return "leads a name to another program", Suspect // as packages do
	}
	return "", Innocent
}

// libraryDirs are where the dynamic loader looks by itself.
var libraryDirs = []string{"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib"}

func replacedLibraries(_ *Look, c Change) (string, Grade) {
	if c.Kind == Modified && isLibrary(path.Base(c.Path)) && !inPython(c.Path) && slices.ContainsFunc(libraryDirs, func(d string) bool { return below(c.Path, d) }) {
		return replacesLibrary, Tampered
	}
	return "", Innocent
}

func isLibrary(name string) bool {
	return strings.HasSuffix(name, ".so") || strings.Contains(name, ".so.") || strings.HasPrefix(name, "ld-")
}

// pythonHooks are files that every Python runs when it starts.
func pythonHooks(l *Look, c Change) (string, Grade) {
	name := strings.TrimSuffix(path.Base(c.Path), ".py")
	switch {
	case name == "usercustomize":
		return "is run by every Python", Tampered
	case name == "sitecustomize":
		if c.Kind == Added && l.isNew(path.Dir(c.Path)) {
			return "is run by every Python, and came with one", Suspect
		}
		return "is run by every Python", Tampered
	case strings.HasSuffix(name, ".pth") && inPython(c.Path) && !below(c.Path, l.tests.Workdir):
		return "is run by every Python", Suspect // packages that are installed from a directory have one
	}
	return "", Innocent
}

// isNew reports whether a Python was put in whose directory that is.
func (l *Look) isNew(dir string) bool {
	for ; dir != "/"; dir = path.Dir(dir) {
		if l.newDirs[dir] {
			return true
		}
	}
	return false
}

// testTools are the packages by which tests in Python are run.
var testTools = []string{"pytest", "_pytest", "pluggy", "unittest", "doctest.py", "xdist", "pytest_cov", "nose", "nose2", "hypothesis"}

func pythonModules(l *Look, c Change) (string, Grade) {
	if path.Dir(c.Path) == l.tests.Workdir && c.Kind == Added {
		// python3 -m pytest looks in its working directory first.
		if name := path.Base(c.Path); slices.Contains(testTools, name) || slices.Contains(testTools, strings.TrimSuffix(name, ".py")) {
			return "goes before the tests' own package", Tampered
		}
	}
	rest, found := modulePath(c.Path)
	if !found || c.Kind != Modified || path.Ext(rest) == "" || strings.HasSuffix(rest, ".pyc") || strings.Contains(rest, ".dist-info/") || strings.Contains(rest, ".egg-info/") {
		return "", Innocent
	}
	site, inSite := cutDirs(rest, "site-packages", "dist-packages")
	switch {
	case !inSite:
		return "changes Python's own library", Tampered
	case slices.Contains(testTools, first(site)):
		return "changes a package that runs tests", Tampered
	}
	return "changes a Python package of the image", Suspect
}

// inPython reports whether a path is in a directory of Python's modules.
func inPython(p string) bool {
	_, found := modulePath(p)
	return found
}

// modulePath cuts a path behind its lib/pythonX directory.
func modulePath(p string) (rest string, found bool) {
	at := strings.Index(p, "/lib/python")
	if at < 0 {
		return "", false
	}
	_, rest, found = strings.Cut(p[at+len("/lib/python"):], "/")
	return rest, found && rest != ""
}

func cutDirs(rest string, dirs ...string) (below string, found bool) {
	for _, dir := range dirs {
		if below, found := strings.CutPrefix(rest, dir+"/"); found {
			return below, true
		}
	}
	return rest, false
}

func first(p string) string {
	name, _, _ := strings.Cut(p, "/")
	return name
}

// pytestFiles are what pytest reads besides the tests: in the directories above
// them, and in the working directory when tests are there.
var pytestFiles = []string{"conftest.py", "pytest.ini", ".pytest.ini", "tox.ini", "setup.cfg", "pyproject.toml"}

func testConfig(l *Look, c Change) (string, Grade) {
	dir, name := path.Dir(c.Path), path.Base(c.Path)
	switch {
	case !slices.Contains(pytestFiles, name):
		return "", Innocent
	case dir == "/" && l.tests.Workdir != "/":
		return "is read by pytest above the tests", Tampered
	case dir == l.tests.Workdir && l.testsInWorkdir() && (name == "conftest.py" || strings.HasSuffix(name, "pytest.ini")):
		return "is read by pytest where the tests run", Tampered
	}
	return "", Innocent
}

// testsInWorkdir reports whether the tests seem to be those in the working
// directory, because the script that runs pytest names no other place.
func (l *Look) testsInWorkdir() bool {
	return l.mentions("pytest") && !strings.Contains(l.tests.Text, "/tests") && !strings.Contains(l.tests.Text, "TEST_DIR")
}

// otherHooks are files that Perl and Node read of themselves.
func otherHooks(_ *Look, c Change) (string, Grade) {
	switch {
	case path.Base(c.Path) == "sitecustomize.pl":
		return "is run by every Perl", Tampered
	case slices.Contains([]string{".node_modules", ".node_libraries"}, path.Base(c.Path)) && isHome(path.Dir(c.Path)), below(c.Path, "/usr/local/lib/node"):
		return "is where every Node looks for modules", Tampered
	}
	return "", Innocent
}

var (
	systemStartup = []string{"/etc/profile", "/etc/bash.bashrc", "/etc/bashrc", "/etc/environment", "/etc/zshenv", "/etc/zsh/zshenv", "/etc/zprofile"}
	homeStartup   = []string{".bashrc", ".bash_profile", ".bash_login", ".profile", ".bash_env", ".zshrc", ".zshenv", ".zprofile", ".env"}
)

// startupFiles are read by shells. Installers of languages rightly write to those
// of their user, which a shell that runs a script does not read.
func startupFiles(l *Look, c Change) (string, Grade) {
	dir, name := path.Dir(c.Path), path.Base(c.Path)
	switch {
	case slices.Contains(systemStartup, c.Path), dir == "/etc/profile.d" && c.Kind == Modified:
		return "is run by shells when they start", Tampered
	case dir == "/etc/profile.d":
		return "is run by shells when they start", Suspect
	case isHome(dir) && slices.Contains(homeStartup, name) && (l.readsStartup() || strings.Contains(l.tests.Text, name)):
		return "is run by the shell of the tests", Tampered
	case isHome(dir) && slices.Contains(homeStartup, name):
		return "is run by shells when they start", Suspect
	}
	return "", Innocent
}

// readsStartup reports whether the tests' shell is one that reads startup files:
// a login shell or an interactive one.
func (l *Look) readsStartup() bool {
	return slices.ContainsFunc(l.tests.Shell, func(arg string) bool {
		long := strings.HasPrefix(arg, "--")
		return arg == "--login" || !long && strings.HasPrefix(arg, "-") && strings.ContainsAny(arg, "li")
	})
}

func isHome(dir string) bool { return dir == "/root" || path.Dir(dir) == "/home" }

// fetchSettings say where programs get what the tests fetch.
func fetchSettings(_ *Look, c Change) (string, Grade) {
	switch name := path.Base(c.Path); {
	case name == "pip.conf", name == "uv.toml" && !strings.Contains(c.Path, "/app/"), name == ".curlrc", name == ".wgetrc", c.Path == "/etc/wgetrc":
		return "says where what tests install comes from", Tampered
	case strings.Contains(c.Path, "/.cache/uv/") && strings.HasSuffix(c.Path, "CACHEDIR.TAG"), strings.HasSuffix(c.Path, "/.cache/uv"):
		return "has what tests install", Suspect
	}
	return "", Innocent
}

func cron(_ *Look, c Change) (string, Grade) {
	switch {
	case c.Path == "/etc/crontab", strings.HasPrefix(c.Path, "/var/spool/cron/") && c.Path != "/var/spool/cron/crontabs":
		return "is run by cron", Tampered
	case strings.HasPrefix(c.Path, "/etc/cron.") && path.Dir(c.Path) != "/etc":
		return "is run by cron", Suspect // packages have such
	}
	return "", Innocent
}

func below(p, dir string) bool { return strings.HasPrefix(p, dir+"/") }
