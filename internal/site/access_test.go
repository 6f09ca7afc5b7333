package site

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/agent"
)

func TestTheModelAPIsAddressIsNotQuoted(t *testing.T) {
	for _, base := range []string{"http://user:s3cret-word@host name/", "https://user:s3cret-word@api.example.com", "https://s3cret-word@api.example.com"} {
		_, err := findAccess(API{}, agent.AnthropicMessages, func(name string) (string, bool) { return base, name == "ANTHROPIC_BASE_URL" })
		if err == nil || strings.Contains(err.Error(), "s3cret") || !strings.Contains(err.Error(), "ANTHROPIC_BASE_URL") {
			t.Errorf("%s: the error is %v", base, err)
		}
	}
}

// Everything that opens something is taken out of whatever is written: also the
// secrets that lost against another one, and the parts of a header's value.
func TestEverySecretIsKnownToBeOne(t *testing.T) {
	env := map[string]string{
		"ANTHROPIC_API_KEY": "key-secret-1", "ANTHROPIC_AUTH_TOKEN": " token-secret-2\n", "CLAUDE_CODE_OAUTH_TOKEN": "oauth-secret-3",
		"ANTHROPIC_CUSTOM_HEADERS": "x-gateway-key: gateway-secret-4\nAuthorization: Basic dXNlcjpiYXNpYy1zZWNyZXQtNQ==\nX-Api-Key: old-secret-6",
		"HTTPS_PROXY":              "http://worker:proxy-secret-7@proxy.example:3128",
	}
	a, err := findAccess(API{
		Headers: map[string]string{"X-Api-Key": "Team header-secret-8"}, Secrets: []string{"header-secret-8"},
	}, agent.AnthropicMessages, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{
		"key-secret-1", "token-secret-2", "oauth-secret-3", "gateway-secret-4", "dXNlcjpiYXNpYy1zZWNyZXQtNQ==", "basic-secret-5",
		"proxy-secret-7", "d29ya2VyOnByb3h5LXNlY3JldC03", "header-secret-8", "Team header-secret-8", "old-secret-6",
	} {
		if !slices.Contains(a.secrets, secret) {
			t.Errorf("%s would be written", secret)
		}
	}
	if a.keyFrom != "ANTHROPIC_API_KEY" {
		t.Errorf("the key is taken from %s", a.keyFrom)
	}
	if got := fmt.Sprintf("%v %+v", a.credential, a.credential); strings.Contains(got, "secret-") {
		t.Errorf("a secret is printed: %s", got)
	}
}
