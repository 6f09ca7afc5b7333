package dashboard

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/internal/problem"
)

// linter gathers what is wrong with one dashboard file. Paths name values as
// [problem.Node.Find] does.
type linter struct {
	source *problem.Source
	root   *problem.Node
	list   problem.List

	defined map[string]string // a variable's name: the path of its definition
	used    map[string]bool
}

func newLinter(file string, text []byte) *linter {
	return &linter{source: problem.NewSource(file, text), defined: make(map[string]string), used: make(map[string]bool)}
}

// decode reads the file; false: it is not of the form, and there is no more to say.
func (l *linter) decode(into any, strict bool) bool {
	l.root = l.source.DecodeJSON(into, strict, &l.list)
	return l.list.Len() == 0
}

func (l *linter) add(path, format string, args ...any) {
	l.list.Add(l.source.At(l.root.Find(path).Offset, format, args...))
}

// define notes a variable.
func (l *linter) define(name, path string) {
	if _, twice := l.defined[name]; twice {
		l.add(path, "variable %s is defined twice", problem.Quote(name))
		return
	}
	l.defined[name] = path
}

// uses checks that variables are defined.
func (l *linter) uses(names []string, path string) {
	for _, name := range names {
		if _, ok := l.defined[name]; !ok {
			l.add(path, "variable $%s is used and not defined%s", problem.Short(name), problem.DidYouMean(name, keysOf(l.defined)))
		}
		l.used[name] = true
	}
}

// mentioned notes every variable that stands in any text of the file: in a query in
// another language, a title, a link. form has the name in one of its groups.
func (l *linter) mentioned(n *problem.Node, form *regexp.Regexp) {
	if s, ok := n.Value.(string); ok {
		for _, m := range form.FindAllStringSubmatch(s, -1) {
			l.used[strings.Join(m[1:], "")] = true
		}
	}
	for _, item := range n.Items {
		l.mentioned(item, form)
	}
}

// unused reports variables that filter nothing.
func (l *linter) unused() {
	for name, path := range l.defined {
		if !l.used[name] {
			l.add(path, "variable %s is defined and used nowhere: choosing a value would change nothing", problem.Quote(name))
		}
	}
}

func keysOf(m map[string]string) []string {
	var all []string
	for name := range m {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// knows checks that somebody sends a metric of the name.
func (l *linter) knows(name, path string, known []string) {
	if !slices.Contains(known, name) {
		l.add(path, "neither Claude Code nor benchgate sends a metric %s%s", problem.Quote(name), problem.DidYouMean(name, known))
	}
}

// spot is a panel's place with the path that names it.
type spot struct {
	box

	path string
}

// fits checks that panels stand side by side and within the width.
func (l *linter) fits(spots []spot, width int) {
	for i, s := range spots {
		if s.x < 0 || s.y < 0 || s.width < 1 || s.height < 1 || s.x+s.width > width {
			l.add(s.path, "the panel's place (x %d, y %d, width %d, height %d) is not within %d columns", s.x, s.y, s.width, s.height, width)
		}
		for _, before := range spots[:i] {
			if s.overlaps(before.box) {
				line, _ := l.source.Place(l.root.Find(before.path).Offset)
				l.add(s.path, "the panel lies over that of line %d", line)
			}
		}
	}
}

func at(format string, args ...any) string { return fmt.Sprintf(format, args...) }
