package benchgate

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const guide = "docs/trials-way.md"

var guideFunction = regexp.MustCompile(`^([A-Za-z]\w*\.)?[A-Za-z]\w*\(\)$`)

// The newcomer's guide names functions as `Func()` and `Type.method()`, after
// the file that declares them. That the files exist is tested for all pages.
func TestTheGuideNamesFunctionsWhereTheyAre(t *testing.T) {
	var file string
	named := 0
	for _, code := range mdCode.FindAllStringSubmatch(read(t, guide), -1) {
		switch name := code[1]; {
		case strings.HasSuffix(name, ".go"):
			file = name
		case guideFunction.MatchString(name):
			named++
			if name = strings.TrimSuffix(name, "()"); !slices.Contains(functionsOf(t, file), name) {
				t.Errorf("%s names %s as a function of %s, which has none of that name", guide, name, file)
			}
		}
	}
	if named < 20 {
		t.Errorf("%s names %d functions: too few for a trial's way", guide, named)
	}
}

// functionsOf lists a file's functions and methods, these as Type.method.
func functionsOf(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("reading a file that %s names: %v", guide, err)
	}
	var names []string
	for _, d := range parsed.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		name := f.Name.Name
		if f.Recv != nil {
			name = receiver(f.Recv.List[0].Type) + "." + name
		}
		names = append(names, name)
	}
	return names
}

// receiver is the name of a method's type.
func receiver(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.IndexExpr: // of a generic type
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	}
	return ""
}
