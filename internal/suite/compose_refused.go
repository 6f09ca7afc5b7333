package suite

import (
	"slices"
	"strings"
)

// The keys that each level of a compose file may have. Any other key that asks
// for something is refused, since the container would not be the one described.
var (
	composeTop     = []string{"name", "services", "version"}
	composeSupport = []string{
		"build", "command", "cpus", "deploy", "environment", "image", "mem_limit", "network_mode", "platform", "user", "volumes", "working_dir",
		// These change nothing in a trial: there is one container, nothing
		// listens in it, and benchgate names, pulls and stops it.
		"container_name", "expose", "healthcheck", "labels", "pull_policy", "stdin_open", "stop_grace_period", "tty",
	}
	composeBuild  = []string{"args", "context", "dockerfile", "tags"}
	composeDeploy = []string{"resources"}
	// A reservation is what a scheduler keeps free on a machine; it limits
	// nothing.
	composeResources = []string{"limits", "reservations"}
	composeLimits    = []string{"cpus", "memory"}
)

// composeKeys checks every key and returns the name of the one service, which
// is empty when there are several or none; that has then been noted.
func composeKeys(d *document) string {
	refuseOthers(d, "", composeTop)
	services := d.keys("services")
	switch len(services) {
	case 0:
		d.refuse("services", "services is missing or empty: want one service, the task's container")
		return ""
	case 1:
	default:
		d.refuse("services."+services[1], "services: %s are %d services; tasks of several containers are not supported yet", strings.Join(services, ", "), len(services))
		return ""
	}
	at := "services." + services[0]
	if strings.Contains(services[0], ".") {
		d.refuse("services", "the service %q has a dot in its name", services[0])
		return ""
	}
	refuseOthers(d, at, composeSupport)
	if build, _ := d.get(at + ".build"); kindOf(build) == "a table" {
		refuseOthers(d, at+".build", composeBuild)
	}
	refuseOthers(d, at+".deploy", composeDeploy)
	refuseOthers(d, at+".deploy.resources", composeResources)
	refuseOthers(d, at+".deploy.resources.limits", composeLimits)
	return services[0]
}

// refuseOthers refuses each key of a table that is not supported, unless its
// value is empty, zero or false. Extensions ("x-...") are ignored, as Compose
// itself ignores them. An empty table name means the top of the file.
func refuseOthers(d *document, table string, supported []string) {
	keys := d.keys(table)
	if table == "" {
		keys = keys[:0]
		for key := range d.values {
			keys = append(keys, key)
		}
		slices.Sort(keys)
	}
	for _, key := range keys {
		path := strings.TrimPrefix(table+"."+key, ".")
		if slices.Contains(supported, key) || strings.HasPrefix(key, "x-") {
			continue
		}
		if v, _ := d.get(path); unused(v) {
			continue
		}
		d.refuse(path, "%s is not supported yet", path)
	}
}
