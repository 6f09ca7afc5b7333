package benchgate

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// ordered are the packages that are read top to bottom: their doc.go lists
// their files in order, and a file names only what files below it declare.
var ordered = []string{"internal/run", "internal/site"}

// fileInDoc is a file's name at the beginning of a line of a list.
var fileInDoc = regexp.MustCompile(`(?m)^//\s+(?:\d+\.|-)\s+(\w+\.go)\b`)

func TestFilesUseWhatStandsBelowThem(t *testing.T) {
	for _, dir := range ordered {
		order := filesInOrder(t, dir)
		for arrow, names := range usesBetweenFiles(t, dir) {
			from, to, _ := strings.Cut(arrow, " -> ")
			if slices.Index(order, from) > slices.Index(order, to) {
				t.Errorf("%s: %s, which stands above it, for %s", dir, arrow, strings.Join(names, ", "))
			}
		}
	}
}

// filesInOrder are the files of a package as its doc.go lists them: all, once.
func filesInOrder(t *testing.T, dir string) []string {
	t.Helper()
	var order []string
	for _, m := range fileInDoc.FindAllStringSubmatch(read(t, path.Join(dir, "doc.go")), -1) {
		order = append(order, m[1])
	}
	for _, f := range goFiles(t) {
		name := path.Base(f.path)
		if f.dir == dir && !f.test && name != "doc.go" && !slices.Contains(order, name) {
			t.Errorf("%s/doc.go does not list %s", dir, name)
		}
	}
	for i, name := range order {
		if !exists(path.Join(dir, name)) {
			t.Errorf("%s/doc.go lists %s, which does not exist", dir, name)
		}
		if slices.Contains(order[:i], name) {
			t.Errorf("%s/doc.go lists %s twice", dir, name)
		}
	}
	return order
}

// usesBetweenFiles has for every pair of files of a package, as "from.go ->
// to.go", which functions, methods, types, variables and constants of the
// second the first one names. Fields do not count: who has a value may read it.
func usesBetweenFiles(t *testing.T, dir string) map[string][]string {
	t.Helper()
	fset := token.NewFileSet()
	var parsed []*ast.File
	for _, f := range goFiles(t) {
		if f.dir != dir || f.test {
			continue
		}
		file, err := parser.ParseFile(fset, f.path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, file)
	}
	// Only names of this package are asked for, so that the packages it imports
	// need no content: checking them too would take half a minute. The errors
	// that this gives are expected.
	info := &types.Info{Uses: make(map[*ast.Ident]types.Object)}
	check := types.Config{Error: func(error) {}, Importer: standIns{}}
	pkg, _ := check.Check(dir, fset, parsed, info)
	fileOf := func(p token.Pos) string { return path.Base(fset.Position(p).Filename) }
	arrows := make(map[string][]string)
	for id, object := range info.Uses {
		_, isFunction := object.(*types.Func)
		if object.Pkg() != pkg || !isFunction && object.Parent() != pkg.Scope() {
			continue
		}
		from, to := fileOf(id.Pos()), fileOf(object.Pos())
		if arrow := from + " -> " + to; from != to && !slices.Contains(arrows[arrow], object.Name()) {
			arrows[arrow] = append(arrows[arrow], object.Name())
		}
	}
	return arrows
}

// standIns import every package as an empty one.
type standIns struct{}

func (standIns) Import(importPath string) (*types.Package, error) {
	pkg := types.NewPackage(importPath, packageName(importPath))
	pkg.MarkComplete()
	return pkg, nil
}
