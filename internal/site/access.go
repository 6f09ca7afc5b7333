package site

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/meter"
)

// API is what the configuration says of the model API. It wins over the
// environment; what is zero is taken from there, by the names that the API has in
// package agent. All APIs that agents speak are reached as it says: a gateway serves all.
type API struct {
	BaseURL string

	BaseURLFrom string            // where BaseURL was named; empty: api.base_url
	Headers     map[string]string // by canonical name, with the secrets in them; they go over those of the environment
	CAFile      string            // certificates in PEM form, trusted besides the system's

	Secrets []string // that are in Headers: to be written nowhere, nor the values they are part of
}

// Where a part of the access comes from, for people.
const (
	fromBaseURL = "api.base_url"
	fromHeaders = "api.headers"
	fromCAFile  = "api.ca_file"
)

// access is the way to the model API, and what opens it.
type access struct {
	of agent.API

	upstream    *url.URL
	addressFrom string // a key of the configuration or a variable; empty: the API's own address

	credential meter.Credential
	keyFrom    string            // the variable of the secret in use; empty: none was given
	headers    map[string]string // by canonical name: where each header comes from

	link
	caFile string // empty: only the system's certificates
	caFrom string

	secrets []string // to be written nowhere
}

// findAccess puts together what the configuration and the environment say. A key
// wins over a bearer token, and that over the token of a subscription.
func findAccess(c API, of agent.API, lookup func(string) (string, bool)) (a access, err error) {
	a.of = of
	if err := a.findAddress(c, lookup); err != nil {
		return a, err
	}
	a.findKey(lookup)
	if err := a.findHeaders(c, lookup); err != nil {
		return a, err
	}
	if of.CAVariable != "" {
		a.caFile, a.caFrom = variable(lookup, of.CAVariable), of.CAVariable
	}
	if c.CAFile != "" {
		a.caFile, a.caFrom = c.CAFile, fromCAFile
	}
	a.link, err = newLink(a.upstream, a.caFile, a.caFrom, lookup)
	a.secrets = append(a.secrets, a.link.secrets()...)
	return a, err
}

// findAddress finds the API's base URL. No error quotes the address: it may hold a
// password.
func (a *access) findAddress(c API, lookup func(string) (string, bool)) (err error) {
	api := a.of
	base := api.Address
	if v := variable(lookup, api.AddressVariable); v != "" {
		base, a.addressFrom = v, api.AddressVariable
	}
	if c.BaseURL != "" {
		base, a.addressFrom = c.BaseURL, cmp.Or(c.BaseURLFrom, fromBaseURL)
	}
	if a.upstream, err = url.Parse(base); err != nil {
		return fmt.Errorf("%s is no URL: want one like %s", a.addressFrom, api.Address)
	}
	if a.upstream.User != nil {
		return fmt.Errorf("%s holds a user name or password, which would not be sent: put the secret into %s, or into a header (%s)", a.addressFrom, orList(api.SecretVariables()), fromHeaders)
	}
	return nil
}

func (a *access) findKey(lookup func(string) (string, bool)) {
	api, ofKey := a.of, meter.APIKey
	if api.KeyIsBearer {
		ofKey = meter.Bearer
	}
	for _, kind := range []struct {
		variable string
		makes    func(string) meter.Credential
	}{{api.KeyVariable, ofKey}, {api.TokenVariable, meter.Bearer}, {api.OAuthVariable, meter.OAuth}} {
		secret := ""
		if kind.variable != "" {
			secret = variable(lookup, kind.variable)
		}
		if secret == "" {
			continue
		}
		a.secrets = append(a.secrets, secret)
		if a.keyFrom == "" {
			a.credential, a.keyFrom = kind.makes(secret), kind.variable
		}
	}
}

// findHeaders adds headers for a gateway, those of the configuration over those of
// the environment.
func (a *access) findHeaders(c API, lookup func(string) (string, bool)) error {
	api, text := a.of, ""
	if api.HeadersVariable != "" {
		text, _ = lookup(api.HeadersVariable)
	}
	headers, err := parseHeaders(text, api)
	if err != nil {
		return err
	}
	a.headers = make(map[string]string)
	for name, value := range headers {
		a.headers[name] = api.HeadersVariable
		a.secrets = append(a.secrets, value)
	}
	for name, value := range c.Headers {
		headers[name], a.headers[name] = value, fromHeaders
	}
	a.secrets = append(a.secrets, c.Secrets...)
	for name, value := range headers {
		a.secrets = append(a.secrets, value)
		if scheme, rest, ok := strings.Cut(value, " "); ok && name == "Authorization" {
			a.secrets = append(a.secrets, rest)
			if user, err := base64.StdEncoding.DecodeString(rest); err == nil && strings.EqualFold(scheme, "Basic") {
				_, password, _ := strings.Cut(string(user), ":")
				a.secrets = append(a.secrets, password)
			}
		}
	}
	a.credential = a.credential.With(headers)
	return nil
}

// parseHeaders reads headers as Claude Code does: a line "Name: value" each, of
// which the last one of a name counts; lines without a colon say nothing.
func parseHeaders(text string, api agent.API) (map[string]string, error) {
	headers := make(map[string]string)
	for number, line := range slices.Collect(strings.Lines(text)) {
		name, value, ok := strings.Cut(line, ":")
		if name = strings.TrimSpace(name); !ok || name == "" {
			continue
		}
		switch {
		case strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r) }):
			return nil, fmt.Errorf("line %d of %s has no name of an HTTP header before its colon: want lines like \"X-Gateway-Key: value\"", number+1, api.HeadersVariable)
		case api.IsOurs(name):
			return nil, fmt.Errorf("line %d of %s sets the header %s, which is the connection's own: remove the line", number+1, api.HeadersVariable, name)
		}
		headers[http.CanonicalHeaderKey(name)] = strings.TrimSpace(value)
	}
	return headers, nil
}

// headerNames are the headers that are sent besides the key, each with where it
// comes from: "x-gateway-key (api.headers)".
func (a access) headerNames() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(a.headers)) {
		names = append(names, fmt.Sprintf("%s (%s)", strings.ToLower(name), a.headers[name]))
	}
	return names
}

func orList(words []string) string { return listed(words, " or ") }

func andList(words []string) string { return listed(words, " and ") }

func listed(words []string, last string) string {
	n := len(words) - 1
	if n == 0 {
		return words[0]
	}
	return strings.Join(words[:n], ", ") + last + words[n]
}
