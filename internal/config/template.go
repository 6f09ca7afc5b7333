package config

import (
	"fmt"
	"strings"

	"github.com/benchgate/benchgate/internal/agent"
	"go.yaml.in/yaml/v4"
)

// TemplateTask is a task that `benchgate init` found.
type TemplateTask struct {
	Path string // slash-separated, relative to where the file will be
	Tier string // "easy", "medium" or "hard"; empty: the task's own
}

// Template returns a commented benchgate.yaml for these tasks, which [Parse]
// accepts. Without tasks it lists a place for one. A line whose comment is a
// key shows an option that is off.
func Template(tasks []TemplateTask) []byte {
	var list strings.Builder
	for _, t := range tasks {
		if t.Tier == "" {
			fmt.Fprintf(&list, "    - {path: %s}\n", scalar(t.Path))
			continue
		}
		fmt.Fprintf(&list, "    - {path: %s, tier: %s}\n", scalar(t.Path), scalar(t.Tier))
	}
	if len(tasks) == 0 {
		list.WriteString("    - {path: tasks/my-first-task, tier: easy}   # no task was found here: put yours there\n")
	}
	return []byte(templateSuite + list.String() + fillIn(templateRest))
}

// fillIn replaces PINNED by the agent at its pinned version and AGENTS by the
// names of all agents.
func fillIn(text string) string {
	row, _ := agent.Lookup(agent.ClaudeCode)
	pinned := Agent{Name: row.Name, Version: row.DefaultVersion}
	return strings.NewReplacer("PINNED", pinned.String(), "AGENTS", strings.Join(agent.Names(), ", ")).Replace(text)
}

// scalar writes a text so that it survives inside a flow mapping.
func scalar(text string) string {
	b, err := yaml.Dump(&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Style: yaml.DoubleQuotedStyle}, yaml.WithLineWidth(-1))
	if err != nil || strings.Count(string(b), "\n") > 1 {
		return `""`
	}
	return strings.TrimSpace(string(b))
}

const templateSuite = `# What benchgate measures and when it says no. Every key but suite and one
# of baseline and candidate may be left out; the values below are the defaults
# unless a comment says otherwise. Check it with: benchgate plan

# The tasks. Harbor and Terminal-Bench 1 directories work as they are.
# After changing the list, pin it: benchgate lock, then benchgate check. The lock
# is beside this file and has its name, such as benchgate.lock; or name another:
# lock: shared.lock
suite:
  # name: coding-10
  # Sandbox "process" isolates nothing; a suite has to say that it may.
  # trusted: true
  # Where else than in public benchmarks and in the tasks' own repositories the
  # answers are: trials whose agent goes there are flagged.
  # answers_at: ["github.com/our-org/our-tasks"]
  # Tasks of a pattern below that are left out, by id. Those that cannot run here
  # are left out, and noted in the lock, by: benchgate lock --skip-refused
  # exclude: [fix-git, "qemu-*"]
  # From which reward on a task counts as solved; another number of reward.json
  # than "reward" by its key, as {correct: 0.5}.
  # solved_at: 1
  tasks:
    # Where the agent is to leave a service running: keep_processes: true.
    # A tier is easy, medium or hard; without one the task's own difficulty counts.
    # Tasks of another repository are pinned to a commit by the lock:
    # - {git: "https://github.com/harbor-framework/terminal-bench-1", ref: main, path: original-tasks/hello-world, tier: easy}
`

const templateRest = `
# The one thing in which the two arms differ: model, agent_version or
# settings. Anything else that differs is an error here and incomparable there.
compare: model

# What you have: the arm the candidate must not fall behind. To measure it once,
# alone, and keep it for later runs: benchgate run --arm baseline
baseline:
  agent: PINNED   # agents: AGENTS
  model: claude-opus-4-7
  # auto takes stored baseline runs when they fit and are at most 14 days old,
  # and else measures the baseline beside the candidate; stored and live insist.
  from: auto

# What you want to know about.
candidate:
  agent: PINNED
  model: claude-opus-4-8
  # With settings to compare (then write "compare: settings" above):
  # settings: {effort: high, max_turns: 100, arguments: [], files: {CLAUDE.md: prompts/CLAUDE.md}}

# Where the model API is. Left out, it is where ANTHROPIC_BASE_URL says, or the
# API's own address; the key is always taken from the environment. A gateway may
# want headers of its own, and have a certificate of your company: ca_file is
# trusted besides the system's. HTTPS_PROXY and NO_PROXY are heeded.
# api: {base_url: "https://gateway.example/anthropic", headers: {x-gateway-key: "${GATEWAY_KEY}"}, ca_file: company-ca.pem}

# Where trials run: docker, or process for trusted suites.
sandbox: docker

# Where a task's tests run: shared is where the agent worked, as the benchmarks
# do; fresh is a new container, to which only the working directory is carried.
# verifier: shared

# What becomes of a solved trial whose agent changed what the tests run through
# (programs, libraries, startup files): flag says so and runs the tests once more
# in a fresh container; fail counts it as not solved.
# tamper: flag

limits:
  # Trials of each task and arm, at most; the gate stops earlier when it knows.
  # The default is 5 below 80 tasks and 3 from there on.
  attempts: 5
  # Dollars for this whole command, both arms; no limit when left out. When they
  # are gone the run ends. A plan that costs more than this at a stored
  # baseline's costs is refused before the first request.
  usd: 60
  # Dollars after which one trial ends; no limit when left out.
  usd_per_trial: 5
  # Tokens of all kinds, cache reads too, after which one trial ends; no limit when
  # left out.
  # tokens_per_trial: 20000000
  # Model requests that this whole command may make, both arms; no limit when
  # left out. It bounds what a model without a price may use, which no dollar
  # limit can: see prices at the end.
  # requests: 2000
  # Minutes after which this whole command has ended; no limit when left out.
  # In CI, less than the job's own timeout: a job that is killed reports nothing.
  # A trial that could take longer is not begun, and the verdict is on those that
  # ended; the same command goes on from there.
  # minutes: 110
  # Trials at the same time; as many as the machine has CPUs and memory for, when
  # left out. Fewer start while the model API limits the rate.
  # workers: 4
  # On each task's own timeouts.
  timeout_multiplier: 1
  # Seconds that an agent may work on after its time, which it then has exceeded all
  # the same. 300 is what Terminal-Bench 1 gives: for comparing with its leaderboard.
  # timeout_grace: 300
  # CPUs and memory (MiB) of a trial whose task sets none itself. Runs with other
  # limits cannot be compared: write down what every machine that measures has.
  cpus: 2
  memory_mb: 4096

# When the verdict is "regression". The defaults below are for suites of less
# than 80 tasks; from 80 tasks they are 0.10 and 1.2.
gate:
  # auto, or one of informed (uses a stored baseline), strict, fixed.
  mode: auto
  # The pass rate may drop by less than 20 points.
  pass_rate: {max_drop: 0.20}
  # A typical trial may cost less than 1.5 times as much; "off" only reports it.
  typical_cost: {max_ratio: 1.5}
  # Cost per solved task is always reported first. From 1.5 times as much it can
  # fail the gate, but a pass never waits for it; "off" only reports it.
  cost_per_solved: {max_ratio: 1.5}
  # A regression that costs alone make against a stored baseline stands only when
  # one more attempt of both variants at each task, side by side, shows it too:
  # whole runs differ in cost. Paid from limits.usd; "off" does without.
  confirm: auto
  # How often "regression" may be wrong when nothing changed ...
  alpha: 0.05
  # ... and "pass" when the candidate is worse by a whole margin.
  beta: 0.10
  # What the check on GitHub does when the trials do not decide: pass, neutral
  # or fail.
  on_inconclusive: neutral

# Where accepted runs are kept: a directory, or a branch of your repository.
baselines: {dir: .benchgate/baselines}
# baselines: {branch: benchgate-baselines}

# Send the agents' telemetry, and what each trial cost and came to, on to your own
# OpenTelemetry receivers. ${NAME} takes a secret from the environment; a secret
# written here is an error. Prompts and answers stay here without content: true.
# telemetry:
#   forward:
#     - {endpoint: "https://ingest.example:443", headers: {signoz-ingestion-key: "${SIGNOZ_KEY}"}}
#     - {endpoint: "http://prometheus.example:9090/api/v1/otlp", temporality: cumulative, signals: [metrics]}

# Prices of models that the embedded table does not know: without one a model is
# not run while costs are gated. "benchgate plan" shows each model's price, and
# for one that has none the lines to add.
# prices: prices.json

# On a pull request only the candidate of its benchgate.yaml counts; all else is
# this file of the base branch. Its agent and arguments are those of the arms
# above, and what is listed here.
# pull_requests: {agents: [PINNED], arguments: [--verbose, ["--max-thinking-tokens", "8000"]]}
`
