package benchgate

import (
	"slices"
	"strings"
	"testing"
)

// room is a package of this repository and the packages that it may import.
type room struct {
	dir       string
	is        kind
	mayImport []string
}

type kind int

const (
	plain    kind = iota
	pure          // it depends on its input only: libraries_test.go
	forTests      // only tests, and rooms that are for tests, may import it
)

// rooms says for every package which others of this repository it may import.
// The order is the order of the house, top down: all that a room may import
// stands below it. A line that is not needed any more fails too, so that the
// table says what is.
//
// CONTRIBUTING.md says what each room knows, and repeats this table;
// go test . -update writes it there.
var rooms = []room{
	{dir: "internal/action/runnertest", is: forTests},
	{dir: "internal/pullrequest/githubtest", is: forTests},
	{dir: "internal/sandbox/sandboxtest", is: forTests, mayImport: []string{"internal/sandbox", "internal/suite"}},
	{dir: "internal/otlp/otlptest", is: forTests, mayImport: []string{"internal/otlp"}},
	{dir: "baselines/storetest", is: forTests, mayImport: []string{"baselines"}},
	{dir: "internal/scriptedmodel/cmd/scriptedmodel", is: forTests, mayImport: []string{"internal/scriptedmodel"}},
	{dir: "internal/scriptedmodel", is: forTests, mayImport: []string{
		"baselines", // tokens by kind: what it served must be what was metered
	}},
	{dir: "internal/realparts", is: forTests},
	{dir: "internal/golden", is: forTests},

	{dir: "internal/helper/cmd/helper", mayImport: []string{"internal/helper/pid1", "internal/helper/guard", "internal/helper/relay"}},
	{dir: "cmd/benchgate", mayImport: []string{
		"internal/action",
		"internal/pullrequest",
		"internal/run", "internal/check", "internal/site", "internal/config", "internal/report", "gate",
		"internal/sandbox", // the kinds of engine, and that an engine failed
		"internal/agent", "internal/problem",
		"internal/branchstore", // a branch through git, where GitHub's API is not asked
		"baselines",
		"internal/step",     // what it shows while somebody waits
		"internal/workflow", // the job that publish runs in
		"internal/plain",    // what others wrote goes through it
		"internal/prices",   // a table that is changed
		"internal/dashboard",
		"internal/wholefile",
	}},
	{dir: "internal/action", mayImport: []string{
		"internal/workflow", "internal/pullrequest",
		"internal/run",
		"internal/site", // that a key is missing; what dead runs left on an engine
		"internal/config", "internal/report", "gate",
		"compare",          // the metrics, whose rules have lines in the configuration
		"internal/sandbox", // the kinds of engine
		"internal/agent",   // the variables that hold keys
		"baselines",
	}},
	{dir: "internal/workflow", mayImport: []string{
		"internal/problem", // did you mean
		"internal/plain",
	}},
	{dir: "internal/pullrequest", mayImport: []string{
		"internal/report", "gate",
		"internal/branchstore", // its store, on a branch through GitHub's API
		"internal/wait", "baselines",
		"compare", // a metric's name, by which its rule's line is found
	}},
	{dir: "internal/check", mayImport: []string{"internal/run", "internal/site", "internal/trial", "internal/agent", "internal/suite", "baselines", "internal/step"}},
	{dir: "internal/run", mayImport: []string{
		"internal/site", "internal/config",
		"internal/report", // the sentences of a verdict, and of what the user is told about money
		"gate",
		"compare", // why a regression cannot be confirmed now, as a verdict's facts are written
		"internal/trial",
		"internal/sandbox", // what the machine behind an engine has
		"internal/agent", "internal/usage", "internal/meter", "internal/suite", "internal/prices", "internal/problem", "internal/wholefile", "baselines",
		"internal/forward", "internal/otlp", // telemetry goes on to the user's endpoints
		"internal/leak", // where a task's answer can be had, as check found it
	}},
	{dir: "internal/site", mayImport: []string{
		"internal/report", // the form of a bill
		"internal/trial",
		"internal/sandbox/docker", "internal/sandbox/process", // it chooses the engine; all others see sandbox.Engine
		"internal/sandbox/keptimage", // and where the engine keeps images
		"internal/wait",
		"internal/usage", // the numbers of a command that is metered
		"internal/sandbox", "internal/agent", "internal/meter", "internal/otlp", "internal/suite", "internal/prices", "internal/leak", "baselines", "internal/step",
	}},
	{dir: "internal/dashboard", mayImport: []string{
		"internal/forward", // the names of what is sent on
		"internal/problem",
	}},
	{dir: "internal/config", mayImport: []string{
		"gate",                 // the policy, whose defaults depend on the number of tasks
		"internal/sandbox",     // which kinds of sandbox there are
		"internal/agent",       // which agents there are
		"internal/branchstore", // which names a branch may have
		"internal/leak",        // where answers are
		"internal/suite", "internal/problem", "baselines",
	}},
	{dir: "internal/report", is: pure, mayImport: []string{"gate", "compare", "internal/problem", "baselines", "internal/plain"}},
	{dir: "gate", is: pure, mayImport: []string{"compare", "baselines"}},
	{dir: "compare", is: pure, mayImport: []string{"baselines"}},
	{dir: "internal/trial", mayImport: []string{
		"internal/sandbox", "internal/agent", "internal/usage", "internal/meter", "internal/otlp", "internal/suite", "internal/prices", "internal/redact", "internal/problem", "baselines",
		"internal/wait",
		"internal/testlog", "internal/tamper", "internal/leak", "internal/step", "internal/plain",
	}},
	{dir: "internal/testlog", is: pure, mayImport: []string{"internal/plain"}},
	{dir: "internal/sandbox/docker", mayImport: []string{"internal/sandbox", "internal/sandbox/buildcontext", "internal/sandbox/keptimage", "internal/helper", "internal/helper/pid1", "internal/helper/guard", "internal/helper/relay", "internal/suite", "internal/tamper", "internal/dockerfile", "internal/step"}},
	{dir: "internal/sandbox/process", mayImport: []string{"internal/sandbox", "internal/sandbox/buildcontext", "internal/suite", "internal/tamper", "internal/dockerfile"}},
	{dir: "internal/sandbox", mayImport: []string{
		"internal/suite",  // a task's environment is what an engine prepares
		"internal/tamper", // what changes to an image's files are
	}},
	{dir: "internal/sandbox/buildcontext"},
	{dir: "internal/sandbox/keptimage", mayImport: []string{"internal/wholefile"}},
	{dir: "internal/helper"},
	{dir: "internal/helper/pid1", is: pure},
	{dir: "internal/helper/guard", is: pure},
	{dir: "internal/helper/relay"},
	{dir: "internal/agent", mayImport: []string{
		"internal/usage", // what an agent says of its own use
		"internal/leak",  // what it asked its tools for
		"internal/suite", // where the environment of a task lets an agent be put in
		"internal/wholefile", "baselines",
		"internal/step", // a download takes a while
	}},
	{dir: "internal/forward", mayImport: []string{
		"internal/meter", // requests by how they ended
		"internal/otlp", "internal/redact", "internal/plain", "baselines",
	}},
	{dir: "internal/usage", mayImport: []string{"internal/meter", "internal/otlp", "internal/prices", "internal/leak", "baselines"}},
	{dir: "internal/meter", mayImport: []string{"internal/prices", "internal/problem", "baselines"}},
	{dir: "internal/otlp"},
	{dir: "internal/suite", mayImport: []string{
		"internal/dockerfile", "internal/problem", "baselines",
		"internal/gitprogram",
		"internal/step", // fetching takes a while
	}},
	{dir: "internal/prices", mayImport: []string{"internal/problem", "baselines"}},
	{dir: "internal/branchstore", mayImport: []string{
		"internal/gitprogram", "internal/plain",
		"internal/step", // a server takes a while
		"internal/wait", "baselines",
	}},
	{dir: "internal/gitprogram", mayImport: []string{
		"internal/step", // fetching takes a while
	}},
	{dir: "baselines", is: pure, mayImport: []string{"internal/problem", "internal/wholefile"}},
	{dir: "internal/dockerfile", is: pure, mayImport: []string{"internal/problem"}},
	{dir: "internal/problem", is: pure},
	{dir: "internal/tamper", is: pure},
	{dir: "internal/leak", is: pure},
	{dir: "internal/redact", is: pure},
	{dir: "internal/plain", is: pure},
	{dir: "internal/step", is: pure},
	{dir: "internal/wholefile", is: pure},
	{dir: "internal/wait"},
}

func roomOf(dir string) (room, bool) {
	i := slices.IndexFunc(rooms, func(r room) bool { return r.dir == dir })
	if i < 0 {
		return room{}, false
	}
	return rooms[i], true
}

func TestArrowsPointDown(t *testing.T) {
	for i, r := range rooms {
		for _, to := range r.mayImport {
			at := slices.IndexFunc(rooms, func(below room) bool { return below.dir == to })
			switch {
			case at < 0:
				t.Errorf("%s may import %s, which is no room of the table", r.dir, to)
			case at <= i:
				t.Errorf("%s may import %s, which stands above it", r.dir, to)
			case rooms[at].is == forTests && r.is != forTests:
				t.Errorf("%s may import %s, which is for tests", r.dir, to)
			case r.is == pure && rooms[at].is != pure:
				t.Errorf("%s is pure and may import %s, which is not", r.dir, to)
			}
		}
	}
}

func TestPackagesImportWhatTheTableAllows(t *testing.T) {
	imports := importsWithin(goFiles(t))
	for from, to := range imports {
		r, found := roomOf(from)
		if !found {
			t.Errorf("%s has no line in the table of imports_test.go: put it where its imports stand below it", from)
			continue
		}
		for _, dir := range to {
			if !slices.Contains(r.mayImport, dir) {
				t.Errorf("%s imports %s, which the table of imports_test.go does not allow", from, dir)
			}
		}
	}
}

func TestTheTableAllowsWhatIsImported(t *testing.T) {
	imports := importsWithin(goFiles(t))
	for _, r := range rooms {
		to, exists := imports[r.dir]
		if !exists {
			t.Errorf("the table of imports_test.go has a line for %s, which does not exist", r.dir)
		}
		for _, dir := range r.mayImport {
			if !slices.Contains(to, dir) {
				t.Errorf("the table of imports_test.go lets %s import %s, which it does not: take it out", r.dir, dir)
			}
		}
	}
}

// importsWithin has every package with Go files other than tests, and which
// packages of this repository these files import.
func importsWithin(files []goFile) map[string][]string {
	imports := make(map[string][]string)
	for _, f := range files {
		if f.test {
			continue
		}
		if _, seen := imports[f.dir]; !seen {
			imports[f.dir] = nil
		}
		for _, imp := range f.imports {
			if dir, ours := strings.CutPrefix(imp, module); ours && !slices.Contains(imports[f.dir], dir) {
				imports[f.dir] = append(imports[f.dir], dir)
			}
		}
	}
	return imports
}
