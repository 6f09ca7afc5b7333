package tamper_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/tamper"
	"github.com/google/go-cmp/cmp"
)

var path = []string{"/usr/local/bin", "/usr/bin", "/bin"} // /bin is a link to /usr/bin

// image is what the directories that matter hold beside what a test adds.
var image = map[string][]string{
	"/usr/local/bin":            {"python3", "pip"},
	"/usr/bin":                  {"cat", "bash", "sh", "perl"},
	"/usr/lib/x86_64-linux-gnu": {"libc.so.6", "libz.so.1"},
	"/usr/local/lib":            {},
}

// look judges changes, each "A PATH", "C PATH" or "D PATH".
func look(tests tamper.Tests, changes ...string) []string {
	if tests.Path == nil {
		tests.Path = path
	}
	l := tamper.Begin(tests)
	now := make(map[string]tamper.Listing)
	for dir, names := range image {
		now[dir] = tamper.Listing{ID: dir, Names: names}
	}
	for _, change := range changes {
		kind, p, _ := strings.Cut(change, " ")
		l.See(tamper.Change{Path: p, Kind: map[string]tamper.Kind{"A": tamper.Added, "C": tamper.Modified, "D": tamper.Deleted}[kind]})
		for dir, there := range now {
			if name, in := strings.CutPrefix(p, dir+"/"); in && kind == "A" && !strings.Contains(name, "/") {
				there.Names = append(there.Names[:len(there.Names):len(there.Names)], name)
				now[dir] = there
			}
		}
	}
	now["/bin"] = now["/usr/bin"]
	listings := make(map[string]tamper.Listing)
	for _, dir := range l.Dirs() {
		if there, is := now[dir]; is {
			listings[dir] = there
		}
	}
	var found []string
	for _, f := range l.Findings(listings) {
		found = append(found, fmt.Sprintf("%s %s", map[tamper.Grade]string{tamper.Suspect: "suspect", tamper.Tampered: "tampered"}[f.Grade], f.Path))
	}
	return found
}

func TestWhatAgentsChange(t *testing.T) {
	harbor := tamper.Tests{Workdir: "/app", Shell: []string{"bash"}, Text: "uvx -p 3.13 pytest /tests/test_outputs.py -rA"}
	for name, c := range map[string]struct {
		changes []string
		want    []string
	}{
		"their work": {[]string{"C /app", "A /app/a.py", "A /app/conftest.py", "C /app/pyproject.toml", "A /tmp/x", "A /root/.claude.json", "A /app/bin/cat"}, nil},
		"a package of apt that is new": {[]string{
			"C /usr", "C /usr/bin", "A /usr/bin/jq", "A /usr/lib/x86_64-linux-gnu/libjq.so.1", "C /var/lib/dpkg/status", "C /etc/ld.so.cache",
			"A /usr/share/doc/jq", "A /etc/alternatives/jq",
		}, nil},
		"build-essential with its loader's configuration": {[]string{
			"A /usr/bin/gcc", "A /usr/bin/cc", "A /etc/ld.so.conf.d/fakeroot-x86_64-linux-gnu.conf", "A /usr/lib/x86_64-linux-gnu/libfakeroot/libfakeroot-0.so",
		}, nil},
		"a package of pip that is new": {[]string{
			"A /usr/local/bin/black", "C /usr/local/lib/python3.13/site-packages", "A /usr/local/lib/python3.13/site-packages/black/__init__.py",
			"A /usr/local/lib/python3.13/site-packages/numpy.libs/libgfortran-1.so", "A /usr/local/lib/python3.13/__pycache__/os.cpython-313.pyc",
		}, nil},
		"a Python from apt": {
			[]string{"A /usr/bin/python3.11", "A /usr/lib/python3.11", "A /usr/lib/python3.11/sitecustomize.py", "A /etc/python3.11", "A /etc/python3.11/sitecustomize.py"},
			[]string{"suspect /usr/lib/python3.11/sitecustomize.py", "suspect /etc/python3.11/sitecustomize.py"},
		},
		"a virtual environment": {
			[]string{"A /app/.venv/bin/python3", "A /app/.venv/lib/python3.13/site-packages/_virtualenv.pth", "A /app/.venv/lib/python3.13/site-packages/pytest/__init__.py"},
			nil,
		},
		"pytest from pip, which the tests name": {[]string{"A /usr/local/bin/pytest"}, []string{"suspect /usr/local/bin/pytest"}},
		"an installer that writes .bashrc":      {[]string{"C /root/.bashrc", "C /root/.profile"}, []string{"suspect /root/.bashrc", "suspect /root/.profile"}},
		"another version of a package":          {[]string{"C /usr/local/lib/python3.13/site-packages/yaml/__init__.py"}, []string{"suspect /usr/local/lib/python3.13/site-packages/yaml/__init__.py"}},
		"replaced programs":                     {[]string{"C /usr/bin/bash", "C /usr/local/bin/python3", "C /etc/alternatives/awk"}, []string{"tampered /usr/bin/bash", "tampered /usr/local/bin/python3", "suspect /etc/alternatives/awk"}},
		"git from apt, with a newer Perl": {
			[]string{"A /usr/bin/git", "C /etc/alternatives/pager", "C /usr/bin/perl", "C /usr/lib/x86_64-linux-gnu/perl-base/auto/re/re.so", "C /var/lib/dpkg/info/perl-base.list"},
			[]string{"suspect /etc/alternatives/pager", "suspect /usr/bin/perl", "suspect /usr/lib/x86_64-linux-gnu/perl-base/auto/re/re.so"},
		},
		"a package of apk":                    {[]string{"C /lib/apk/db/installed", "C /usr/bin/bash", "A /etc/ld.so.preload"}, []string{"tampered /etc/ld.so.preload", "suspect /usr/bin/bash"}},
		"a deleted program":                   {[]string{"D /usr/bin/sh"}, nil},
		"a program before another":            {[]string{"A /usr/local/bin/cat"}, []string{"tampered /usr/local/bin/cat"}},
		"a program behind another":            {[]string{"A /usr/bin/python3"}, nil},
		"a runner that is not there":          {[]string{"A /usr/local/bin/uvx"}, []string{"suspect /usr/local/bin/uvx"}},
		"a new name of a word in the tests":   {[]string{"A /usr/local/bin/test"}, nil},
		"loader hooks":                        {[]string{"A /etc/ld.so.preload", "A /etc/ld-musl-x86_64.path"}, []string{"tampered /etc/ld.so.preload", "tampered /etc/ld-musl-x86_64.path"}},
		"a replaced library":                  {[]string{"C /usr/lib/x86_64-linux-gnu/libc.so.6"}, []string{"tampered /usr/lib/x86_64-linux-gnu/libc.so.6"}},
		"a library before another":            {[]string{"A /usr/local/lib/libz.so.1"}, []string{"tampered /usr/local/lib/libz.so.1"}},
		"a library where the loader was sent": {[]string{"A /etc/ld.so.conf.d/00.conf", "A /opt/evil/libc.so.6"}, []string{"tampered /opt/evil/libc.so.6"}},
		"a library where nobody looks":        {[]string{"A /opt/conda/lib/libz.so.1"}, nil},
		"Python's hooks":                      {[]string{"A /usr/local/lib/python3.13/site-packages/sitecustomize.py", "A /root/.local/lib/python3.13", "A /root/.local/lib/python3.13/site-packages/usercustomize.py", "A /root/.local/lib/python3.13/site-packages/sitecustomize.py"}, []string{"tampered /usr/local/lib/python3.13/site-packages/sitecustomize.py", "tampered /root/.local/lib/python3.13/site-packages/usercustomize.py", "tampered /root/.local/lib/python3.13/site-packages/sitecustomize.py"}},
		"a .pth":                              {[]string{"A /usr/local/lib/python3.13/site-packages/evil.pth"}, []string{"suspect /usr/local/lib/python3.13/site-packages/evil.pth"}},
		"pytest patched":                      {[]string{"C /usr/local/lib/python3.13/site-packages/_pytest/python.py"}, []string{"tampered /usr/local/lib/python3.13/site-packages/_pytest/python.py"}},
		"Python's own library":                {[]string{"C /usr/local/lib/python3.13/json/__init__.py"}, []string{"tampered /usr/local/lib/python3.13/json/__init__.py"}},
		"a package before pytest":             {[]string{"A /app/pytest.py", "A /app/_pytest"}, []string{"tampered /app/pytest.py", "tampered /app/_pytest"}},
		"pytest's files above the tests":      {[]string{"A /conftest.py", "A /pytest.ini"}, []string{"tampered /conftest.py", "tampered /pytest.ini"}},
		"system startup":                      {[]string{"C /etc/profile", "C /etc/bash.bashrc", "A /etc/profile.d/x.sh"}, []string{"tampered /etc/profile", "tampered /etc/bash.bashrc", "suspect /etc/profile.d/x.sh"}},
		"where packages come from":            {[]string{"A /root/.config/uv/uv.toml", "A /etc/pip.conf", "A /root/.curlrc"}, []string{"tampered /root/.config/uv/uv.toml", "tampered /etc/pip.conf", "tampered /root/.curlrc"}},
		"cron":                                {[]string{"A /var/spool/cron/crontabs/root", "C /etc/crontab", "A /etc/cron.d/x"}, []string{"tampered /var/spool/cron/crontabs/root", "tampered /etc/crontab", "suspect /etc/cron.d/x"}},
		"Node and Perl":                       {[]string{"A /root/.node_modules", "A /etc/perl/sitecustomize.pl"}, []string{"tampered /root/.node_modules", "tampered /etc/perl/sitecustomize.pl"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, look(harbor, c.changes...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheTestsSayWhatMatters(t *testing.T) {
	for name, c := range map[string]struct {
		tests   tamper.Tests
		changes []string
		want    []string
	}{
		"tests in the working directory": {tamper.Tests{Workdir: "/app", Text: "cd /app && pytest"}, []string{"A /app/conftest.py"}, []string{"tampered /app/conftest.py"}},
		"a login shell":                  {tamper.Tests{Workdir: "/app", Shell: []string{"bash", "-l"}}, []string{"C /root/.profile"}, []string{"tampered /root/.profile"}},
		"a script that reads .bashrc":    {tamper.Tests{Workdir: "/app", Text: "source ~/.bashrc\n"}, []string{"C /root/.bashrc"}, []string{"tampered /root/.bashrc"}},
		"the root as working directory":  {tamper.Tests{Workdir: "/"}, []string{"A /conftest.py"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, look(c.tests, c.changes...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// An agent can leave any number of files.
func TestALookKeepsNoMoreThanItsLimit(t *testing.T) {
	l := tamper.Begin(tamper.Tests{Path: path})
	for i := range 300_000 {
		l.See(tamper.Change{Path: fmt.Sprintf("/usr/bin/%d", i), Kind: tamper.Added})
	}
	if !l.Full() {
		t.Error("it does not say that it is full")
	}
}

func FuzzSee(f *testing.F) {
	f.Add("/usr/bin/cat", 1)
	f.Add("relative/../..", 2)
	f.Add("", 3)
	f.Fuzz(func(_ *testing.T, p string, kind int) {
		look(tamper.Tests{Workdir: "/app"}, []string{"A ", "C ", "D "}[uint(kind)%3]+p)
	})
}
