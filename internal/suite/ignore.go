package suite

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// defaultIgnores are what Harbor leaves out of a task's digest when the task
// has no .gitignore.
var defaultIgnores = []string{"__pycache__/", "*.pyc", ".DS_Store", "*.swp", "*.swo", "*~"}

// ignores are the lines of a .gitignore, read as Harbor reads them: by Python's
// pathspec 1.x, patterns named "gitignore". The last line that matches a file
// decides; unlike in git, a file can be taken back out of an ignored directory,
// "dir/*" does not reach below dir's own entries, and "/" is everything. Go's
// libraries for .gitignore follow git: with them a task could get another
// digest than Harbor gives it.
type ignores []ignoreLine

type ignoreLine struct {
	match *regexp.Regexp // finds the pattern in a slash-separated path
	keep  bool           // the line began with "!"
}

func parseIgnores(lines []string) (ignores, error) {
	var out ignores
	for i, line := range lines {
		line = trimIgnore(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		pattern, keep := strings.CutPrefix(line, "!")
		expr, err := ignoreExpr(pattern)
		if err != nil {
			return nil, fmt.Errorf("line %d: %q is no pattern: %w", i+1, line, err)
		}
		match, err := regexp.Compile(expr)
		if err != nil {
			return nil, fmt.Errorf("line %d: %q is no pattern: %w", i+1, line, err)
		}
		out = append(out, ignoreLine{match, keep})
	}
	return out, nil
}

func (ig ignores) match(path string) bool {
	ignored := false
	for _, line := range ig {
		if line.match.MatchString(path) {
			ignored = !line.keep
		}
	}
	return ignored
}

// trimIgnore drops the space that ends a line, unless it is escaped.
func trimIgnore(line string) string {
	line = strings.TrimRight(line, "\r\n")
	if strings.HasSuffix(line, `\ `) {
		return line
	}
	return strings.TrimRight(line, " \t")
}

// ignoreExpr translates a pattern to a regular expression.
func ignoreExpr(pattern string) (string, error) {
	segments := anchor(strings.Split(pattern, "/"))
	dirs := strings.HasSuffix(pattern, "/") && pattern != "/"
	switch strings.Join(segments, "/") {
	case "":
		return "", errors.New("it is empty")
	case "**", "**/*":
		if dirs {
			return "/", nil
		}
		return ".", nil
	case "**/*/**":
		return "/", nil
	}
	return segmentsExpr(segments, "(?:/|$)")
}

// anchor makes explicit where a pattern may match: one without an inner slash
// at any depth, one with a final slash everything below a directory.
func anchor(segments []string) []string {
	switch {
	case segments[0] == "":
		segments = segments[1:]
	case len(segments) == 1 || len(segments) == 2 && segments[1] == "":
		segments = append([]string{"**"}, segments...)
	}
	if n := len(segments); n > 0 && segments[n-1] == "" {
		segments[n-1] = "**"
	}
	return slices.CompactFunc(segments, func(a, b string) bool { return a == "**" && b == "**" })
}

// segmentsExpr ends with what may follow the last segment.
func segmentsExpr(segments []string, end string) (string, error) {
	var b strings.Builder
	slash := false
	last := len(segments) - 1
	for i, s := range segments {
		switch {
		case s == "**" && i == 0:
			b.WriteString("^(?:.+/)?")
			continue
		case s == "**" && i < last:
			b.WriteString("(?:/.+)?")
			slash = true
			continue
		case s == "**":
			b.WriteString("/")
			continue
		}
		if i == 0 {
			b.WriteString("^")
		}
		if slash {
			b.WriteString("/")
		}
		expr, err := globExpr(s)
		if err != nil {
			return "", err
		}
		b.WriteString(expr)
		switch {
		case i == last && s == "*":
			b.WriteString("/?$")
		case i == last:
			b.WriteString(end)
		}
		slash = true
	}
	return b.String(), nil
}

// globExpr translates the wildcards of one path segment.
func globExpr(segment string) (string, error) {
	if segment == "*" {
		return "[^/]+", nil
	}
	var b strings.Builder
	for i := 0; i < len(segment); i++ {
		switch c := segment[i]; c {
		case '\\':
			i++
			if i == len(segment) {
				return "", errors.New("it ends with an escape")
			}
			b.WriteString(regexp.QuoteMeta(segment[i : i+1]))
		case '*':
			b.WriteString("[^/]*")
		case '?':
			b.WriteString("[^/]")
		case '[':
			class, n := classExpr(segment[i:])
			b.WriteString(class)
			i += n - 1
		default:
			b.WriteString(regexp.QuoteMeta(segment[i : i+1]))
		}
	}
	return b.String(), nil
}

// classExpr translates a bracket expression at the start of s and says how
// many bytes it took. An unclosed bracket is literal.
func classExpr(s string) (expr string, n int) {
	i := 1
	if i < len(s) && (s[i] == '!' || s[i] == '^') {
		i++
	}
	if i < len(s) && s[i] == ']' {
		i++
	}
	for i < len(s) && s[i] != ']' {
		i++
	}
	if i >= len(s) {
		return `\[`, 1
	}
	inner := s[1:i]
	negate := ""
	if inner[0] == '!' || inner[0] == '^' {
		negate, inner = "^", inner[1:]
	}
	inner = strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`).Replace(inner)
	return "[" + negate + inner + "]", i + 1
}
