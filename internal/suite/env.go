package suite

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/internal/gitprogram"
)

// template is a value that takes a host variable, ${NAME} or ${NAME:-default}.
// As in Harbor it must be the whole value; anything else is literal.
var template = regexp.MustCompile(`^\$\{([^}:]+)(?::-(.*))?\}$`)

// resolveEnv replaces templates by the host's values, notes which those were,
// and refuses a variable that is neither set nor has a default.
func (r *reading) resolveEnv(d *document, path string) map[string]string {
	env := d.texts(path)
	if r.lookup == nil {
		return env
	}
	for _, key := range slices.Sorted(maps.Keys(env)) {
		m := template.FindStringSubmatchIndex(env[key])
		if m == nil {
			continue
		}
		name := env[key][m[2]:m[3]]
		switch value, ok := r.lookup(name); {
		case isOurs(name):
			d.refuse(path+"."+key, "%s.%s takes %s%s", path, key, name, oursWords)
		case ok:
			env[key] = value
			r.hostValue(value)
		case m[4] >= 0:
			env[key] = env[key][m[4]:m[5]]
		default:
			d.refuse(path+"."+key, "%s.%s takes the host's variable %s, which is not set: set it, or give a default as ${%s:-...}", path, key, name, name)
		}
	}
	return env
}

// isOurs reports whether a host variable holds, or may hold, a credential of the
// job that runs benchgate: for other servers than the task's.
func isOurs(name string) bool {
	switch name {
	case gitprogram.TokenVariable, "DOCKER_AUTH_CONFIG", "GITHUB_TOKEN":
		return true
	}
	return strings.HasPrefix(name, "ACTIONS_") || strings.HasPrefix(name, "INPUT_")
}

const oursWords = ", which belongs to benchgate or to the job that runs it and enters no sandbox: set a variable of another name for the task"

// hostValue notes a value that is to be redacted in the trial's output. A value
// below four bytes (a flag, a digit) is not: it would be found all over every
// log, and is no secret.
func (r *reading) hostValue(value string) {
	if len(value) >= 4 && !slices.Contains(r.task.HostValues, value) {
		r.task.HostValues = append(r.task.HostValues, value)
	}
}
