package site

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/trial"
)

// access is where the model API is and the secret that opens it.
type access struct {
	upstream   *url.URL
	credential meter.Credential // zero: none was given
	secrets    []string         // to be written nowhere
}

// findAccess reads address and secret from the environment, by the names that
// [agent.AnthropicMessages] has for them. A key wins over a token.
func findAccess(lookup func(string) (string, bool)) (a access, err error) {
	api := agent.AnthropicMessages
	base, _ := lookup(api.AddressVariable)
	// Neither error quotes the address: it may hold a password.
	if a.upstream, err = url.Parse(cmp.Or(base, api.Address)); err != nil {
		return a, fmt.Errorf("%s is no URL: want one like %s", api.AddressVariable, api.Address)
	}
	if a.upstream.User != nil {
		return a, fmt.Errorf("%s holds a user name or password, which would not be sent: put the secret into %s", api.AddressVariable, strings.Join(api.SecretVariables(), " or "))
	}
	key, token := secret(lookup, api.KeyVariable), secret(lookup, api.TokenVariable)
	for _, s := range []string{key, token} {
		if s != "" {
			a.secrets = append(a.secrets, s)
		}
	}
	switch {
	case key != "":
		a.credential = meter.APIKey(key)
	case token != "":
		a.credential = meter.Bearer(token)
	}
	return a, nil
}

func secret(lookup func(string) (string, bool), name string) string {
	value, _ := lookup(name)
	return strings.TrimSpace(value)
}

// enoughFor is an error when one of the subjects will ask a model and there is
// no secret.
func (a access) enoughFor(subjects []trial.Subject) error {
	if len(a.secrets) > 0 {
		return nil
	}
	for _, s := range subjects {
		if s.Agent.AsksModel() && s.Variant.Model != "" {
			return fmt.Errorf("agent %s needs a key for the model API: set %s (it stays in this process and enters no container)", s.Agent.Name, s.Agent.API.KeyVariable)
		}
	}
	return nil
}

// environ is an environment that leads a command to the meter at address: the
// user's own address and secrets are taken out, and a placeholder stands in for
// the key.
func environ(of []string, address string) []string {
	api := agent.AnthropicMessages
	rest := slices.DeleteFunc(slices.Clone(of), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains(api.Variables(), name)
	})
	return append(rest, api.AddressVariable+"="+address, api.KeyVariable+"="+agent.PlaceholderKey)
}
