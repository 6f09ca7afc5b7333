package suite

import (
	"slices"
	"strings"
)

// What each level of a compose file may hold. Everything else is refused by
// name and position, since the container would not be the one described.
var (
	composeTop     = []string{"name", "services", "version"}
	composeSupport = []string{
		"build", "command", "cpus", "deploy", "environment", "image", "mem_limit", "network_mode", "platform", "user", "volumes", "working_dir",
		// Without effect on a single container in which nothing is started.
		"container_name", "expose", "healthcheck", "labels", "pull_policy", "stdin_open", "stop_grace_period", "tty",
	}
	composeBuild  = []string{"args", "context", "dockerfile", "tags"}
	composeDeploy = []string{"resources"}
	// Reservations do not bind a single container.
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

// refuseOthers refuses each key of a table that is not supported and asks for
// something. Extensions ("x-...") mean nothing to Compose.
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
