package action

import (
	"errors"
	"strings"

	"github.com/benchgate/benchgate/internal/agent"
)

// mask hides the secrets in the log: tokens of the inputs, and the keys that the
// environment has for agents. GitHub hides what comes from its own secrets, and
// knows nothing of other sources.
func (a *action) mask() error {
	secrets := []string{a.values.GitHubToken, a.values.BaselineToken}
	for _, api := range agent.APIs() {
		for _, name := range api.SecretVariables() {
			secrets = append(secrets, a.variable(name))
		}
	}
	for line := range strings.Lines(a.variable(agent.AnthropicMessages.HeadersVariable)) {
		_, value, _ := strings.Cut(line, ":")
		secrets = append(secrets, value)
	}
	for _, name := range []string{"GITHUB_TOKEN", "DOCKER_AUTH_CONFIG"} {
		secrets = append(secrets, a.variable(name))
	}
	var errs []error
	for _, secret := range secrets {
		errs = append(errs, a.Log.Mask(secret))
	}
	return errors.Join(errs...)
}

func (a *action) variable(name string) string {
	value, _ := a.LookupEnv(name)
	return strings.TrimSpace(value)
}
