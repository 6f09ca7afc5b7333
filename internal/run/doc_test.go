package run

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// doc.go lists the files in the order in which things happen. What a file
// declares is used in it and above it only, so that the package can be read
// from top to bottom.
func TestThePackageReadsTopToBottom(t *testing.T) {
	order, files := listedFiles(t), make(map[string]*ast.File)
	fset := token.NewFileSet()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := e.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || name == "doc.go" {
			continue
		}
		if !slices.Contains(order, name) {
			t.Errorf("doc.go does not list %s", name)
		}
		if files[name], err = parser.ParseFile(fset, name, nil, parser.SkipObjectResolution); err != nil {
			t.Fatal(err)
		}
	}
	declared := make(map[string]string) // where, by name; empty: in several files
	for name, file := range files {
		for _, d := range declarations(file) {
			if at, seen := declared[d]; seen && at != name {
				declared[d] = ""
				continue
			}
			declared[d] = name
		}
	}
	for i, name := range order {
		if files[name] == nil {
			t.Errorf("doc.go lists %s, which does not exist", name)
			continue
		}
		for _, used := range namesIn(files[name]) {
			if at := slices.Index(order, declared[used]); at >= 0 && at < i {
				t.Errorf("%s uses %s, which stands above it in %s", name, used, declared[used])
			}
		}
	}
}

func listedFiles(t *testing.T) []string {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^// +\d+\. (\w+\.go) `).FindAllSubmatch(text, -1) {
		names = append(names, string(m[1]))
	}
	return names
}

// declarations are the names that a file gives to the package: "name" of what
// stands on its own, ".name" of a method that is not exported.
func declarations(file *ast.File) []string {
	var names []string
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			switch {
			case d.Recv == nil:
				names = append(names, d.Name.Name)
			case !d.Name.IsExported(): // the exported ones belong to interfaces of others
				names = append(names, "."+d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					names = append(names, spec.Name.Name)
				case *ast.ValueSpec:
					for _, n := range spec.Names {
						names = append(names, n.Name)
					}
				}
			}
		}
	}
	return names
}

// namesIn are the names that a file uses, those of local variables and foreign
// methods among them: a name of the package should not be theirs as well.
func namesIn(file *ast.File) []string {
	var names []string
	fields := make(map[*ast.Ident]bool) // what stands behind a dot, before a colon, or names a field
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			fields[n.Sel] = true
			if x, ok := n.X.(*ast.Ident); !ok || !imported(file, x.Name) {
				names = append(names, "."+n.Sel.Name)
			}
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok {
				fields[key] = true
			}
		case *ast.Field:
			for _, name := range n.Names {
				fields[name] = true
			}
		case *ast.FuncDecl:
			fields[n.Name] = true
		case *ast.Ident:
			if !fields[n] {
				names = append(names, n.Name)
			}
		}
		return true
	})
	return names
}

func imported(file *ast.File, name string) bool {
	return slices.ContainsFunc(file.Imports, func(i *ast.ImportSpec) bool {
		return strings.HasSuffix(strings.Trim(i.Path.Value, `"`), "/"+name)
	})
}
