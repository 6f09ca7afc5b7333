package main

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/site"
)

// keyFinding looks for the key of the model API that a configured agent asks;
// where nothing is configured, that of the agent which runs then.
func (p *program) keyFinding(c *config.Config) finding {
	asked := apiOf(c)
	api := cmp.Or(asked, &agent.AnthropicMessages)
	if name := p.keyVariable(api); name != "" {
		return finding{what: "model API key", says: name + " is set; it stays in benchgate's process"}
	}
	if asked == nil {
		return finding{what: "model API key", says: "none, and none needed: no configured agent asks a model"}
	}
	return finding{what: "model API key", says: "none", do: "set " + api.KeyVariable + "; it stays in benchgate's process and enters no container", bad: true}
}

// keyVariable is the variable that holds the API's secret; empty when none does.
func (p *program) keyVariable(api *agent.API) string {
	for _, name := range api.SecretVariables() {
		if value, _ := p.LookupEnv(name); strings.TrimSpace(value) != "" {
			return name
		}
	}
	return ""
}

// apiOf is the model API that the configured agents ask, nil when none does.
func apiOf(c *config.Config) *agent.API {
	names := []string{agent.ClaudeCode}
	if c != nil {
		names = nil
		for _, v := range slices.Backward(c.Measured()) { // the candidate first
			names = append(names, v.Agent.Name)
		}
	}
	for _, name := range names {
		if row, err := agent.Lookup(name); err == nil && row.AsksModel() {
			return row.API
		}
	}
	return nil
}

// modelFindings ask the model API about each arm's model, as a run does before its
// first trial. Without a key or a model there is nothing to ask.
func (p *program) modelFindings(ctx context.Context, c *config.Config) []finding {
	api := apiOf(c)
	if c == nil || api == nil || p.keyVariable(api) == "" {
		return nil
	}
	admission, err := site.NewAdmission(p.LookupEnv, p.logger(false))
	if err != nil {
		return []finding{{what: "model API", says: firstLine(err), bad: true}}
	}
	var findings []finding
	var asked []string
	for _, v := range slices.Backward(c.Measured()) { // the candidate first
		model := askedModel(*v)
		if model == "" || slices.Contains(asked, model) {
			continue
		}
		asked = append(asked, model)
		f := modelFinding(ctx, admission, model)
		if f.bad && v == c.Baseline && c.Alone() == "" && c.From != config.Live {
			f.bad, f.do = false, "a stored baseline needs no answer from its model"
		}
		if findings = append(findings, f); f.bad {
			return findings
		}
	}
	return findings
}

// askedModel is the name under which the variant's agent asks for its model; empty
// when it asks none, or only the agent knows.
func askedModel(v config.Variant) string {
	row, err := agent.Lookup(v.Agent.Name)
	if err != nil || !row.AsksModel() {
		return ""
	}
	return row.AskedModel(v.Model)
}

func modelFinding(ctx context.Context, a *site.Admission, model string) finding {
	doubt, err := a.Check(ctx, model)
	switch {
	case err != nil:
		return finding{what: "model API", says: firstLine(err), do: site.Remedy(err), bad: true}
	case doubt != "":
		return finding{what: "model API", says: doubt}
	}
	return finding{what: "model API", says: "answers for " + model}
}
