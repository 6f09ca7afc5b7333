package buildcontext

import (
	"bufio"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"
)

// Patterns are the rules of a .dockerignore file, with Docker's meaning:
// https://docs.docker.com/build/concepts/context/#dockerignore-files.
// The zero value ignores nothing.
type Patterns struct {
	rules []rule
}

type rule struct {
	path   *regexp.Regexp
	except bool // the line began with "!"
}

// ParseIgnore reads a .dockerignore file. Name stands in errors.
func ParseIgnore(name string, r io.Reader) (Patterns, error) {
	var p Patterns
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if n == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		if strings.HasPrefix(line, "#") {
			continue
		}
		pattern := strings.TrimSpace(line)
		if pattern == "" {
			continue
		}
		rule, err := parseRule(pattern)
		if err != nil {
			return Patterns{}, fmt.Errorf("%s:%d: reading pattern %q: %w", name, n, pattern, err)
		}
		p.rules = append(p.rules, rule)
	}
	if err := lines.Err(); err != nil {
		return Patterns{}, fmt.Errorf("reading %s: %w", name, err)
	}
	return p, nil
}

func parseRule(pattern string) (rule, error) {
	pattern, except := strings.CutPrefix(pattern, "!")
	pattern = strings.TrimSpace(pattern)
	if pattern == "" {
		return rule{}, fmt.Errorf("nothing follows the exclamation mark")
	}
	pattern = path.Clean(pattern)
	if len(pattern) > 1 {
		pattern = strings.TrimPrefix(pattern, "/")
	}
	re, err := regexp.Compile(expression(pattern))
	if err != nil {
		return rule{}, err
	}
	return rule{path: re, except: except}, nil
}

// expression translates a pattern: path.Match plus "**" for any number of
// folders.
func expression(pattern string) string {
	var b strings.Builder
	b.WriteByte('^')
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case strings.HasPrefix(pattern[i:], "**"):
			i++
			if i+1 < len(pattern) && pattern[i+1] == '/' {
				i++
			}
			if i+1 == len(pattern) {
				b.WriteString(".*")
			} else {
				b.WriteString("(.*/)?")
			}
		case c == '*':
			b.WriteString("[^/]*")
		case c == '?':
			b.WriteString("[^/]")
		case c == '[' || c == ']' || (c == '^' && i > 0 && pattern[i-1] == '['):
			b.WriteByte(c)
		case c == '\\' && i+1 < len(pattern):
			i++
			b.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
		default:
			b.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
		}
	}
	b.WriteByte('$')
	return b.String()
}

// Ignores reports whether the file or folder, a slash-separated path inside
// the context, stays outside the build. The last rule that matches it or a
// folder above it decides.
func (p Patterns) Ignores(name string) bool {
	ignored := false
	for _, r := range p.rules {
		if r.matches(name) {
			ignored = !r.except
		}
	}
	return ignored
}

func (r rule) matches(name string) bool {
	for ; name != "." && name != "/"; name = path.Dir(name) {
		if r.path.MatchString(name) {
			return true
		}
	}
	return false
}

// hasExceptions reports whether something below an ignored folder may still
// belong to the context.
func (p Patterns) hasExceptions() bool {
	for _, r := range p.rules {
		if r.except {
			return true
		}
	}
	return false
}
