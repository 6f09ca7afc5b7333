package site

import (
	"fmt"

	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/trial"
)

// MissingKey is the error where agents ask a model and nothing opens its API.
type MissingKey struct {
	Agent string // the first of those that ask

	// Variables are those of the environment that may have what is missing: one of
	// them, the preferred one first, or with All each of them.
	Variables []string
	All       bool // they are what headers of the configuration are made of
}

// Error implements error.
func (m *MissingKey) Error() string {
	if m.All {
		return fmt.Sprintf("agent %s needs what api.headers are made of: set %s", m.Agent, andList(m.Variables))
	}
	return fmt.Sprintf("agent %s needs a key for the model API: set %s (it stays in this process and enters no container)", m.Agent, orList(m.Variables))
}

// NeedKey is a [*MissingKey] when one of the agents will ask a model and there is
// neither a secret in the environment nor a header that may stand for one, or
// another error when the way to the API is misconfigured. Nothing is asked.
func NeedKey(c API, asking []agent.Agent, lookup func(string) (string, bool)) error {
	ways, err := findWays(c, lookup)
	if err != nil {
		return err
	}
	return ways.enoughFor(asking)
}

func (w ways) enoughFor(asking []agent.Agent) error {
	for _, row := range asking {
		if of := w.askedBy(row); w.to(of).isLogin() {
			return &MissingKey{Agent: row.Name, Variables: of.SecretVariables()}
		}
	}
	return nil
}

// askers are the agents of the subjects that will ask a model.
func askers(subjects []trial.Subject) []agent.Agent {
	var asking []agent.Agent
	for _, s := range subjects {
		if s.Agent.AsksModel() && s.Variant.Model != "" {
			asking = append(asking, s.Agent)
		}
	}
	return asking
}
