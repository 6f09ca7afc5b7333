package site

import (
	"fmt"

	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/meter"
)

// ways lead to all the APIs that agents speak.
type ways struct{ anthropic, openAI access }

func findWays(c API, lookup func(string) (string, bool)) (w ways, err error) {
	if w.anthropic, err = findAccess(c, agent.AnthropicMessages, lookup); err != nil {
		return w, err
	}
	if w.openAI, err = findAccess(c, agent.OpenAIResponses, lookup); err != nil {
		return w, fmt.Errorf("%s: %w", agent.OpenAIResponses.Name, err)
	}
	return w, nil
}

// to is the way to one of them.
func (w ways) to(of agent.API) access {
	if of.Name == agent.OpenAIResponses.Name {
		return w.openAI
	}
	return w.anthropic
}

// isLogin reports whether nothing is sent but what an agent itself logs in with.
func (a access) isLogin() bool { return a.keyFrom == "" && len(a.headers) == 0 }

// logins are the names of the APIs at which agents log in themselves.
func (w ways) logins() (names []string) {
	for _, of := range agent.APIs() {
		if w.to(of).isLogin() {
			names = append(names, of.Name)
		}
	}
	return names
}

// askedBy is the API that an agent asks: of one that may speak any, the one for which
// there is a key.
func (w ways) askedBy(row agent.Agent) agent.API {
	if row.AnyAPI && w.anthropic.isLogin() && !w.openAI.isLogin() {
		return agent.OpenAIResponses
	}
	return *row.API
}

// AskedBy is the API that an agent which asks a model asks. It asks nobody.
func AskedBy(row agent.Agent, c API, lookup func(string) (string, bool)) (agent.API, error) {
	ways, err := findWays(c, lookup)
	if err != nil {
		return agent.API{}, err
	}
	return ways.askedBy(row), nil
}

// secrets are to be written nowhere.
func (w ways) secrets() []string { return append(w.anthropic.secrets, w.openAI.secrets...) }

// lead sets where a meter sends requests, and with what.
func (w ways) lead(o meter.Options) meter.Options {
	o.Upstream, o.Credential, o.Transport = w.anthropic.upstream, w.anthropic.credential, w.anthropic.transport
	o.OpenAI = &meter.Upstream{URL: w.openAI.upstream, Credential: w.openAI.credential, Transport: w.openAI.transport}
	return o
}
