package config

import (
	"regexp"
	"unicode/utf8"

	"github.com/benchgate/benchgate/internal/problem"
)

// secretHeader matches names of HTTP headers that usually carry secrets.
var secretHeader = regexp.MustCompile(`(?i)key|token|secret|auth|passw|credential|cookie|dsn`)

// findSecrets reports every secret in the text that is known by its looks, in
// comments as well, since they are committed with the file.
func (s *source) findSecrets() {
	for i, line := range s.content.Lines() {
		for _, m := range problem.FindSecrets(line) {
			s.report(place{i + 1, utf8.RuneCountInString(line[:m[0]]) + 1},
				"this looks like a secret, and the file is public to everyone who reads the repository: revoke it, and keep the new one in an environment variable")
		}
	}
}
