package suite

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/internal/problem"
)

// knownKeys are the keys that a table of a task's file may have, by the table's
// dotted path; "" is the top. A table that is not named here, such as metadata, may
// have any.
type knownKeys map[string][]string

// harborKeys are all fields of Harbor's schema 1.0 to 1.4 (models/task/config.py),
// whether they mean something to benchgate or not.
var harborKeys = knownKeys{
	"": {
		"schema_version", "version", "source", "artifacts", "multi_step_reward_strategy",
		"metadata", "task", "agent", "verifier", "environment", "solution", "steps",
	},
	"task":     {"name", "version", "description", "authors", "keywords"},
	"agent":    {"timeout_sec", "user", "network_mode", "allowed_hosts"},
	"solution": {"env"},
	"verifier": {
		"timeout_sec", "env", "user", "network_mode", "allowed_hosts",
		"environment_mode", "environment", "collect",
	},
	"environment": {
		"build_timeout_sec", "docker_image", "os", "cpus", "memory_mb", "storage_mb", "memory", "storage",
		"gpus", "gpu_types", "tpu", "mcp_servers", "env", "skills_dir", "healthcheck", "workdir",
		"network_mode", "allowed_hosts", "allow_internet",
	},
	"environment.healthcheck": {
		"command", "interval_sec", "timeout_sec", "start_period_sec", "start_interval_sec", "retries",
	},
}

// tb1Keys are the fields of Terminal-Bench 1's task.yaml (handlers/trial_handler.py).
var tb1Keys = knownKeys{
	"": {
		"instruction", "author_name", "author_email", "difficulty", "category", "tags", "parser_name",
		"max_agent_timeout_sec", "max_test_timeout_sec", "run_tests_in_same_shell", "disable_asciinema",
		"estimated_duration_sec", "expert_time_estimate_min", "junior_time_estimate_min",
	},
}

// typingMistake is the most letters by which a key that was mistyped differs from
// the one that was meant.
const typingMistake = 2

// checkKeys refuses keys that are known ones mistyped: the task would be measured
// with a default that its author did not want. The harnesses ignore keys that they
// do not know, and public tasks have some: all others are only noted.
func (r *reading) checkKeys(d *document, known knownKeys) {
	var others []string
	for _, table := range slices.Sorted(maps.Keys(known)) {
		v, _ := d.get(table)
		if table == "" {
			v = d.values
		}
		keys, _ := v.(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			if slices.Contains(known[table], key) {
				continue
			}
			at := strings.TrimPrefix(table+"."+key, ".")
			near := meant(key, known[table])
			if near != "" && problem.Edits(key, near) <= typingMistake {
				d.refuse(at, "unknown key %s%s; did you mean %q?", problem.Quote(key), inTable(table), near)
				continue
			}
			other := fmt.Sprintf("%s (line %d)", problem.Quote(at), d.position(at).line)
			if near != "" {
				other = fmt.Sprintf("%s (line %d, did you mean %q?)", problem.Quote(at), d.position(at).line, near)
			}
			others = append(others, other)
		}
	}
	if len(others) > 0 {
		r.note("%s has keys that mean nothing to benchgate: %s", d.file, strings.Join(others, ", "))
	}
}

// meant is the known key that was probably meant: one that is near, or that begins
// as this one does, such as timeout_sec for timeout. Empty: there is none.
func meant(key string, known []string) string {
	if near := problem.Nearest(key, known); near != "" {
		return near
	}
	i := slices.IndexFunc(known, func(k string) bool { return strings.HasPrefix(k, key+"_") })
	if i < 0 {
		return ""
	}
	return known[i]
}

func inTable(table string) string {
	if table == "" {
		return ""
	}
	return " in " + table
}
