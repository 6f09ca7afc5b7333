package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// agentRule is what a configuration may say about an agent.
type agentRule struct {
	name      string
	versioned bool     // "agent@version" makes sense
	model     bool     // needs a model
	needs     string   // a setting it cannot do without
	takes     []string // settings it understands
}

// agents are the agents benchgate can run, as internal/agent has them.
var agents = []agentRule{
	{name: "claude-code", versioned: true, model: true, takes: []string{"effort", "max_turns", "arguments", "files"}},
	{name: "oracle"},
	{name: "nop"},
	{name: "command", needs: "command", takes: []string{"command", "files"}},
	{name: "replay", versioned: true, model: true, needs: "recordings", takes: []string{"recordings"}},
}

func agentNames() []string {
	names := make([]string, len(agents))
	for i, a := range agents {
		names[i] = a.name
	}
	return names
}

func ruleOf(name string) (agentRule, bool) {
	i := slices.IndexFunc(agents, func(a agentRule) bool { return a.name == name })
	if i < 0 {
		return agentRule{}, false
	}
	return agents[i], true
}

var exactVersion = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.+-]+)?$`)

// parseAgent reads "name" or "name@version". The problem, when there is one,
// goes on from "... is ..., ".
func parseAgent(text string) (a Agent, problem string) {
	name, version, at := strings.Cut(text, "@")
	rule, ok := ruleOf(name)
	switch {
	case !ok:
		return a, fmt.Sprintf("want %s%s", orList(agentNames()), didYouMean(name, agentNames()))
	case at && !rule.versioned:
		return a, fmt.Sprintf("but %s has no versions; write %s", name, name)
	case at && !exactVersion.MatchString(version):
		return a, fmt.Sprintf("want one exact version such as %s@2.1.330: what moves by itself cannot be compared", name)
	}
	return Agent{Name: name, Version: version}, ""
}
