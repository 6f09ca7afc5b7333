package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/benchgate/benchgate/internal/scriptedmodel"
)

type storyCommand = func(ts *testscript.TestScript, neg bool, args []string)

// storyKey is the secret of the stories' model API.
const storyKey = "sk-story-0123456789"

// storyCommands are what stories can say.
func storyCommands() map[string]storyCommand {
	return map[string]storyCommand{
		"exits":   exits,
		"task":    writeTask,
		"model":   serveModel,
		"front":   front,
		"earlier": storeEarlier,
		"newest":  newest,
		"tidy":    tidy,
		"absent":  absent,
		"calm":    calm,
		"edit":    edit,
		"github":  serveGitHub,
		"posted":  posted,
		"account": account,
		"calls":   calls,
		"merge":   merge,
		"stored":  stored,
		"job":     beginJob,
		"step":    runStep,
		"event":   writeEvent,
		"commit":  commit,
		"pull":    pull,
		"upload":  upload,
		"label":   setLabel,
		"nights":  storeNights,
		"sink":    serveSink,
		"arrived": arrived,
	}
}

func plainly(ts *testscript.TestScript, neg bool, args []string, want int, usage string) {
	if neg || len(args) < want {
		ts.Fatalf("usage: %s", usage)
	}
}

// exits runs a command and wants exactly that exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	plainly(ts, neg, args, 2, "exits CODE COMMAND [ARGUMENTS]")
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		ts.Fatalf("running %s: %v", args[1], err)
	}
	got := 0
	if exit != nil {
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("%s exits with %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// writeTask is harborTask for stories. A fourth argument "broken" gives the
// task a solution that is wrong.
func writeTask(ts *testscript.TestScript, neg bool, args []string) {
	plainly(ts, neg, args, 3, "task DIRECTORY ANSWER TIER [broken]")
	solution := args[1]
	if len(args) == 4 && args[3] == "broken" {
		solution = "no idea"
	}
	ts.Check(harborTask(ts.MkAbs(args[0]), args[1], args[2], solution))
}

// harborTask writes a Harbor task that is solved when answer.txt holds the
// answer.
func harborTask(dir, answer, tier, solution string) error {
	for name, content := range map[string]string{
		"task.toml":              "version = \"1.0\"\n\n[metadata]\ndifficulty = \"" + tier + "\"\n",
		"instruction.md":         "Task " + filepath.Base(dir) + ": write the answer into answer.txt.\n",
		"environment/Dockerfile": "FROM scratch\nWORKDIR /app\nCOPY . .\n",
		"environment/README":     "The answer is to be found.\n",
		"solution/solve.sh":      "#!/bin/bash\necho '" + solution + "' >answer.txt\n",
		"tests/test.sh": `#!/bin/bash
root="${BENCHGATE_ROOT:-}"
mkdir -p "$root/logs/verifier"
echo "the answer is: $(cat "$root/app/answer.txt" 2>&1)"
if grep -qx '` + answer + `' "$root/app/answer.txt"; then echo 1; else echo 0; fi >"$root/logs/verifier/reward.txt"
`,
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// serveModel serves a script of scriptedmodel until the story ends, and puts
// its address and key where benchgate looks for them.
func serveModel(ts *testscript.TestScript, neg bool, args []string) {
	plainly(ts, neg, args, 1, "model SCRIPT")
	script, err := scriptedmodel.Decode(strings.NewReader(ts.ReadFile(args[0])), args[0])
	ts.Check(err)
	server := scriptedmodel.New(script, scriptedmodel.Options{Key: storyKey})
	url, stop, err := server.Listen(context.Background(), "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { ts.Check(stop()) })
	ts.Setenv("ANTHROPIC_BASE_URL", url)
	ts.Setenv("ANTHROPIC_API_KEY", storyKey)
}

// front puts a gateway before the story's model API: it serves the API below a path,
// for requests that have a header with the value, and puts the key in itself. Its
// address is in FRONT; nothing else leads to the API any more.
func front(ts *testscript.TestScript, neg bool, args []string) {
	plainly(ts, neg, args, 3, "front PATH HEADER VALUE")
	behind, err := url.Parse(ts.Getenv("ANTHROPIC_BASE_URL"))
	ts.Check(err)
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(behind)
		r.Out.Header.Set("X-Api-Key", storyKey)
		r.Out.Header.Del(args[1])
	}}
	mux := http.NewServeMux()
	mux.Handle(args[0]+"/", http.StripPrefix(args[0], http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(args[1]) != args[2] {
			http.Error(w, "<html>401 Authorization Required</html>", http.StatusUnauthorized)
			return
		}
		proxy.ServeHTTP(w, r)
	})))
	server := httptest.NewServer(mux)
	ts.Defer(server.Close)
	ts.Setenv("FRONT", server.URL)
	ts.Setenv("ANTHROPIC_BASE_URL", "")
	ts.Setenv("ANTHROPIC_API_KEY", "")
}

// newest names the newest run's directory in a variable.
func newest(ts *testscript.TestScript, neg bool, args []string) {
	plainly(ts, neg, args, 1, "newest VARIABLE")
	runs, err := filepath.Glob(ts.MkAbs(".benchgate/runs/*"))
	ts.Check(err)
	if len(runs) == 0 {
		ts.Fatalf("no run left its files")
	}
	// Ids begin with the second; within one the directory's time tells.
	slices.SortFunc(runs, func(a, b string) int { return modified(ts, a).Compare(modified(ts, b)) })
	ts.Setenv(args[0], ".benchgate/runs/"+filepath.Base(runs[len(runs)-1]))
}

func modified(ts *testscript.TestScript, name string) time.Time {
	info, err := os.Stat(name)
	ts.Check(err)
	return info.ModTime()
}

// changing are the parts of an output that no two runs share.
var changing = []struct {
	pattern *regexp.Regexp
	name    string
}{
	{regexp.MustCompile(`\d{8}T\d{6}\.\d{3}Z-[a-z2-7]{6}`), "RUN"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:.]+Z`), "TIME"},
	{regexp.MustCompile(`20\d\d-\d\d-\d\d`), "DATE"},
	{regexp.MustCompile(`sha256:[0-9a-f]{64}`), "DIGEST"},
	{regexp.MustCompile(`\d+\.\d s\b`), "0.0 s"},
}

// tidy copies an output and gives what changes from run to run a fixed name.
func tidy(ts *testscript.TestScript, neg bool, args []string) {
	plainly(ts, neg, args, 2, "tidy stdout|stderr|FILE OUT")
	text := ts.ReadFile(args[0])
	for _, c := range changing {
		text = c.pattern.ReplaceAllString(text, c.name)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o644))
}

// absent wants a text in no file below a directory.
func absent(ts *testscript.TestScript, neg bool, args []string) {
	plainly(ts, neg, args, 2, "absent TEXT DIRECTORY")
	files := 0
	ts.Check(filepath.WalkDir(ts.MkAbs(args[1]), func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		files++
		content, err := os.ReadFile(name)
		if err == nil && strings.Contains(string(content), args[0]) {
			err = fmt.Errorf("%s holds %q", name, args[0])
		}
		return err
	}))
	if files == 0 {
		ts.Fatalf("%s has no file at all", args[1])
	}
}

// calm wants an output without anything that a terminal or a runner obeys.
func calm(ts *testscript.TestScript, neg bool, args []string) {
	plainly(ts, neg, args, 1, "calm stdout|stderr|FILE")
	text := ts.ReadFile(args[0])
	if text == "" {
		ts.Fatalf("%s is empty", args[0])
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(strings.TrimSpace(line), "::") {
			ts.Fatalf("a runner would obey %q", line)
		}
		if strings.ContainsFunc(line, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }) {
			ts.Fatalf("a terminal would obey %q", line)
		}
	}
}

// edit replaces a text in a file, which must be there.
func edit(ts *testscript.TestScript, neg bool, args []string) {
	plainly(ts, neg, args, 3, "edit FILE OLD NEW")
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(text, args[1], args[2])), 0o644))
}
