package meter

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode"
)

// Credential is what the meter puts into the header of requests to the upstream:
// the secret of the API, and what a gateway before it wants besides ([Credential.With]).
// Formatted with any verb, logged or encoded, it gives the names of its headers
// and "[redacted]". The zero Credential adds nothing to requests, for an upstream
// that needs none.
type Credential struct {
	lines []credentialLine
}

// credentialLine is one header.
type credentialLine struct {
	name   string // canonical
	prefix string // of the value, public
	secret string // the rest of the value
	key    bool   // a key or token, and not any text
}

// APIKey is sent as x-api-key.
func APIKey(secret string) Credential {
	return Credential{[]credentialLine{{name: "X-Api-Key", secret: secret, key: true}}}
}

// Bearer is sent as "Authorization: Bearer".
func Bearer(secret string) Credential {
	return Credential{[]credentialLine{{name: "Authorization", prefix: "Bearer ", secret: secret, key: true}}}
}

// OAuth is a token of a subscription, as "claude setup-token" prints one. It is
// sent as a bearer token, with the beta header by which the API knows its kind;
// Claude Code 2.1.330 sends both.
func OAuth(token string) Credential {
	c := Bearer(token)
	c.lines = append(c.lines, credentialLine{name: betaHeader, prefix: "oauth-2025-04-20"})
	return c
}

// betaHeader is a list: what is added to it leaves the agent's own entries there.
const betaHeader = "Anthropic-Beta"

// With is the credential with headers of the user's besides, by their names. A
// header of the same name as the credential's is sent in its place.
func (c Credential) With(headers map[string]string) Credential {
	lines := slices.Clone(c.lines)
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		line := credentialLine{name: http.CanonicalHeaderKey(name), secret: headers[name]}
		if line.name != betaHeader {
			lines = slices.DeleteFunc(lines, func(l credentialLine) bool { return l.name == line.name })
		}
		lines = append(lines, line)
	}
	return Credential{lines}
}

// loginHeaders are those in which clients of the API send a key or token.
var loginHeaders = []string{"X-Api-Key", "Authorization"}

// credentialOf is what a request is sent there with: the meter's credential, and
// what the client logs in with where that is passed on.
func (u *Upstream) credentialOf(client http.Header) Credential {
	if !u.PassLogin || slices.ContainsFunc(u.Credential.lines, func(l credentialLine) bool { return l.key }) {
		return u.Credential
	}
	var login Credential
	for _, name := range loginHeaders {
		value := client.Get(name)
		if value == "" || slices.ContainsFunc(u.Credential.lines, func(l credentialLine) bool { return l.name == name }) {
			continue
		}
		scheme, token, ok := strings.Cut(value, " ")
		if scheme += " "; !ok {
			scheme, token = "", value
		}
		login.lines = append(login.lines, credentialLine{name: name, prefix: scheme, secret: token, key: true})
	}
	login.lines = append(login.lines, u.Credential.lines...)
	return login
}

func (c Credential) validate() error {
	for _, l := range c.lines {
		switch {
		case l.key && l.secret == "":
			return errors.New("the model API's key is empty")
		// Checked here, because net/http would refuse the header only later, on every
		// request. The errors do not quote the secret.
		case l.key && strings.ContainsFunc(l.secret, func(r rune) bool { return r <= ' ' || r > '~' }):
			return errors.New("the model API's key holds a space, a line break or another character that no key has")
		case strings.ContainsFunc(l.secret, func(r rune) bool { return unicode.IsControl(r) && r != '\t' }):
			return fmt.Errorf("the value of header %s holds a line break or another control character", strings.ToLower(l.name))
		}
	}
	return nil
}

func (c Credential) inject(h http.Header) {
	for _, l := range c.lines {
		if value := l.prefix + l.secret; l.name == betaHeader {
			addToList(h, l.name, value)
		} else {
			h.Set(l.name, value)
		}
	}
}

// addToList adds to a header whose value is a list what the list lacks.
func addToList(h http.Header, name, more string) {
	var all []string
	for _, value := range append(h.Values(name), more) {
		for item := range strings.SplitSeq(value, ",") {
			if item = strings.TrimSpace(item); item != "" && !slices.Contains(all, item) {
				all = append(all, item)
			}
		}
	}
	h.Set(name, strings.Join(all, ","))
}

// String never holds the secrets.
func (c Credential) String() string {
	if len(c.lines) == 0 {
		return "no credential"
	}
	var names []string
	for _, l := range c.lines {
		names = append(names, strings.ToLower(l.name))
	}
	return strings.Join(names, ", ") + " [redacted]"
}

// Format implements [fmt.Formatter], so that no verb (%x, %#v) prints the fields.
func (c Credential) Format(f fmt.State, _ rune) { fmt.Fprint(f, c.String()) }

// LogValue implements [slog.LogValuer].
func (c Credential) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalText keeps the secrets out of every encoding.
func (c Credential) MarshalText() ([]byte, error) { return []byte(c.String()), nil }
