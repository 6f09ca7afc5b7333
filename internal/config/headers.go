package config

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/internal/problem"
	"go.yaml.in/yaml/v4"
)

// Headers are HTTP headers by their canonical names.
type Headers map[string]Reference

// Reference is a text that takes secrets from the environment: "${NAME}"
// is replaced by the variable NAME. Its String is the text with the names.
type Reference struct {
	text string
	file string // its file and its place there, for messages
	at   place
}

func (r Reference) String() string { return r.text }

var variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// Resolve returns the headers to send, with every ${NAME} replaced by what
// lookup gives (os.LookupEnv), and the secrets that went into them, to be
// redacted wherever text is written. All variables that are unset or empty
// are named in one [problem.List].
func (hs Headers) Resolve(lookup func(name string) (string, bool)) (headers map[string]string, secrets []string, err error) {
	headers = make(map[string]string)
	var problems problem.List
	for _, name := range slices.Sorted(maps.Keys(hs)) {
		ref := hs[name]
		refuse := func(format string, args ...any) {
			problems.Add(&problem.Problem{File: ref.file, Line: ref.at.line, Column: ref.at.column, Message: fmt.Sprintf(format, args...)})
		}
		headers[name] = variable.ReplaceAllStringFunc(ref.text, func(m string) string {
			env := m[2 : len(m)-1]
			value, ok := lookup(env)
			switch {
			case !ok || value == "":
				refuse("header %s needs the environment variable %s, which is not set; set it, or remove the header", name, env)
			case strings.ContainsAny(value, "\r\n\x00"):
				refuse("the environment variable %s for header %s contains a line break; set it without", env, name)
			default:
				secrets = append(secrets, value)
			}
			return value
		})
	}
	if err := problems.Err(); err != nil {
		return nil, nil, err
	}
	slices.Sort(secrets)
	return headers, slices.Compact(secrets), nil
}

// Unset are the variables that the headers name and that lookup has no value of,
// sorted.
func (hs Headers) Unset(lookup func(name string) (string, bool)) []string {
	var unset []string
	for _, ref := range hs {
		for _, m := range variable.FindAllStringSubmatch(ref.text, -1) {
			if value, ok := lookup(m[1]); !ok || value == "" {
				unset = append(unset, m[1])
			}
		}
	}
	slices.Sort(unset)
	return slices.Compact(unset)
}

var headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

// headers reads headers. refuse says why nobody may set one of this name; empty:
// it may be set.
func (s *source) headers(to Headers, refuse func(name string) string) read {
	return func(n *yaml.Node, path string) {
		s.entries(n, path, "a mapping of header names to values", func(key, value *yaml.Node, path string) {
			if isSecret(key.Value, follow(value)) {
				s.rejectSecret(key, value, path)
				return
			}
			text, ok := s.plainText(value, path, "text")
			switch {
			case !ok:
			case !headerName.MatchString(key.Value):
				s.reject(key, path, "%s is no name of an HTTP header", quote(key.Value))
			case refuse(key.Value) != "":
				s.reject(key, path, "header %s is not set here: %s", key.Value, refuse(key.Value))
			case strings.ContainsAny(text, "\r\n\x00"):
				s.reject(value, path, "header %s contains a line break", key.Value)
			case strings.Contains(variable.ReplaceAllString(text, ""), "${"):
				s.reject(value, path, "header %s has a ${ without a name and }; a name is letters, digits and _", key.Value)
			default:
				to[http.CanonicalHeaderKey(key.Value)] = Reference{text, s.file, place{value.Line, value.Column}}
			}
		})
	}
}

// isSecret reports whether the header's name (authorization, x-api-key) says that
// its value is a secret, and the value is written out instead of ${NAME}. A
// number counts as well.
func isSecret(name string, value *yaml.Node) bool {
	return secretHeader.MatchString(name) && value.Kind == yaml.ScalarNode && value.ShortTag() != "!!null" &&
		value.Value != "" && !variable.MatchString(value.Value)
}

// hide keeps a secret out of everything that is quoted. It may be written with
// escapes, so its line is hidden from there on besides.
func (s *source) hide(n *yaml.Node, secret string) {
	n = follow(n)
	s.content.Hide(n.Line, n.Column, secret)
}

func (s *source) rejectSecret(key, value *yaml.Node, path string) {
	s.hide(value, follow(value).Value)
	if len(problem.FindSecrets(follow(value).Value)) > 0 {
		return // reported by its looks
	}
	s.reject(value, path, "header %s holds a secret, and the file is public to everyone who reads the repository: revoke it if it is real, put the new one in an environment variable and write \"${NAME}\"", key.Value)
}
