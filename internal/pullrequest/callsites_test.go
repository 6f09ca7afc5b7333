package pullrequest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// askers are where this package's own files ask GitHub for something, as
// "file.go:LINE".
type askers struct {
	mu sync.Mutex
	at map[string]bool
}

// over wraps a client's way to GitHub.
func (a *askers) over(c *client) {
	base := c.patient.base
	c.patient.base = roundTrip(func(r *http.Request) (*http.Response, error) {
		a.note()
		return base.RoundTrip(r)
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// note writes down all lines of this package that wait for the request.
func (a *askers) note() {
	pcs := make([]uintptr, 100)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	a.mu.Lock()
	defer a.mu.Unlock()
	for {
		frame, more := frames.Next()
		if strings.Contains(frame.Function, "/internal/pullrequest.") {
			a.at[fmt.Sprintf("%s:%d", filepath.Base(frame.File), frame.Line)] = true
		}
		if !more {
			return
		}
	}
}

// sites are the calls of go-github's client in this package's files, and of the
// transport below it.
func sites(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	var all []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(set, file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if call, is := n.(*ast.CallExpr); is && asks(call) {
				place := set.Position(call.Lparen)
				all = append(all, fmt.Sprintf("%s:%d", place.Filename, place.Line))
			}
			return true
		})
	}
	return all
}

// asks tells a call that sends a request: of go-github's client, which fields of
// the name api hold, or of the transport.
func asks(call *ast.CallExpr) bool {
	var path []string
	for at := call.Fun; ; {
		selected, is := at.(*ast.SelectorExpr)
		if !is {
			break
		}
		path = append(path, selected.Sel.Name)
		at = selected.X
	}
	return slices.Contains(path, "api") && path[0] != "NewRequest" || len(path) > 1 && path[0] == "RoundTrip" && path[1] == "patient"
}

// What is asked of GitHub is asked by an errand, so that [TestEachCallOutlastsWhatPasses]
// and [TestEachCallThatIsRefused] leave none out.
func TestErrandsMakeEachCall(t *testing.T) {
	asked := askers{at: make(map[string]bool)}
	for _, e := range errands {
		r := e.ready(t)
		r.over = asked.over
		if err := e.do(r); err != nil {
			t.Errorf("%s: %v", e.name, err)
		}
	}
	all := sites(t)
	if len(all) < 40 {
		t.Errorf("only %d calls are found: %q", len(all), all)
	}
	for _, site := range all {
		if !asked.at[site] {
			t.Errorf("%s: no errand of everycall_test.go makes this call", site)
		}
	}
}
