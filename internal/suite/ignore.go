package suite

import (
	"fmt"
	"regexp"
	"strings"
)

// defaultIgnores are what Harbor leaves out of a task's digest when the task
// has no .gitignore.
var defaultIgnores = []string{"__pycache__/", "*.pyc", ".DS_Store", "*.swp", "*.swo", "*~"}

// ignores are the lines of a .gitignore. As in Harbor (Python's pathspec) the
// last line that matches a file decides; unlike in git, a file can be taken
// back out of an ignored directory.
type ignores []ignoreLine

type ignoreLine struct {
	match *regexp.Regexp // of the whole slash-separated path
	keep  bool           // the line began with "!"
}

func parseIgnores(lines []string) (ignores, error) {
	var out ignores
	for i, line := range lines {
		expr, keep, ok := ignoreExpr(line)
		if !ok {
			continue
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

// ignoreExpr translates one line to a regular expression; ok is false for
// lines that match nothing (blank, comment).
func ignoreExpr(line string) (expr string, keep, ok bool) {
	line = trimIgnore(line)
	if line == "" || line == "/" || strings.HasPrefix(line, "#") {
		return "", false, false
	}
	if rest, found := strings.CutPrefix(line, "!"); found {
		line, keep = rest, true
	}
	segments := anchor(strings.Split(line, "/"))
	if len(segments) == 0 {
		return "", false, false
	}
	return segmentsExpr(segments), keep, true
}

// trimIgnore drops the space around a line, but for a trailing space that is
// escaped.
func trimIgnore(line string) string {
	line = strings.TrimRight(line, "\r\n")
	if strings.HasSuffix(line, `\ `) {
		return strings.TrimLeft(line, " \t")
	}
	return strings.TrimSpace(line)
}

// anchor makes explicit where a pattern may match: one without an inner slash
// at any depth, one with a final slash everything below a directory.
func anchor(segments []string) []string {
	switch {
	case segments[0] == "":
		segments = segments[1:]
	case len(segments) == 1 || len(segments) == 2 && segments[1] == "":
		if segments[0] != "**" {
			segments = append([]string{"**"}, segments...)
		}
	}
	if n := len(segments); n > 0 && segments[n-1] == "" {
		segments[n-1] = "**"
	}
	return segments
}

func segmentsExpr(segments []string) string {
	var b strings.Builder
	b.WriteString("^")
	slash := false
	last := len(segments) - 1
	for i, s := range segments {
		switch {
		case s == "**" && i == 0 && i == last:
			b.WriteString("[^/]+(?:/.*)?")
		case s == "**" && i == 0:
			b.WriteString("(?:.+/)?")
			slash = false
		case s == "**" && i == last:
			b.WriteString("/.*")
		case s == "**":
			b.WriteString("(?:/.+)?")
			slash = true
		default:
			if slash {
				b.WriteString("/")
			}
			b.WriteString(globExpr(s))
			if i == last {
				b.WriteString("(?:/.*)?")
			}
			slash = true
		}
	}
	b.WriteString("$")
	return b.String()
}

// globExpr translates the wildcards of one path segment.
func globExpr(segment string) string {
	if segment == "*" {
		return "[^/]+"
	}
	var b strings.Builder
	for i := 0; i < len(segment); i++ {
		switch c := segment[i]; c {
		case '\\':
			if i+1 < len(segment) {
				i++
				b.WriteString(regexp.QuoteMeta(segment[i : i+1]))
			}
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
	return b.String()
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
