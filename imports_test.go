package benchgate

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/benchgate/benchgate/"

// floors is the house, top down: each package imports only what stands below
// it. Packages below a listed one (sandbox/sandboxtest, say) live on its floor.
var floors = []string{
	"cmd/benchgate",
	"internal/report",
	"internal/pullrequest",
	"internal/workflow",
	"internal/run",
	"internal/config",
	"gate",
	"compare",
	"internal/trial",
	"internal/sandbox/docker",
	"internal/sandbox/process",
	"internal/sandbox",
	"internal/agent",
	"internal/usage",
	"internal/meter",
	"internal/otlp",
	"internal/suite",
	"internal/prices",
	"baselines",
}

// testsOnly are packages that only tests and their own programs may import.
var testsOnly = []string{"internal/scriptedmodel", "internal/sandbox/sandboxtest", "baselines/storetest"}

// owners are the only packages that may import a library.
var owners = map[string]string{
	"github.com/docker/docker":                   "internal/sandbox/docker",
	"go.opentelemetry.io/collector/pdata":        "internal/otlp",
	"github.com/google/go-github":                "internal/pullrequest",
	"github.com/sethvargo/go-githubactions":      "internal/workflow",
	"github.com/compose-spec/compose-go":         "internal/suite",
	"github.com/pelletier/go-toml":               "internal/suite",
	"github.com/rogpeppe/go-internal/testscript": "cmd/benchgate",
}

// pure packages are public and give the same answer everywhere: no network, no
// logging, no processes, no clock, no environment.
var pure = []string{"gate", "compare", "baselines"}

var bannedImports = []string{"net", "net/http", "log", "log/slog", "os/exec", "os/signal", "math/rand"}

var bannedCalls = []string{"time.Now", "time.Since", "time.Sleep", "os.Getenv", "os.LookupEnv", "os.Environ"}

func TestEachPackageImportsOnlyWhatStandsBelowIt(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.test {
			continue
		}
		from := floor(f.dir)
		for _, imp := range f.imports {
			local, ok := strings.CutPrefix(imp, module)
			if !ok {
				continue
			}
			to := floor(local)
			if from == to && from != "" {
				continue
			}
			if slices.ContainsFunc(testsOnly, func(p string) bool { return strings.HasPrefix(f.dir, p) }) {
				continue
			}
			if slices.ContainsFunc(testsOnly, func(p string) bool { return strings.HasPrefix(local, p) }) {
				t.Errorf("%s imports %s, which is for tests", f.path, local)
				continue
			}
			if to == "" || from == "" {
				t.Errorf("%s imports %s: one of them has no floor; add it to the list", f.path, local)
				continue
			}
			if slices.Index(floors, to) < slices.Index(floors, from) {
				t.Errorf("%s imports %s, which stands above %s", f.path, local, from)
			}
		}
	}
}

func TestLibrariesHaveOneOwner(t *testing.T) {
	for _, f := range goFiles(t) {
		for _, imp := range f.imports {
			for library, owner := range owners {
				if strings.HasPrefix(imp, library) && f.dir != owner {
					t.Errorf("%s imports %s; only %s may", f.path, imp, owner)
				}
			}
		}
	}
}

func TestPublicPackagesAreDeterministic(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.test || !slices.Contains(pure, f.dir) {
			continue
		}
		for _, imp := range f.imports {
			if slices.Contains(bannedImports, imp) {
				t.Errorf("%s imports %s", f.path, imp)
			}
		}
		for _, call := range f.selectors {
			if slices.Contains(bannedCalls, call) {
				t.Errorf("%s uses %s", f.path, call)
			}
		}
	}
}

func TestFilesAreSmallRooms(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.lines > 500 {
			t.Errorf("%s has %d lines; 500 is the limit", f.path, f.lines)
		}
	}
}

// floor is the listed package a directory belongs to: the longest match.
func floor(dir string) string {
	best := ""
	for _, f := range floors {
		if (dir == f || strings.HasPrefix(dir, f+"/")) && len(f) > len(best) {
			best = f
		}
	}
	return best
}

type goFile struct {
	path, dir          string
	test               bool
	lines              int
	imports, selectors []string
}

func goFiles(t *testing.T) []goFile {
	t.Helper()
	var files []goFile
	fset := token.NewFileSet()
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		slash := filepath.ToSlash(name)
		if d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || slash == "examples") {
			return filepath.SkipDir
		}
		if path.Ext(slash) != ".go" || path.Dir(slash) == "." {
			return nil
		}
		parsed, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		f := goFile{path: slash, dir: path.Dir(slash), test: strings.HasSuffix(slash, "_test.go")}
		f.lines = fset.File(parsed.Pos()).LineCount()
		for _, imp := range parsed.Imports {
			p, _ := strconv.Unquote(imp.Path.Value)
			f.imports = append(f.imports, p)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok {
					f.selectors = append(f.selectors, x.Name+"."+s.Sel.Name)
				}
			}
			return true
		})
		files = append(files, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 20 {
		t.Fatalf("found only %d Go files: the test looks in the wrong place", len(files))
	}
	return files
}
