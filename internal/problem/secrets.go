package problem

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// looks matches secrets that have a form of their own: keys of Anthropic and
// OpenAI, tokens of GitHub, GitLab, Slack, AWS and Google, and private keys.
var looks = regexp.MustCompile(`sk-(ant-|proj-)?[A-Za-z0-9_-]{16,}` +
	`|gh[oprsu]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,}|glpat-[A-Za-z0-9_-]{16,}` +
	`|xox[abeprs]-[A-Za-z0-9-]{10,}|AKIA[A-Z0-9]{16}|AIza[A-Za-z0-9_-]{30,}` +
	`|` + privateKey)

const privateKey = `-----BEGIN [A-Z ]*PRIVATE KEY-----`

// FindSecrets returns the byte ranges of a text that hold a secret of a known
// form: an API key, a token, the first line of a private key.
func FindSecrets(text string) [][]int { return looks.FindAllStringIndex(text, -1) }

var (
	// userInfo is the user and the password in a URL.
	userInfo = regexp.MustCompile(`://([^/\s@"']+)@`)

	// telling matches a quoted value behind a name such as password or api_key.
	// It leaves out ${NAME}, which names a variable and holds no secret.
	telling = regexp.MustCompile(`(?i)(?:api[_-]?key|token|secret|passw(?:or)?d|credential|authorization|cookie|dsn)["']?\s*[:=]\s*["']([^"'$][^"']*)`)
)

// maskGroup replaces what the pattern's group matches by as many stars.
func maskGroup(text string, pattern *regexp.Regexp) string {
	var b strings.Builder
	end := 0
	for _, m := range pattern.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(text[end:m[2]])
		b.WriteString(stars(text[m[2]:m[3]]))
		end = m[3]
	}
	b.WriteString(text[end:])
	return b.String()
}

// stars are as many as the text has characters.
func stars(text string) string { return strings.Repeat("*", utf8.RuneCountInString(text)) }

var (
	beginsPrivateKey = regexp.MustCompile(privateKey)
	endsPrivateKey   = regexp.MustCompile(`-----END [A-Z ]*PRIVATE KEY-----`)
)

// inPrivateKey reports whether a line is part of a private key. Between its first
// and its last line a key is base64 text of no special form.
func (s *Source) inPrivateKey(line int) bool {
	if s.keys == nil {
		s.keys = make([]bool, len(s.Lines()))
		inside := false
		for i, text := range s.Lines() {
			inside = inside || beginsPrivateKey.MatchString(text)
			s.keys[i] = inside
			inside = inside && !endsPrivateKey.MatchString(text)
		}
	}
	return s.keys[line-s.first]
}
