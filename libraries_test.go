package benchgate

import (
	"slices"
	"strings"
	"testing"
)

// owners are the only packages that may import a library, tests included. A
// library that is not used yet may stand here: its owner is decided.
var owners = map[string]string{
	"github.com/docker/docker":                   "internal/sandbox/docker",
	"github.com/containerd/errdefs":              "internal/sandbox/docker",
	"go.opentelemetry.io/collector/pdata":        "internal/otlp",
	"google.golang.org/grpc":                     "internal/otlp",
	"google.golang.org/protobuf":                 "internal/otlp",
	"google.golang.org/genproto":                 "internal/otlp",
	"github.com/google/go-github":                "internal/pullrequest",
	"github.com/sethvargo/go-githubactions":      "internal/workflow",
	"github.com/compose-spec/compose-go":         "internal/suite",
	"github.com/pelletier/go-toml":               "internal/suite",
	"github.com/distribution/reference":          "internal/suite",
	"golang.org/x/term":                          "cmd/benchgate",
	"github.com/rogpeppe/go-internal/testscript": "cmd/benchgate",
	"github.com/yuin/goldmark":                   "internal/report",
}

func TestLibrariesHaveOneOwner(t *testing.T) {
	for _, f := range goFiles(t) {
		for _, imp := range f.imports {
			for library, owner := range owners {
				if (imp == library || strings.HasPrefix(imp, library+"/")) && f.dir != owner {
					t.Errorf("%s imports %s; only %s may", f.path, imp, owner)
				}
			}
		}
	}
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
