package suite

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/golden"
	"github.com/benchgate/benchgate/internal/problem"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rogpeppe/go-internal/txtar"
)

// unpinned leaves out what the digest tests cover.
var unpinned = cmpopts.IgnoreFields(Task{}, "Digest", "Files", "Environment.Digest")

func TestHarborTask(t *testing.T) {
	dir := abs(t, "testdata/tasks/count-words")
	got, err := readTask(dir, "count-words", Source{Path: "count-words"}, hostOf(nil))
	if err != nil {
		t.Fatal(err)
	}
	want := &Task{
		ID: "count-words", Dir: dir, Form: Harbor, Tier: Easy,
		Source:       Source{Path: "count-words"},
		Instruction:  "Count the words in /app/text.txt, as `wc -w` does, and write the number, and\nnothing else, to /app/count.txt.\n",
		AgentTimeout: 2 * time.Minute,
		Environment:  Environment{Context: filepath.Join(dir, "environment"), Dockerfile: "Dockerfile", BuildTimeout: 5 * time.Minute},
		Network:      NoNetwork,
		CPUs:         1,
		MemoryMB:     512,
		Tests: Tests{
			Files: []Placed{
				{Host: filepath.Join(dir, "tests"), Dir: "/tests"},
				{Host: filepath.Join(dir, "tests/test.sh"), Dir: "/tests", Name: "test.sh", Exec: true},
			},
			Script:  "/tests/test.sh",
			Env:     map[string]string{"EXPECTED": "9"},
			Timeout: 30 * time.Second,
			Reward:  RewardFile,
		},
		Solution: Solution{
			Files: []Placed{
				{Host: filepath.Join(dir, "solution"), Dir: "/solution"},
				{Host: filepath.Join(dir, "solution/solve.sh"), Dir: "/solution", Name: "solve.sh", Exec: true},
			},
			Script: "/solution/solve.sh",
			Env:    map[string]string{"DEBIAN_FRONTEND": "noninteractive"},
		},
	}
	if diff := cmp.Diff(want, got, unpinned); diff != "" {
		t.Error(diff)
	}
}

func TestTerminalBench1Task(t *testing.T) {
	dir := abs(t, "testdata/tasks/fix-greeting")
	got, err := readTask(dir, "fix-greeting", Source{Path: "fix-greeting"}, hostOf(nil))
	if err != nil {
		t.Fatal(err)
	}
	want := &Task{
		ID: "fix-greeting", Dir: dir, Form: TerminalBench1, Tier: Medium,
		Source:       Source{Path: "fix-greeting"},
		Instruction:  `/app/greet.sh should print "hello, world". It does not. Repair it.`,
		AgentTimeout: 3 * time.Minute,
		Environment:  Environment{Context: dir, Dockerfile: "Dockerfile"},
		Env:          map[string]string{"TEST_DIR": "/tests", "GREETING_LANGUAGE": "en"},
		Network:      Public,
		CPUs:         1.5,
		MemoryMB:     1024,
		Tests: Tests{
			Files: []Placed{
				{Host: filepath.Join(dir, "tests"), Dir: "/tests"},
				{Host: filepath.Join(dir, "run-tests.sh"), Dir: "/tests", Name: "run-tests.sh", Exec: true},
			},
			Script:  "/tests/run-tests.sh",
			Shell:   []string{"bash"},
			Env:     map[string]string{"TEST_DIR": "/tests"},
			User:    "root",
			Timeout: 30 * time.Second,
			Reward:  PytestOutput,
		},
		Solution: Solution{
			Files:  []Placed{{Host: filepath.Join(dir, "solution.sh"), Dir: "/oracle", Name: "solution.sh", Exec: true}},
			Script: "/oracle/solution.sh",
			Shell:  []string{"bash"},
		},
	}
	if diff := cmp.Diff(want, got, unpinned); diff != "" {
		t.Error(diff)
	}
}

// Each archive in testdata/broken is one task and, in "want", every message
// about it.
func TestBrokenTasks(t *testing.T) {
	archives, err := filepath.Glob("testdata/broken/*.txtar")
	if err != nil || len(archives) < 20 {
		t.Fatalf("%d archives, %v", len(archives), err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			last := len(a.Files) - 1
			task := &txtar.Archive{Files: a.Files[:last]}
			dir := unpack(t, task)
			_, err = readTask(dir, "task", Source{Path: "task"}, hostOf(map[string]string{"HOST_HOME": "/home/user"}))
			if err == nil {
				t.Fatal("the task was accepted")
			}
			got := strings.ReplaceAll(err.Error(), "linux/"+runtime.GOARCH, "linux/HERE") + "\n"
			if *golden.Update {
				a.Files[last].Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(a.Files[last].Data), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFieldsThatAskForNothingAreAccepted(t *testing.T) {
	task := readArchive(t, `
-- instruction.md --
Do it.
-- tests/test.sh --
-- task.toml --
version = "1.0"
artifacts = ["/app/out.txt", {source = "/logs", service = "main"}]
steps = []
some_future_field = {a = 1}
[agent]
user = 1000
network_mode = "no-network"
[verifier]
environment_mode = "shared"
collect = []
user = "nobody"
[environment]
docker_image = "ghcr.io/example/task@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
os = "Linux"
gpus = 0
mcp_servers = []
allowed_hosts = []
skills_dir = ""
allow_internet = false
memory = "2G"
storage = "10G"
workdir = "/srv"
[environment.healthcheck]
command = "test -e /ready"
start_period_sec = 2.5
`)
	want := &Task{
		Form: Harbor, Tier: Medium,
		Instruction: "Do it.\n",
		AgentUser:   "1000",
		Environment: Environment{Image: "ghcr.io/example/task@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", BuildTimeout: 10 * time.Minute},
		Workdir:     "/srv",
		Network:     NoNetwork,
		MemoryMB:    2048,
		Healthcheck: &Healthcheck{
			Command: "test -e /ready", Interval: 5 * time.Second, Timeout: 30 * time.Second,
			StartPeriod: 2500 * time.Millisecond, StartInterval: 5 * time.Second, Retries: 3,
		},
		Notes: []string{
			`task/task.toml has keys that mean nothing to benchgate: "some_future_field" (line 4)`,
			"the disk limit of 10240 MB is not enforced",
			"artifacts are not collected; the transcript, the logs and the tests' answer are",
		},
		Tests: Tests{Script: "/tests/test.sh", Shell: []string{"bash"}, User: "nobody", Timeout: 10 * time.Minute, Reward: RewardFile},
	}
	if diff := cmp.Diff(want, task, unpinned, cmpopts.IgnoreFields(Task{}, "ID", "Dir", "Tests.Files", "Source")); diff != "" {
		t.Error(diff)
	}
}

// A key that is nearly a known one is a mistake that would be measured; others are
// noted, since public tasks have some and their harnesses ignore them. No field of
// Harbor's schema is one of those, and metadata may have any.
func TestKeysOfNoSchemaAreNoted(t *testing.T) {
	task := readArchive(t, `
-- task.toml --
version = "1.0"
source = "registry"
canary = "BENCHMARK DATA"
artifacts = []
multi_step_reward_strategy = "mean"
[metadata]
difficulty = "easy"
dificulty = "hard"
[task]
name = "org/name"
version = "1"
description = ""
authors = [{name = "a", email = "b"}]
keywords = []
[agent]
timeout = 60
allowed_hosts = []
network_mode = "public"
[verifier]
timeout_sec = 600
environment_mode = "shared"
collect = []
[solution]
env = {A = "1"}
[environment]
docker_image = "debian:bookworm-slim"
os = "linux"
cpus = 1
memory = "2G"
gpus = 0
gpu_types = []
mcp_servers = []
skills_dir = ""
allow_internet = true
-- instruction.md --
Do it.
-- tests/test.sh --
`)
	want := []string{`task/task.toml has keys that mean nothing to benchgate: "canary" (line 3), "agent.timeout" (line 16, did you mean "timeout_sec"?)`}
	if diff := cmp.Diff(want, task.Notes); diff != "" {
		t.Error(diff)
	}
}

func TestTerminalBench1Defaults(t *testing.T) {
	task := readArchive(t, `
-- task.yaml --
instruction: Do it.
difficulty: unknown
run_tests_in_same_shell: true
-- solution.yaml --
- command: "true"
-- run-tests.sh --
-- docker-compose.yaml --
version: "3.8"
services:
  client:
    image: debian:bookworm-slim
    tty: true
    network_mode: none
    mem_limit: 512m
    cpus: 1.1
    user: agent
    healthcheck: {test: "true"}
`)
	if task.Tier != Medium || task.AgentTimeout != 6*time.Minute || task.Tests.Timeout != time.Minute {
		t.Errorf("tier %s, agent %s, tests %s", task.Tier, task.AgentTimeout, task.Tests.Timeout)
	}
	if task.Network != NoNetwork || task.MemoryMB != 512 || task.CPUs != 1.1 || task.AgentUser != "agent" {
		t.Errorf("network %s, memory %d, cpus %v, user %q", task.Network, task.MemoryMB, task.CPUs, task.AgentUser)
	}
	if task.Environment.Image != "debian:bookworm-slim" || task.Environment.Context != "" {
		t.Errorf("environment %+v", task.Environment)
	}
	if task.Solution.Script != "" {
		t.Errorf("keystrokes became a solution: %+v", task.Solution)
	}
	if len(task.Notes) != 3 {
		t.Errorf("want notes on the shell, the solution and the healthcheck: %q", task.Notes)
	}
}

func TestHostVariables(t *testing.T) {
	const archive = `
-- instruction.md --
Do it.
-- tests/test.sh --
-- task.toml --
[environment]
docker_image = "debian"
[environment.env]
TOKEN = "${TOKEN}"
MODE = "${MODE:-fast}"
SHELL_TEXT = "keep ${TOKEN} here"
[verifier.env]
JUDGE = "${JUDGE:-}"
`
	t.Run("resolved", func(t *testing.T) {
		task := readArchive(t, archive)
		want := map[string]string{"TOKEN": "token-value", "MODE": "fast", "SHELL_TEXT": "keep ${TOKEN} here"}
		if diff := cmp.Diff(want, task.Env); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(map[string]string{"JUDGE": ""}, task.Tests.Env); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"token-value"}, task.HostValues); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("left alone without a lookup", func(t *testing.T) {
		dir := unpack(t, txtar.Parse([]byte(archive)))
		task, err := readTask(dir, "task", Source{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := task.Env["TOKEN"]; got != "${TOKEN}" {
			t.Errorf("TOKEN is %q", got)
		}
	})
	t.Run("in a compose file", func(t *testing.T) {
		const archive = `
-- task.yaml --
instruction: Do it.
difficulty: hard
-- run-tests.sh --
-- docker-compose.yaml --
services:
  client:
    image: debian
    environment:
      KEY: "${TOKEN}"
      MODE: ${MODE:-fast}
      PRICE: $$5
      TOKEN:
      UNSET:
`
		want := map[string]string{"TEST_DIR": "/tests", "KEY": "token-value", "MODE": "fast", "PRICE": "$5", "TOKEN": "token-value"}
		if diff := cmp.Diff(want, readArchive(t, archive).Env); diff != "" {
			t.Error(diff)
		}
		task, err := readTask(unpack(t, txtar.Parse([]byte(archive))), "task", Source{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := task.Env["KEY"]; got != "${TOKEN}" {
			t.Errorf("without a lookup KEY is %q", got)
		}
	})
}

func TestCommandsThatOnlyWait(t *testing.T) {
	for command, want := range map[string]bool{
		"":                           true,
		"sleep infinity":             true,
		"sh -c sleep infinity":       true,
		"bash -lc exec sleep 86400s": true,
		"tail -f /dev/null":          true,
		"/bin/bash":                  true,
		"python3 -m http.server":     false,
		"sh -c service nginx start && sleep infinity": false,
	} {
		if got := keepsAlive(strings.Fields(command)); got != want {
			t.Errorf("%q: %v", command, got)
		}
	}
}

// Columns count characters in every format, as editors do.
func TestPlacesInTasksCountCharacters(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"TOML, a wrong value", "\"größe\" = {\"日本\" = 1, x = 2}\r\n\ty = 1\r\n", "f:1:22: x.\nf:2:2: y."},
		{"TOML, broken", "a = \"ää\" b\n", "f:1:10: "},
		{"YAML, a wrong value", "größe: {日本: 1, x: 2}\r\ny: 1\r\n", "f:1:16: x.\nf:2:1: y."},
		{"YAML behind a byte order mark", "\ufeffx: 2\n", "f:1:1: x."},
		{"YAML, broken", "ä: [ö\nb: 1\n", "f:2:2: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			var problems problem.List
			parse := func() *document { return parseTOML("f", []byte(c.text), &problems) }
			if strings.HasPrefix(c.name, "YAML") {
				parse = func() *document { d, _ := parseYAML("f", []byte(c.text), &problems); return d }
			}
			if d := parse(); d != nil {
				for _, path := range []string{"größe.x", "x", "y"} {
					if _, ok := d.get(path); ok {
						d.refuse(path, "%s.", path[len(path)-1:])
					}
				}
			}
			got := strings.Split(problems.Error(), "\n")
			for i, want := range strings.Split(c.want, "\n") {
				if i >= len(got) || !strings.HasPrefix(got[i], want) {
					t.Errorf("got\n%s\nwant\n%s", problems.Error(), c.want)
				}
			}
		})
	}
}

// No TOML or YAML, however strange, may end the program.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a = 1\n[b.c]\nd = {e = [1, {f = 2}]}\n[[g]]\nh.i = 1\n", "a: &x {b: 1}\nc: {<<: *x}\n", "\"\" = 1", "services: {client: {build: .}}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var problems problem.List
		documents := []*document{parseTOML("f", []byte(text), &problems)}
		if d, root := parseYAML("f", []byte(text), &problems); d != nil {
			(&reading{task: &Task{}, lookup: hostOf(nil)}).composeVariables(d, root)
			composeKeys(d)
			documents = append(documents, d)
		}
		for _, d := range documents {
			if d == nil {
				continue
			}
			refuseHarborFields(d)
			d.seconds("agent.timeout_sec", 0)
			d.texts("environment.env")
		}
		for _, p := range problems.All() {
			if p.Line < 0 || p.Column < 0 {
				t.Errorf("impossible position: %+v", p)
			}
		}
	})
}

func readArchive(t *testing.T, archive string) *Task {
	t.Helper()
	dir := unpack(t, txtar.Parse([]byte(archive)))
	task, err := readTask(dir, "task", Source{Path: "task"}, hostOf(map[string]string{"TOKEN": "token-value"}))
	if err != nil {
		t.Fatal(err)
	}
	return task
}

func unpack(t *testing.T, a *txtar.Archive) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "task")
	for _, f := range a.Files {
		write(t, filepath.Join(dir, f.Name), string(f.Data))
	}
	return dir
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func hostOf(env map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		v, ok := env[name]
		return v, ok
	}
}

func abs(t *testing.T, path string) string {
	t.Helper()
	dir, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
