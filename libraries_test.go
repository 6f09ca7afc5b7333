package benchgate

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// owners are the only packages that may import a library, tests included. A
// library that go.mod does not have yet may stand here: its owner is decided.
var owners = map[string]string{
	"github.com/andybalholm/brotli":              "internal/meter",
	"github.com/compose-spec/compose-go":         "internal/suite",
	"github.com/containerd/errdefs":              "internal/sandbox/docker",
	"github.com/distribution/reference":          "internal/suite",
	"github.com/docker/docker":                   "internal/sandbox/docker",
	"github.com/getkin/kin-openapi":              "internal/pullrequest/githubtest",
	"github.com/google/nftables":                 "internal/helper/cmd/helper",
	"github.com/google/go-github":                "internal/pullrequest",
	"github.com/google/renameio":                 "internal/wholefile",
	"github.com/hashicorp/yamux":                 "internal/helper/relay",
	"github.com/hbollon/go-edlib":                "internal/problem",
	"github.com/klauspost/compress":              "internal/meter",
	"github.com/mattn/go-runewidth":              "internal/report",
	"github.com/moby/patternmatcher":             "internal/sandbox/buildcontext",
	"github.com/moby/profiles/seccomp":           "internal/sandbox/docker",
	"github.com/opencontainers/runtime-spec":     "internal/sandbox/docker",
	"github.com/pelletier/go-toml":               "internal/suite",
	"github.com/rogpeppe/go-internal/testscript": "cmd/benchgate",
	"github.com/sethvargo/go-githubactions":      "internal/workflow",
	"github.com/tidwall/gjson":                   "internal/meter",
	"go.opentelemetry.io/collector/pdata":        "internal/otlp",
	"golang.org/x/net/bpf":                       "internal/helper/cmd/helper",
	"golang.org/x/net/http":                      "internal/site",
	"golang.org/x/term":                          "cmd/benchgate",
	"google.golang.org/genproto":                 "internal/otlp",
	"google.golang.org/grpc":                     "internal/otlp",
	"google.golang.org/protobuf":                 "internal/otlp",
}

// ownerless are libraries that several packages use.
var ownerless = []string{
	"github.com/google/go-cmp", // by tests
	"github.com/moby/buildkit", // internal/dockerfile parses, internal/sandbox/process carries out, internal/sandbox/docker reads the progress of builds
	"github.com/yuin/goldmark", // by tests
	"golang.org/x/net/dns",     // internal/helper/cmd/helper answers queries, and so does a test's name server
	"golang.org/x/sys",         // internal/helper/cmd/helper is PID 1, internal/meter asks TCP what has arrived and locks its ledger, internal/site signals a command
	"go.yaml.in/yaml",          // each for its own kind of file
	"golang.org/x/sync",        // groups of goroutines that somebody waits for
}

func TestLibrariesHaveOneOwner(t *testing.T) {
	for _, f := range goFiles(t) {
		for _, imp := range f.imports {
			for library, owner := range owners {
				if isBelow(imp, library) && f.dir != owner {
					t.Errorf("%s imports %s; only %s may", f.path, imp, owner)
				}
			}
		}
	}
	for _, module := range directModules(t) {
		owned := slices.Contains(ownerless, module)
		for library := range owners {
			owned = owned || isBelow(library, module) || isBelow(module, library)
		}
		if !owned {
			t.Errorf("%s has no owner: say in libraries_test.go which package may import it", module)
		}
	}
}

// isBelow says whether an import path is root or stands below it.
func isBelow(importPath, root string) bool {
	return importPath == root || strings.HasPrefix(importPath, root+"/")
}

var (
	directModule = regexp.MustCompile(`(?m)^\t(\S+) v\S+$`) // go.mod marks all others with a comment
	majorVersion = regexp.MustCompile(`/v\d+$`)
)

// directModules are those of go.mod, without their major version.
func directModules(t *testing.T) []string {
	t.Helper()
	var modules []string
	for _, m := range directModule.FindAllStringSubmatch(read(t, "go.mod"), -1) {
		modules = append(modules, majorVersion.ReplaceAllString(m[1], ""))
	}
	return modules
}

// Pure packages give the same answer to the same input everywhere: no network,
// no logging, no processes, no clock, no environment, no chance without a seed.
var notPure = struct{ imports, names []string }{
	imports: []string{"crypto/rand", "log", "log/slog", "net", "net/http", "os/exec", "os/signal"},
	names: []string{
		"os.Environ", "os.ExpandEnv", "os.Getenv", "os.Hostname", "os.LookupEnv", "os.UserHomeDir",
		"time.After", "time.AfterFunc", "time.NewTicker", "time.NewTimer", "time.Now", "time.Since", "time.Sleep", "time.Tick", "time.Until",
	},
}

// seeded are the names of both math/rand packages that take a seed or a source
// of chance. All others draw from a source that nobody seeded.
var seeded = []string{"New", "NewChaCha8", "NewPCG", "NewSource", "NewZipf", "ChaCha8", "PCG", "Rand", "Source", "Source64", "Zipf"}

func TestPurePackagesDependOnTheirInputOnly(t *testing.T) {
	for _, f := range goFiles(t) {
		if r, _ := roomOf(f.dir); f.test || r.is != pure {
			continue
		}
		for _, what := range impurities(f) {
			t.Errorf("%s %s: %s is pure", f.path, what, f.dir)
		}
	}
}

func TestUnseededChanceIsFound(t *testing.T) {
	for use, found := range map[string]bool{
		"math/rand/v2.Float64": true, "math/rand/v2.Shuffle": true, "math/rand.Int": true, "time.Now": true,
		"math/rand/v2.New": false, "math/rand/v2.NewPCG": false, "math/rand.NewSource": false, "time.Date": false,
	} {
		if got := len(impurities(goFile{uses: []string{use}})) > 0; got != found {
			t.Errorf("%s is reported: %v, want %v", use, got, found)
		}
	}
}

func impurities(f goFile) []string {
	var found []string
	for _, imp := range f.imports {
		if slices.Contains(notPure.imports, imp) {
			found = append(found, "imports "+imp)
		}
	}
	for _, imp := range f.dotted {
		found = append(found, "imports "+imp+" with a dot, which hides what it uses")
	}
	for _, use := range f.uses {
		dot := strings.LastIndexByte(use, '.')
		from, name := use[:dot], use[dot+1:]
		unseeded := (from == "math/rand" || from == "math/rand/v2") && !slices.Contains(seeded, name)
		if unseeded || slices.Contains(notPure.names, use) {
			found = append(found, "uses "+use)
		}
	}
	return found
}
