package buildcontext

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// patterns are the rules of a .dockerignore file, read by Docker's own
// library: https://docs.docker.com/build/concepts/context/#dockerignore-files.
// The zero value ignores nothing.
type patterns struct {
	matcher *patternmatcher.PatternMatcher // nil: no rules
}

// parseIgnore reads a .dockerignore file. Name stands in errors.
func parseIgnore(name string, r io.Reader) (patterns, error) {
	var rules []string
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		rule, err := readRule(lines.Text())
		if err != nil {
			return patterns{}, fmt.Errorf("%s:%d: reading pattern %q: %w", name, n, lines.Text(), err)
		}
		rules = append(rules, rule...)
	}
	if err := lines.Err(); err != nil {
		return patterns{}, fmt.Errorf("reading %s: %w", name, err)
	}
	matcher, err := patternmatcher.New(rules)
	if err != nil {
		return patterns{}, fmt.Errorf("reading %s: %w", name, err)
	}
	return patterns{matcher}, nil
}

// readRule reads one line by itself, because the library's errors do not say
// which line they are about. A comment or an empty line gives no rule.
func readRule(line string) ([]string, error) {
	rule, err := ignorefile.ReadAll(strings.NewReader(line))
	if err != nil || len(rule) == 0 {
		return nil, err
	}
	if _, err := patternmatcher.New(rule); err != nil {
		return nil, err
	}
	// The library compiles a rule when it first matches, and an exception only
	// behind a rule that ignored the file.
	if _, err := patternmatcher.MatchesOrParentMatches("x", []string{strings.TrimPrefix(rule[0], "!")}); err != nil {
		return nil, err
	}
	return rule, nil
}

// ignores reports whether the file or folder, a slash-separated path inside
// the context, stays outside the build. The last rule that matches it or a
// folder above it decides.
func (p patterns) ignores(name string) bool {
	if p.matcher == nil {
		return false
	}
	ignored, err := p.matcher.MatchesOrParentMatches(name)
	return ignored && err == nil // parseIgnore has compiled every rule: there is no error left
}

// hasExceptions reports whether something below an ignored folder may still
// belong to the context.
func (p patterns) hasExceptions() bool {
	return p.matcher != nil && p.matcher.Exclusions()
}
