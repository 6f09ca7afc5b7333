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
	asked := apiOf(c)
	if asked == nil {
		return []finding{{what: "model API key", says: "none, and none needed: no configured agent asks a model"}}, false
	}
	var api site.API
	if c != nil {
		var err error
		if api, err = (run.Options{Config: c, LookupEnv: p.LookupEnv}).ModelAPI(); err != nil {
			return mistakes("model API", err), false
		}
	}
	way, err := site.FindWay(api, p.LookupEnv)
	if err != nil {
		return []finding{{what: "model API", says: firstLine(err), bad: true}}, false
	}
	findings = []finding{keyFinding(way, asked)}
	if way.From != "" || len(way.Headers) > 0 || way.Proxy != "" || way.CA != "" {
		findings = append(findings, gatewayFinding(way))
	}
	return findings, !findings[0].bad
}

// mistakes are those of a file, a finding each.
func mistakes(what string, err error) []finding {
	var findings []finding
	for _, e := range problem.Split(err) {
		findings = append(findings, finding{what: what, says: firstLine(e), bad: true})
	}
	return findings
}

func keyFinding(way site.Way, api *agent.API) finding {
	f := finding{what: "model API key"}
	switch {
	case way.Key != "":
		f.says = way.Key + " is set; it stays in benchgate's process"
	case len(way.Headers) > 0:
		f.says = "none; what is sent in its place: " + strings.Join(way.Headers, ", ")
	default:
		f.bad, f.says = true, "none"
		f.do = "set " + api.KeyVariable + " (or " + strings.Join(api.SecretVariables()[1:], ", ") + "); it stays in benchgate's process and enters no container"
	}
	return f
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
// first trial. Without a model there is nothing to ask.
func (p *program) modelFindings(ctx context.Context, c *config.Config) []finding {
	if c == nil {
		return nil
	}
	api, err := (run.Options{Config: c, LookupEnv: p.LookupEnv}).ModelAPI()
	if err != nil {
		return nil // said of the way there
	}
	admission, err := site.NewAdmission(api, p.LookupEnv, p.logger(false))
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
