package main

import (
	"context"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/problem"
	"github.com/benchgate/benchgate/internal/run"
	"github.com/benchgate/benchgate/internal/site"
)

// accessFindings say what opens the model API that a configured agent asks, and
// how it is reached where that is not the API's own address; where nothing is
// configured, of the agent which runs then. ready tells that it can be asked.
func (p *program) accessFindings(c *config.Config) (findings []finding, ready bool) {
	asking := askingAgents(c)
	if len(asking) == 0 {
		return []finding{{what: "model API key", says: "none, and none needed: no configured agent asks a model"}}, false
	}
	var api site.API
	if c != nil {
		var err error
		if api, err = (run.Options{Config: c, LookupEnv: p.LookupEnv}).ModelAPI(); err != nil {
			return mistakes("model API", err), false
		}
	}
	ready = true
	var told []string
	for _, row := range asking {
		asked, err := site.AskedBy(row, api, p.LookupEnv)
		if err != nil {
			return []finding{{what: "model API", says: firstLine(err), bad: true}}, false
		}
		if slices.Contains(told, asked.Name) {
			continue
		}
		told = append(told, asked.Name)
		way, err := site.FindWay(api, asked, p.LookupEnv)
		if err != nil {
			return []finding{{what: "model API", says: firstLine(err), bad: true}}, false
		}
		key := keyFinding(way, asked)
		ready = ready && !key.bad
		if findings = append(findings, key); way.From != "" || len(way.Headers) > 0 || way.Proxy != "" || way.CA != "" {
			findings = append(findings, gatewayFinding(way))
		}
	}
	return findings, ready
}

// mistakes are those of a file, a finding each.
func mistakes(what string, err error) []finding {
	var findings []finding
	for _, e := range problem.Split(err) {
		findings = append(findings, finding{what: what, says: firstLine(e), bad: true})
	}
	return findings
}

func keyFinding(way site.Way, api agent.API) finding {
	f := finding{what: "model API key"}
	switch {
	case way.Key != "":
		f.says = way.Key + " is set; it stays in benchgate's process"
	case len(way.Headers) > 0:
		f.says = "none; what is sent in its place: " + strings.Join(way.Headers, ", ")
	default:
		f.bad, f.says = true, "none"
		f.do = "set " + api.KeyVariable + others(api) + "; it stays in benchgate's process and enters no container"
	}
	return f
}

// others are the variables that do as well.
func others(api agent.API) string {
	if more := api.SecretVariables()[1:]; len(more) > 0 {
		return " (or " + strings.Join(more, ", ") + ")"
	}
	return ""
}

func gatewayFinding(way site.Way) finding {
	f := finding{what: "gateway", says: way.Address}
	if way.From != "" {
		f.says += " (" + way.From + ")"
	}
	if len(way.Headers) > 0 && way.Key != "" {
		f.says += ", with " + strings.Join(way.Headers, ", ")
	}
	if way.Proxy != "" {
		f.says += ", through the proxy " + way.Proxy
	}
	if way.CA != "" {
		f.says += ", trusting " + way.CA
	}
	if way.Open {
		f.do = "http: key and headers cross the network unencrypted"
	}
	return f
}

// askingAgents are the configured agents that ask a model.
func askingAgents(c *config.Config) (asking []agent.Agent) {
	names := []string{agent.ClaudeCode}
	if c != nil {
		names = nil
		for _, v := range slices.Backward(c.Measured()) { // the candidate first
			names = append(names, v.Agent.Name)
		}
	}
	for _, name := range names {
		if row, err := agent.Lookup(name); err == nil && row.AsksModel() {
			asking = append(asking, row)
		}
	}
	return asking
}

// modelFindings ask the model API about each arm's model, as a run does before its
// first trial. Without a model there is nothing to ask.
func (p *program) modelFindings(ctx context.Context, c *config.Config) []finding {
	if c == nil {
		return nil
	}
	api, err := (run.Options{Config: c, LookupEnv: p.LookupEnv}).ModelAPI()
	if err != nil {
		return nil // said of the way there
	}
	asking := make(map[string]agent.Agent)
	for _, v := range c.Measured() {
		if row, err := agent.Lookup(v.Agent.Name); err == nil && row.AsksModel() {
			asking[askedModel(*v)] = row
		}
	}
	admission, err := site.NewAdmission(api, asking, p.LookupEnv, p.logger(false))
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
