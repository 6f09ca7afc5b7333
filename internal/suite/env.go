package suite

import (
	"maps"
	"regexp"
	"slices"
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

// hostValue notes a value that is to be redacted in the trial's output. A value
// below four bytes (a flag, a digit) is not: it would be found all over every
// log, and is no secret.
func (r *reading) hostValue(value string) {
	if len(value) >= 4 && !slices.Contains(r.task.HostValues, value) {
		r.task.HostValues = append(r.task.HostValues, value)
	}
}
