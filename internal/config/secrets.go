package config

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// secretPattern knows the secrets that are known by their looks: keys of
// Anthropic and OpenAI, tokens of GitHub, GitLab, Slack, AWS and Google, and
// private keys.
var secretPattern = regexp.MustCompile(`sk-(ant-|proj-)?[A-Za-z0-9_-]{16,}` +
	`|gh[oprsu]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,}|glpat-[A-Za-z0-9_-]{16,}` +
	`|xox[abeprs]-[A-Za-z0-9-]{10,}|AKIA[A-Z0-9]{16}|AIza[A-Za-z0-9_-]{30,}` +
	`|-----BEGIN [A-Z ]*PRIVATE KEY-----`)

// secretHeader knows the names of HTTP headers that carry secrets.
var secretHeader = regexp.MustCompile(`(?i)key|token|secret|auth|passw|credential|cookie|dsn`)

// findSecrets reports every secret in the text that is known by its looks,
// comments included: the file is committed as it stands.
func (s *source) findSecrets() {
	for i, line := range s.lines {
		for _, m := range secretPattern.FindAllStringIndex(line, -1) {
			s.secrets = append(s.secrets, line[m[0]:m[1]])
			s.report(place{i + 1, utf8.RuneCountInString(line[:m[0]]) + 1},
				"this looks like a secret, and the file is public to everyone who reads the repository: revoke it, and keep the new one in an environment variable")
		}
	}
}

// hide keeps a secret out of everything that is quoted: its text everywhere,
// and, as it may be written with escapes, its line from there on.
func (s *source) hide(n *yaml.Node, secret string) {
	if at, ok := s.hidden[n.Line]; !ok || n.Column < at {
		s.hidden[n.Line] = n.Column
	}
	for line := range strings.Lines(secret) {
		// Masking a shorter text everywhere would only make riddles.
		if line = strings.TrimSpace(line); len(line) >= 6 {
			s.secrets = append(s.secrets, line)
		}
	}
}

// shown is a source line as it may be quoted.
func (s *source) shown(line int) string {
	text := []rune(s.lines[line-1])
	if at, ok := s.hidden[line]; ok && at <= len(text) {
		text = append(text[:at-1:at-1], []rune("***")...)
	}
	return s.mask(string(text))
}

// mask replaces the secrets found in the file, the longest first so that none
// hides part of another. The length stays, so that columns do.
func (s *source) mask(text string) string {
	slices.SortFunc(s.secrets, func(a, b string) int { return len(b) - len(a) })
	for _, secret := range s.secrets {
		text = strings.ReplaceAll(text, secret, strings.Repeat("*", utf8.RuneCountInString(secret)))
	}
	return text
}
