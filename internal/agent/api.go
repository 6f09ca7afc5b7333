package agent

import (
	"net/url"
	"slices"
	"strings"
)

// API is a model API that agents speak, with the names of the environment
// variables from which its clients take address and key.
type API struct {
	Name    string // as its provider calls it
	Address string // where it is unless the environment says otherwise
	Path    string // behind the address, where a model is asked

	// version is the end of addresses that clients are given.
	version string

	AddressVariable string
	KeyVariable     string // a key of the API's own kind
	TokenVariable   string // a bearer token, taken where there is no key; empty: it has none
	OAuthVariable   string // a token of a subscription, taken where there is neither; empty: it has none

	// KeyIsBearer says that the key, too, is sent as a bearer token.
	KeyIsBearer bool

	// HeadersVariable holds headers for a gateway, a line "Name: value" each. Empty: it
	// has none.
	HeadersVariable string

	// CAVariable names a file of certificates, trusted besides the system's. Empty: it
	// has none.
	CAVariable string
}

// AnthropicMessages is the API of Claude Code.
var AnthropicMessages = API{
	Name:    "Anthropic Messages",
	Address: "https://api.anthropic.com",
	Path:    "/v1/messages",

	AddressVariable: "ANTHROPIC_BASE_URL",
	KeyVariable:     "ANTHROPIC_API_KEY",
	TokenVariable:   "ANTHROPIC_AUTH_TOKEN",
	OAuthVariable:   "CLAUDE_CODE_OAUTH_TOKEN",
	HeadersVariable: "ANTHROPIC_CUSTOM_HEADERS",
	CAVariable:      "NODE_EXTRA_CA_CERTS",
}

// OpenAIResponses is the API of Codex. Its address is that of Chat Completions, too.
var OpenAIResponses = API{
	Name:    "OpenAI Responses",
	Address: "https://api.openai.com/v1",
	Path:    "/responses",
	version: "/v1",

	AddressVariable: "OPENAI_BASE_URL",
	KeyVariable:     "OPENAI_API_KEY",
	KeyIsBearer:     true,
}

// APIs are all that the meter serves.
func APIs() []API { return []API{AnthropicMessages, OpenAIResponses} }

// SecretVariables are the variables that hold a secret, the preferred one first.
func (a API) SecretVariables() []string {
	return named(a.KeyVariable, a.TokenVariable, a.OAuthVariable)
}

func named(variables ...string) []string {
	return slices.DeleteFunc(variables, func(name string) bool { return name == "" })
}

// Variables are all variables from which a client takes an API's address and
// secret. A program that is to use another address must not inherit them.
func (a API) Variables() []string {
	return append(a.SecretVariables(), named(a.AddressVariable, a.HeadersVariable)...)
}

// IsOurs reports whether a header is the connection's or the meter's own business:
// nobody else may set it. The name is in any case.
func (API) IsOurs(header string) bool {
	name := strings.ToLower(header)
	return strings.HasPrefix(name, "proxy-") || slices.Contains([]string{
		"host", "content-length", "content-type", "accept-encoding", "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "expect",
	}, name)
}

// PlaceholderKey is what a model API's client gets instead of a key, because
// it refuses to start without one. The meter removes it from each request and
// puts the real key in.
const PlaceholderKey = "benchgate-holds-the-key"

// Environment makes a client send its requests to the meter at the address, with a
// placeholder for the key.
func (a API) Environment(address string) map[string]string {
	env := map[string]string{a.AddressVariable: address + a.version, a.KeyVariable: PlaceholderKey}
	// Requests to the meter must not go through a proxy that the image sets.
	if meter, err := url.Parse(address); err == nil {
		env["NO_PROXY"], env["no_proxy"] = meter.Hostname(), meter.Hostname()
	}
	return env
}
