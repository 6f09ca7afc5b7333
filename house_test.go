package benchgate

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The tests of this directory hold the whole repository to its rules:
//
//   - imports_test.go       which package may import which
//   - libraries_test.go     which package may import which library; what pure packages may not do
//   - downwards_test.go     in which packages each file uses only what stands in the files below it
//   - names_test.go         how long a file may be, how nothing may be called
//   - contributing_test.go  CONTRIBUTING.md says the same as the first two
//   - pages_test.go         files that the documentation names exist
//   - guide_test.go         so do the functions that the newcomer's guide names
//   - action_test.go        both action.yml and docs/github.md have the inputs and outputs of internal/workflow
//   - workflows_test.go     workflows, ours and those to copy, are careful with tokens and keys
//   - release_test.go       what a release pins, and that action-binary starts nothing else
//   - surprises_test.go    what telemetry does otherwise than one would think has tests

const module = "github.com/benchgate/benchgate/"

// goFile is what the tests need of a Go file of this repository.
type goFile struct {
	path, dir string   // with slashes, from the repository's root
	test      bool     // its name ends in _test.go
	lines     int      //
	imports   []string // import paths
	uses      []string // what it names of its imports, as in "math/rand/v2.Shuffle"
	dotted    []string // import paths whose names stand without the package's
}

// goFiles reads all of them. Left out are this directory, testdata, and the
// example tasks, which are work for agents.
func goFiles(t *testing.T) []goFile {
	t.Helper()
	var files []goFile
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		slash := filepath.ToSlash(name)
		if d.IsDir() {
			if name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || path.Dir(path.Dir(slash)) == "examples") {
				return filepath.SkipDir
			}
			return nil
		}
		if path.Ext(slash) != ".go" || path.Dir(slash) == "." {
			return nil
		}
		f, err := readGoFile(slash)
		files = append(files, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 100 {
		t.Fatalf("found only %d Go files: the test looks in the wrong place", len(files))
	}
	return files
}

func readGoFile(name string) (goFile, error) {
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
	if err != nil {
		return goFile{}, err
	}
	f := goFile{path: name, dir: path.Dir(name), test: strings.HasSuffix(name, "_test.go")}
	f.lines = fset.File(parsed.Pos()).LineCount()
	calledHere := make(map[string]string) // the name of an import in this file: its path
	for _, imp := range parsed.Imports {
		p, err := strconv.Unquote(imp.Path.Value)
		if err != nil {
			return goFile{}, err
		}
		f.imports = append(f.imports, p)
		switch {
		case imp.Name == nil:
			calledHere[packageName(p)] = p
		case imp.Name.Name == ".":
			f.dotted = append(f.dotted, p)
		default:
			calledHere[imp.Name.Name] = p
		}
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && calledHere[x.Name] != "" {
				f.uses = append(f.uses, calledHere[x.Name]+"."+s.Sel.Name)
			}
		}
		return true
	})
	return f, nil
}

// packageName is what a package is most likely called: the last part of its
// path that is not a major version.
func packageName(importPath string) string {
	name := path.Base(importPath)
	if _, err := strconv.Atoi(strings.TrimPrefix(name, "v")); err == nil && strings.HasPrefix(name, "v") {
		name = path.Base(path.Dir(importPath))
	}
	return name
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
