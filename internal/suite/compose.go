package suite

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/distribution/reference"
	"go.yaml.in/yaml/v4"
)

// Host paths that take the place of the harness's log directories in the
// variables below. There are no such directories, and mounts of them are left
// out: what a task logs stays in its sandbox.
const (
	tb1TaskLogs  = "/terminal-bench/task-logs"
	tb1AgentLogs = "/terminal-bench/agent-logs"
)

// tb1Variables are what Terminal-Bench 1 tasks find when their compose file is
// read. The harness lets the host's environment override them; benchgate does
// not.
var tb1Variables = map[string]string{
	"T_BENCH_TASK_DOCKER_CLIENT_CONTAINER_NAME": "task",
	"T_BENCH_TASK_DOCKER_CLIENT_IMAGE_NAME":     tb1BuiltImage,
	"T_BENCH_TASK_DOCKER_NAME_PREFIX":           "task",
	"T_BENCH_TEST_DIR":                          "/tests",
	"T_BENCH_TASK_LOGS_PATH":                    tb1TaskLogs,
	"T_BENCH_CONTAINER_LOGS_PATH":               "/logs",
	"T_BENCH_TASK_AGENT_LOGS_PATH":              tb1AgentLogs,
	"T_BENCH_CONTAINER_AGENT_LOGS_PATH":         "/agent-logs",
}

// tb1BuiltImage is the tag the harness gives to what it built.
const tb1BuiltImage = "tb__task__client"

// readCompose reads the one service of docker-compose.yaml: first by its keys,
// so that what is not supported is refused at its position, then, with
// variables replaced, through the loader of the Compose specification.
func (r *reading) readCompose() {
	const name = "docker-compose.yaml"
	data, ok := r.file(name, "it describes the task's container")
	if !ok {
		return
	}
	d, root := parseYAML(r.show(name), data, &r.problems)
	if d == nil {
		return
	}
	before := r.problems.Len()
	service := composeKeys(d)
	variables := r.composeVariables(d, root)
	if r.problems.Len() > before {
		return
	}
	project, err := loadCompose(r.dir, name, d.values, variables)
	if err != nil {
		refuseCompose(d, err)
		return
	}
	r.composeService(d, "services."+service, project.Services[service])
}

// loadCompose runs the Compose loader on values that were read already. It is
// given the variables, so that it does not take them from the environment of
// this process, and it reads no included or extended file.
func loadCompose(dir, name string, values map[string]any, variables map[string]string) (*types.Project, error) {
	values = maps.Clone(values)
	delete(values, "version") // obsolete, and the loader would write about it to standard error
	return loader.LoadWithContext(context.Background(), types.ConfigDetails{
		WorkingDir:  dir,
		ConfigFiles: []types.ConfigFile{{Filename: filepath.Join(dir, name), Config: values}},
		Environment: variables,
	}, func(o *loader.Options) {
		o.SetProjectName("task", true)
		o.SkipInclude, o.SkipExtends = true, true
		o.SkipResolveEnvironment, o.SkipResolveLabels = true, true
	})
}

// variable finds ${NAME}, ${NAME:-default} and the like, $NAME, and the escape
// $$.
var variable = regexp.MustCompile(`\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+?])[^}]*)?\}|\$([A-Za-z_][A-Za-z0-9_]*)`)

// composeVariables returns a value for every variable the file takes. One that
// is nowhere set and has no default is refused: Compose would go on with an
// empty string.
func (r *reading) composeVariables(d *document, root *yaml.Node) map[string]string {
	variables := maps.Clone(tb1Variables)
	for n := range scalars(root) {
		for _, m := range variable.FindAllStringSubmatch(n.Value, -1) {
			name, operator := m[1]+m[3], m[2]
			if _, known := variables[name]; known || name == "" {
				continue
			}
			switch value, ok := r.host(name); {
			case r.lookup != nil && isOurs(name):
				d.problems.Add(d.source.AtPlace(n.Line, n.Column, "takes %s%s", name, oursWords))
				variables[name] = ""
			case ok:
				variables[name] = value
			case operator != "":
			case r.lookup == nil:
				variables[name] = "${" + name + "}"
			default:
				d.problems.Add(d.source.AtPlace(n.Line, n.Column,
					"takes the host's variable %s, which is not set: set it, or give a default as ${%s:-...}", name, name))
				variables[name] = "" // known from here on, so that it is told once
			}
		}
	}
	return variables
}

func (r *reading) host(name string) (string, bool) {
	if r.lookup == nil {
		return "", false
	}
	value, ok := r.lookup(name)
	if ok {
		r.hostValue(value)
	}
	return value, ok
}

// scalars yields every scalar below a node once. Aliases are not followed: the
// node they name is in the document, too.
func scalars(n *yaml.Node) func(yield func(*yaml.Node) bool) {
	return func(yield func(*yaml.Node) bool) { eachScalar(n, yield) }
}

func eachScalar(n *yaml.Node, yield func(*yaml.Node) bool) bool {
	if n.Kind == yaml.ScalarNode {
		return yield(n)
	}
	for _, child := range n.Content {
		if !eachScalar(child, yield) {
			return false
		}
	}
	return true
}

// composeService takes from a service what makes the sandbox.
func (r *reading) composeService(d *document, at string, s types.ServiceConfig) {
	t := r.task
	r.composeImage(d, at, s)
	if !keepsAlive(s.Command) {
		d.refuse(at+".command", "%s.command is not supported yet: benchgate starts nothing in a sandbox but the agent and the tests; want a command that only waits, such as sleep infinity", at)
	}
	for i, v := range s.Volumes {
		if v.Source != tb1TaskLogs && v.Source != tb1AgentLogs {
			d.refuse(fmt.Sprintf("%s.volumes.%d", at, i), "%s.volumes: the mount of %s is not supported yet: a sandbox shares no files with the host; copy them into the image", at, v.Target)
		}
	}
	t.Env = r.composeEnv(s.Environment)
	t.AgentUser = s.User
	if t.Workdir = s.WorkingDir; t.Workdir != "" && !strings.HasPrefix(t.Workdir, "/") {
		d.refuse(at+".working_dir", "%s.working_dir is %q, want an absolute path", at, t.Workdir)
	}
	t.CPUs, t.MemoryMB = widen(s.CPUS), int64(s.MemLimit)>>20
	if s.Deploy != nil && s.Deploy.Resources.Limits != nil {
		limits := s.Deploy.Resources.Limits
		if limits.NanoCPUs > 0 {
			t.CPUs = widen(limits.NanoCPUs.Value())
		}
		if limits.MemoryBytes > 0 {
			t.MemoryMB = int64(limits.MemoryBytes) >> 20
		}
	}
	switch s.NetworkMode {
	case "", "bridge", "default":
	case "none":
		t.Network = NoNetwork
	default:
		d.refuse(at+".network_mode", "%s.network_mode %s is not supported yet: benchgate knows bridge and none", at, s.NetworkMode)
	}
	if here := "linux/" + runtime.GOARCH; s.Platform != "" && s.Platform != here {
		d.refuse(at+".platform", "%s.platform is %s and this machine is %s: emulation is not supported", at, s.Platform, here)
	}
	if s.HealthCheck != nil && !s.HealthCheck.Disable {
		r.note("the compose file's healthcheck is not waited for, as in the Terminal-Bench 1 harness when there is one service")
	}
}

// widen turns the loader's float32 into the float64 of the same decimal digits:
// 1.1 in the file becomes 1.1, where a plain conversion gives 1.10000002.
func widen(f float32) float64 {
	wide, err := strconv.ParseFloat(strconv.FormatFloat(float64(f), 'g', -1, 32), 64)
	if err != nil {
		return float64(f)
	}
	return wide
}

// composeImage builds when there is something to build; the image name is then
// only a tag.
func (r *reading) composeImage(d *document, at string, s types.ServiceConfig) {
	env := &r.task.Environment
	if s.Build == nil {
		switch _, err := reference.ParseNormalizedNamed(s.Image); {
		case s.Image == "" || s.Image == tb1BuiltImage:
			d.refuse(at, "%s has no build and no image: one of them makes the task's container", at)
		case err != nil:
			d.refuse(at+".image", "%s.image %q is no image reference: %v", at, s.Image, err)
		}
		env.Image = s.Image
		return
	}
	env.Context = s.Build.Context
	env.Dockerfile = s.Build.Dockerfile
	if env.Dockerfile == "" {
		env.Dockerfile = "Dockerfile"
	}
	for name, value := range s.Build.Args {
		if value == nil {
			d.refuse(at+".build.args", "%s.build.args.%s has no value", at, name)
			continue
		}
		if env.BuildArgs == nil {
			env.BuildArgs = make(map[string]string)
		}
		env.BuildArgs[name] = *value
	}
	rel, err := filepath.Rel(r.dir, env.Context)
	switch {
	case err != nil || !filepath.IsLocal(rel):
		d.refuse(at+".build.context", "%s.build.context leads out of the task's directory, so that the lock could not cover it", at)
	case !filepath.IsLocal(env.Dockerfile):
		d.refuse(at+".build.dockerfile", "%s.build.dockerfile leads out of the build context", at)
	case !r.has(filepath.ToSlash(filepath.Join(rel, env.Dockerfile))):
		d.refuse(at+".build", "%s.build: there is no %s", at, filepath.ToSlash(filepath.Join(rel, env.Dockerfile)))
	}
	env.Dockerfile = filepath.ToSlash(env.Dockerfile)
}

// composeEnv adds TEST_DIR, which most tasks set themselves. A name without a
// value is taken from the host where it is set there.
func (r *reading) composeEnv(env types.MappingWithEquals) map[string]string {
	out := map[string]string{"TEST_DIR": tb1Variables["T_BENCH_TEST_DIR"]}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		if value := env[name]; value != nil {
			out[name] = *value
		} else if value, ok := r.host(name); ok {
			out[name] = value
		}
	}
	return out
}

// waits are commands that keep a container alive and do nothing else.
var waits = regexp.MustCompile(`^(?:(?:/usr)?(?:/bin/)?(?:ba)?sh(?: -l?c)? ?)?(?:exec )?(?:sleep (?:infinity|inf|\d+[smhd]?)|tail -f /dev/null)?$`)

func keepsAlive(command []string) bool {
	return waits.MatchString(strings.Join(command, " "))
}

var composePath = regexp.MustCompile(`services(?:\.[\w-]+)+`)

// refuseCompose notes what the Compose loader says, at the field it names.
func refuseCompose(d *document, err error) {
	message := strings.Join(strings.Fields(err.Error()), " ")
	if _, after, found := strings.Cut(message, filepath.Base(d.file)+": "); found {
		message = after
	}
	at := composePath.FindString(message)
	if at == "" {
		at = "services"
	}
	d.refuse(at, "%s", message)
}
