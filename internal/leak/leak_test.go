package leak_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/leak"
	"github.com/google/go-cmp/cmp"
)

func TestPlaceOf(t *testing.T) {
	for address, want := range map[string]leak.Place{
		"https://github.com/Harbor-Framework/terminal-bench-1.git": "github.com/harbor-framework/terminal-bench-1",
		"https://user@gitlab.example:8443/group/sub/name/":         "gitlab.example/group/sub/name",
		"git@github.com:owner/name.git":                            "github.com/owner/name",
		"ssh://git@github.com/owner/name":                          "github.com/owner/name",
		"github.com:owner/name":                                    "github.com/owner/name",
		"file:///srv/tasks":                                        "",
		"/srv/tasks":                                               "",
		"../tasks":                                                 "",
		`C:\tasks`:                                                 "",
		"https://github.com/":                                      "",
		"":                                                         "",
	} {
		if got := leak.PlaceOf(address); got != want {
			t.Errorf("%q is %q, want %q", address, got, want)
		}
	}
}

func TestParsePlace(t *testing.T) {
	for text, want := range map[string]leak.Place{
		"github.com/Acme/Tasks":                 "github.com/acme/tasks",
		"https://github.com/acme/tasks.git":     "github.com/acme/tasks",
		"git@github.com:acme/tasks.git":         "github.com/acme/tasks",
		"https://answers.example/":              "answers.example",
		"answers.example":                       "answers.example",
		"huggingface.co/datasets/acme/tasks_v2": "huggingface.co/datasets/acme/tasks_v2",
		"acme/tasks":                            "",
		"localhost":                             "",
		"a place.example":                       "",
		"":                                      "",
	} {
		got, ok := leak.ParsePlace(text)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q is %q, %v; want %q", text, got, ok, want)
		}
	}
}

func TestFind(t *testing.T) {
	task := leak.Task{
		Places:  []leak.Place{"github.com/acme/tasks", "git.acme.example/team/tasks"},
		History: true,
		Told:    "Install it from https://github.com/acme/tool. Data: https://github.com/laude-institute/harbor",
	}
	const tb = "github.com/harbor-framework/terminal-bench-1"
	tests := []struct {
		tool leak.Tool
		text string
		want string // empty: nothing is found
	}{
		{leak.Fetch, "https://github.com/acme/tasks/blob/main/solve.sh", "github.com/acme/tasks"},
		{leak.Fetch, "https://raw.githubusercontent.com/Acme/Tasks/main/solve.sh", "github.com/acme/tasks"},
		{leak.Fetch, "https://github.com/acme/tasks-of-another", ""},
		{leak.Fetch, "https://notgithub.com/acme/tasks", ""},
		{leak.Fetch, "https://www.tbench.ai/registry", "tbench.ai"},
		{leak.Fetch, "https://pytest.org/en/stable", ""},
		{leak.Shell, "curl -sL https://api.github.com/repos/" + strings.TrimPrefix(tb, "github.com/") + "/contents", tb},
		{leak.Shell, "cd /tmp && git clone --depth 1 https://" + tb + ".git x", tb},
		{leak.Shell, "git -C /tmp/x fetch git@git.acme.example:team/tasks.git main", "git.acme.example/team/tasks"},
		{leak.Shell, "gh repo clone acme/tasks", "github.com/acme/tasks"},
		{leak.Shell, "python3 - <<'X'\nfrom datasets import load_dataset\nd = load_dataset('princeton-nlp/SWE-bench_Verified')\nX", "huggingface.co/datasets/princeton-nlp/swe-bench_verified"},
		{leak.Shell, "hf download laude-institute/sandboxes-tasks.x", "huggingface.co/datasets/laude-institute/sandboxes-tasks"},
		{leak.Shell, "echo 'Tasks are from https://" + tb + "' >> README.md", ""},
		{leak.Shell, "grep -r " + tb + " .", ""},
		{leak.Shell, "git clone https://github.com/acme/tool", ""},
		{leak.Shell, "git clone https://github.com/laude-institute/harbor", ""}, // the task says so
		{leak.Search, "terminal-bench solve.sh github.com/acme/tasks", ""},

		{leak.Shell, "cd /app; git show HEAD~1:parse.py | head", "git show HEAD~1:parse.py"},
		{leak.Shell, "git -C /app --no-pager log -p -- parse.py", "git -C /app --no-pager log -p -- parse.py"},
		{leak.Shell, "git log --all --oneline", "git log --all --oneline"},
		{leak.Shell, "git reflog", "git reflog"},
		{leak.Shell, "git fsck --lost-found && ls", "git fsck --lost-found"},
		{leak.Shell, "git cat-file -p 3f2a1bc", "git cat-file -p 3f2a1bc"},
		{leak.Shell, "git checkout 3f2a1bc -- parse.py", "git checkout 3f2a1bc -- parse.py"},
		{leak.Shell, "git restore --source=HEAD^ parse.py", "git restore --source=HEAD^ parse.py"},
		{leak.Shell, "git checkout fixed && make", "git checkout fixed"},
		{leak.Shell, "git diff HEAD~2", "git diff HEAD~2"},
		{leak.Shell, "git rev-list --objects --all", "git rev-list --objects --all"},
		{leak.Shell, "git log", ""},
		{leak.Shell, "git log --oneline -5; git status; git diff", ""},
		{leak.Shell, "git checkout -b work && git add -A && git commit -m 'show all'", ""},
		{leak.Shell, "git checkout -- parse.py; git checkout src/main.c; git stash; git stash pop", ""},
		{leak.Shell, "git rev-list --count HEAD", ""},
		{leak.Shell, "echo digit show", ""},
		{leak.Fetch, "git show HEAD~1", ""},
	}
	for _, tt := range tests {
		what, found := task.Find(leak.Use{Tool: tt.tool, Text: tt.text})
		if what != tt.want || found != (tt.want != "") {
			t.Errorf("%s %q: found %q, want %q", tt.tool, tt.text, what, tt.want)
		}
	}
	for name, tt := range map[string]struct {
		task leak.Task
		use  leak.Use
	}{
		"a fetch that failed":         {leak.Task{}, leak.Use{Tool: leak.Fetch, Text: "https://tbench.ai", Failed: true}},
		"a sandbox without a network": {leak.Task{Offline: true}, leak.Use{Tool: leak.Shell, Text: "curl https://tbench.ai"}},
		"a history without an answer": {leak.Task{}, leak.Use{Tool: leak.Shell, Text: "git show HEAD~1"}},
	} {
		if what, found := tt.task.Find(tt.use); found {
			t.Errorf("%s: found %q", name, what)
		}
	}
	if _, found := (leak.Task{}).Find(leak.Use{Tool: leak.Shell, Text: "curl https://tbench.ai; exit 1", Failed: true}); !found {
		t.Error("a command that fetched and failed then is not found")
	}
}

func TestAsked(t *testing.T) {
	task := leak.Task{
		Places: []leak.Place{"answers.example", "github.com/acme/tasks", "told.example"},
		Told:   "See https://told.example/page",
	}
	for host, want := range map[string]leak.Place{
		"answers.example":         "answers.example",
		"cdn.answers.example":     "answers.example",
		"www.tbench.ai":           "tbench.ai",
		"notanswers.example":      "",
		"answers.example.test":    "",
		"github.com":              "", // others are there, too
		"raw.github.com":          "",
		"huggingface.co":          "",
		"told.example":            "", // the task leads there
		"example":                 "",
		"":                        "",
		".answers.example":        "answers.example",
		"????31m.answers.example": "answers.example",
	} {
		got, found := task.Asked(host)
		if got != want || found != (want != "") {
			t.Errorf("%q: %q, %t; want %q", host, got, found, want)
		}
	}
	shared := leak.Task{Places: []leak.Place{"github.com"}}
	if got, _ := shared.Asked("raw.github.com"); got != "github.com" {
		t.Errorf("a host that somebody lists is not found: %q", got)
	}
	if _, found := (leak.Task{Offline: true}).Asked("tbench.ai"); found {
		t.Error("a sandbox without a network got there")
	}
}

const answer = "def parse(text):\n    return [line.split(',') for line in text]\n"

// A repository that git made holds each file that was ever committed, loose and
// packed, on any branch and on none.
func TestWhatAGitRepositoryHolds(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	for _, packed := range []bool{false, true} {
		dir := t.TempDir()
		git := func(args ...string) {
			t.Helper()
			cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com", "-C", dir}, args...)...)
			cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("git %v: %v\n%s", args, err, out)
			}
		}
		git("init", "-q")
		write(t, filepath.Join(dir, "parse.py"), answer)
		git("add", "-A")
		git("commit", "-qm", "fixed")
		write(t, filepath.Join(dir, "parse.py"), strings.Replace(answer, "','", "';'", 1))
		git("commit", "-qam", "broken")
		git("remote", "add", "origin", "https://github.com/Acme/Parser.git")
		if packed {
			git("gc", "-q", "--aggressive")
		}
		objects, remotes := read(t, dir)
		if !objects.Has([]byte(answer)) || objects.Has([]byte(answer+"# and more\n")) {
			t.Errorf("packed %v: of %d objects, the answer is held %v", packed, len(objects), objects.Has([]byte(answer)))
		}
		if diff := cmp.Diff([]leak.Place{"github.com/acme/parser"}, remotes); diff != "" {
			t.Errorf("its remotes (-want +got):\n%s", diff)
		}
	}
}

func read(t *testing.T, dir string) (leak.Objects, []leak.Place) {
	t.Helper()
	objects, remotes := make(leak.Objects), []leak.Place(nil)
	err := filepath.WalkDir(dir, func(file string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(file)
		name, _ := filepath.Rel(dir, file)
		objects.Add(filepath.ToSlash(name), content)
		remotes = append(remotes, leak.Remotes(filepath.ToSlash(name), content)...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return objects, remotes
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestShortFilesAreNoAnswers(t *testing.T) {
	objects := leak.Objects{"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391": true} // of nothing
	if objects.Has(nil) || objects.Has([]byte("\n")) {
		t.Error("an empty file is an answer")
	}
}

// Indexes and names come from images that others made.
func FuzzAdd(f *testing.F) {
	f.Add("objects/pack/pack-1.idx", []byte("\xfftOc\x00\x00\x00\x02"))
	f.Add("x/.git/objects/ab/0123456789012345678901234567890123456789"[:56], []byte(nil))
	f.Add("objects/pack/p.idx", append([]byte("\xfftOc\x00\x00\x00\x02"), bytes.Repeat([]byte{0xff}, 256*4+40)...))
	f.Add(".git/config", []byte("[remote \"x\"]\n\turl = git@github.com:a/b\n"))
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		objects := make(leak.Objects)
		objects.Add(name, content)
		if len(objects) > len(content)/20+1 {
			t.Errorf("%d objects of %d bytes", len(objects), len(content))
		}
		for o := range objects {
			if len(o) != 40 {
				t.Errorf("an object is called %q", o)
			}
		}
		leak.Remotes(name, content)
	})
}

// What an agent asked its tools is any text.
func FuzzFind(f *testing.F) {
	f.Add("git show HEAD~1", "curl")
	f.Add("curl https://github.com/acme/tasks", "")
	f.Fuzz(func(t *testing.T, text, told string) {
		task := leak.Task{Places: []leak.Place{"github.com/acme/tasks"}, History: true, Told: told}
		for _, tool := range []leak.Tool{leak.Shell, leak.Fetch, leak.Search, "x"} {
			what, found := task.Find(leak.Use{Tool: tool, Text: text})
			if found != (what != "") || len(what) > len(text)+64 {
				t.Errorf("%s %q: %v, %q", tool, text, found, what)
			}
		}
	})
}
