package suite

import (
	"strconv"
	"strings"
)

// harborRefused are the fields of Harbor's schema 1.4 that benchgate knows and
// cannot do yet. A field that Harbor itself ignores is noted, see
// [reading.checkKeys]; these are refused, because the trial would not be the one the task describes.
var harborRefused = []struct {
	field string
	idle  func(v any) bool // whether this value changes nothing, so that it is accepted
	why   string
}{
	{"steps", unused, "benchgate runs tasks of one step"},
	{"environment.gpus", unused, "a sandbox gets no GPU"},
	{"environment.gpu_types", unused, "a sandbox gets no GPU"},
	{"environment.mcp_servers", unused, "benchgate configures no MCP servers"},
	{"environment.os", isLinux, "sandboxes are Linux containers"},
	{"environment.skills_dir", unused, "benchgate gives agents no skills of the task"},
	{"environment.tpu", unused, "a sandbox gets no TPU"},
	{"verifier.collect", unused, "benchgate runs nothing between the agent and the tests"},
	{"verifier.environment", never, "tests run in the agent's own container"},
	{"verifier.environment_mode", isShared, "tests run in the agent's own container"},
}

func refuseHarborFields(d *document) {
	for _, f := range harborRefused {
		if v, ok := d.get(f.field); ok && !f.idle(v) {
			d.refuse(f.field, "%s is not supported yet: %s", f.field, f.why)
		}
	}
	refuseServiceArtifacts(d)
}

// refuseServiceArtifacts refuses artifacts of containers beside the task's own
// ("main"), which do not exist here. Artifacts of the task's own container are
// files that Harbor keeps after a trial; they change no verdict.
func refuseServiceArtifacts(d *document) {
	list, _ := d.get("artifacts")
	artifacts, _ := list.([]any)
	for i, a := range artifacts {
		artifact, _ := a.(map[string]any)
		service, ok := artifact["service"]
		if !ok || service == "main" {
			continue
		}
		d.refuse("artifacts."+strconv.Itoa(i)+".service", "artifacts.service %q is not supported yet: benchgate runs a single container", service)
	}
}

// unused reports whether a value is absent, empty, zero or false: a task that
// writes out a field's default asks for nothing.
func unused(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	case string:
		return v == ""
	case bool:
		return !v
	}
	n, ok := asNumber(v)
	return ok && n == 0
}

func never(any) bool { return false }

func isLinux(v any) bool {
	s, _ := v.(string)
	return strings.EqualFold(s, "linux")
}

func isShared(v any) bool { return v == "shared" }
