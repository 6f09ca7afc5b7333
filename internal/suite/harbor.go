package suite

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/distribution/reference"
)

// Harbor's defaults, schema 1.4.
const (
	harborVerifierTimeout = 600 * time.Second
	harborBuildTimeout    = 600 * time.Second
)

// newestHarborMinor is the newest schema 1.x whose fields are all known here.
const newestHarborMinor = 4

// readHarbor reads a task in Harbor form: task.toml, instruction.md,
// environment/, tests/test.sh, and solution/solve.sh where there is one.
func (r *reading) readHarbor() {
	r.task.Form = Harbor
	data, ok := r.file("task.toml", "it describes the task")
	if !ok {
		return
	}
	d := parseTOML(r.show("task.toml"), data, &r.problems)
	if d != nil && !r.harborVersion(d) {
		return
	}
	if d != nil {
		r.checkKeys(d, harborKeys)
		refuseHarborFields(d)
		if steps, _ := d.get("steps"); !unused(steps) {
			return // its instruction and tests lie in steps/
		}
		r.harborConfig(d)
	}
	r.harborInstruction()
	r.harborTests()
	r.harborSolution()
}

func (r *reading) harborConfig(d *document) {
	r.harborEnvironment(d)
	r.harborNetwork(d)

	t := r.task
	t.AgentTimeout = d.seconds("agent.timeout_sec", 0)
	t.AgentUser = d.userName("agent.user")
	t.Tests.User = d.userName("verifier.user")
	t.Tests.Timeout = d.seconds("verifier.timeout_sec", harborVerifierTimeout)
	t.Tests.Env = r.resolveEnv(d, "verifier.env")
	t.Solution.Env = r.resolveEnv(d, "solution.env")
	if difficulty, ok := d.get("metadata.difficulty"); ok {
		r.setTier(fmt.Sprint(difficulty))
	}
}

// harborVersion accepts schemas 1.x, which Harbor does not check; one newer than 1.4 is
// noted, since a field of it may mean what is not known here. It is false for any other,
// so that no other mistake can be told for sure.
func (r *reading) harborVersion(d *document) bool {
	field := "schema_version"
	if _, ok := d.get(field); !ok {
		field = "version"
	}
	value, ok := d.get(field)
	if !ok {
		return true
	}
	version, ok := value.(string)
	if !ok {
		d.text(field)
		return false
	}
	major, minor, dotted := strings.Cut(version, ".")
	if !dotted {
		minor = "0"
	}
	a, errA := strconv.Atoi(major)
	b, errB := strconv.Atoi(minor)
	switch {
	case errA != nil || errB != nil || a < 1 || b < 0:
		d.refuse(field, `%s is %q, want "1.0" to "1.%d"`, field, version, newestHarborMinor)
		return false
	case a > 1:
		d.refuse(field, "%s %s is newer than 1.%d, the newest that this benchgate knows: update benchgate", field, version, newestHarborMinor)
		return false
	case b > newestHarborMinor:
		r.note("%s %s is newer than 1.%d, the newest that this benchgate knows: what is new in it may be missing here", field, version, newestHarborMinor)
	}
	return true
}

func (r *reading) harborEnvironment(d *document) {
	t := r.task
	t.Environment.BuildTimeout = d.seconds("environment.build_timeout_sec", harborBuildTimeout)
	t.Workdir = absolutePath(d, "environment.workdir")
	t.Env = r.resolveEnv(d, "environment.env")
	t.CPUs = d.number("environment.cpus", 0)
	t.MemoryMB = megabytes(d, "environment.memory_mb", "environment.memory")
	if mb := megabytes(d, "environment.storage_mb", "environment.storage"); mb > 0 {
		r.note("the disk limit of %d MB is not enforced", mb)
	}
	if v, _ := d.get("artifacts"); !unused(v) {
		r.note("artifacts are not collected; the transcript, the logs and the tests' answer are")
	}
	t.Healthcheck = harborHealthcheck(d)

	switch image := d.text("environment.docker_image"); {
	case image != "":
		if _, err := reference.ParseNormalizedNamed(image); err != nil {
			d.refuse("environment.docker_image", "environment.docker_image %q is no image reference: %v", image, err)
		}
		t.Environment.Image = image
		if r.has("environment") && !r.has("environment/Dockerfile") {
			t.Inputs = []Placed{{Host: r.path("environment")}}
		}
	case r.has("environment/Dockerfile"):
		t.Environment.Context = r.path("environment")
		t.Environment.Dockerfile = "Dockerfile"
	default:
		r.problem("environment/Dockerfile", "is missing, and task.toml sets no environment.docker_image: one of them makes the task's image")
	}
	if name := "environment/docker-compose.yaml"; r.has(name) { // .yml is a file as any other, also for Harbor
		r.problem(name, "is not supported yet: benchgate runs Harbor tasks in a single container made from a Dockerfile or docker_image")
	}
	if r.has("trajectory.json") {
		r.problem("trajectory.json", "is not supported yet: benchgate starts every agent without prior context")
	}
}

func harborHealthcheck(d *document) *Healthcheck {
	const at = "environment.healthcheck"
	if _, ok := d.get(at); !ok {
		return nil
	}
	h := &Healthcheck{
		Command:       d.text(at + ".command"),
		Interval:      d.seconds(at+".interval_sec", 5*time.Second),
		Timeout:       d.seconds(at+".timeout_sec", 30*time.Second),
		StartInterval: d.seconds(at+".start_interval_sec", 5*time.Second),
		Retries:       int(d.whole(at+".retries", 3)),
	}
	if d.number(at+".start_period_sec", 0) > 0 {
		h.StartPeriod = d.seconds(at+".start_period_sec", 0)
	}
	if h.Command == "" {
		d.refuse(at, "%s.command is missing", at)
	}
	return h
}

func (r *reading) harborInstruction() {
	text, ok := r.file("instruction.md", "it tells the agent what to do")
	if !ok {
		return
	}
	r.task.Instruction = withoutCanary(string(text))
	if strings.TrimSpace(r.task.Instruction) == "" {
		r.problem("instruction.md", "is empty: it tells the agent what to do")
	}
}

// harborTests places tests/ as /tests, then test.sh over it once more, to make
// it executable whatever its mode is.
func (r *reading) harborTests() {
	r.task.Tests.Reward = RewardFile
	if !r.has("tests/test.sh") {
		r.problem("tests/test.sh", "is missing: it decides whether the task is solved")
		return
	}
	r.task.Tests.Files = []Placed{
		{Host: r.path("tests"), Dir: "/tests", Without: r.withoutIgnored("tests", "test.sh")},
		{Host: r.path("tests/test.sh"), Dir: "/tests", Name: "test.sh", Exec: true},
	}
	r.task.Tests.Script = "/tests/test.sh"
	r.task.Tests.Shell = r.shellOf("tests/test.sh", r.problem)
}

func (r *reading) harborSolution() {
	if !r.has("solution/solve.sh") {
		return
	}
	r.task.Solution.Files = []Placed{
		{Host: r.path("solution"), Dir: "/solution", Without: r.withoutIgnored("solution", "solve.sh")},
		{Host: r.path("solution/solve.sh"), Dir: "/solution", Name: "solve.sh", Exec: true},
	}
	r.task.Solution.Script = "/solution/solve.sh"
	r.task.Solution.Shell = r.shellOf("solution/solve.sh", func(name, format string, args ...any) {
		r.note(name+" "+format, args...) // an agent can be measured without it
	})
	if r.task.Solution.Env == nil {
		r.task.Solution.Env = make(map[string]string)
	}
	if _, set := r.task.Solution.Env[debianFrontend]; !set {
		r.task.Solution.Env[debianFrontend] = "noninteractive"
	}
}

// debianFrontend keeps apt from asking questions; Harbor sets it for the reference
// (agents/oracle.py), and for no other agent and no tests.
const debianFrontend = "DEBIAN_FRONTEND"

// withoutIgnored are the names below a directory that are not placed. A script that
// must be there cannot be one of them.
func (r *reading) withoutIgnored(dir, script string) []string {
	names := r.leftOut(dir)
	if slices.Contains(names, script) {
		r.problem(dir+"/"+script, "is left out by %s: take its name out of there", harborIgnoreFile)
	}
	return names
}

func absolutePath(d *document, field string) string {
	dir := d.text(field)
	if dir != "" && !path.IsAbs(dir) {
		d.refuse(field, "%s is %q, want an absolute path", field, dir)
	}
	return dir
}
