package usage

import (
	"regexp"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/prices"
)

// models are sums over requests, by the model that answered.
type models map[string]baselines.Model

// addRequest adds a request by the models that gave its parts.
func (m models) addRequest(r request) {
	for i, share := range r.Shares() {
		m.add(share.Model, r.role, boolInt(i == 0 && r.answered()), share.Tokens, share.USD)
	}
}

func (m models) add(name string, role baselines.Role, requests int, tokens baselines.Tokens, usd *float64) {
	have, ok := m[name]
	switch {
	case !ok:
		have = baselines.Model{Role: role, CostUSD: new(float64)}
	case have.Role != role:
		have.Role = baselines.RoleMain
	}
	have.Requests += requests
	have.Tokens = have.Tokens.Add(tokens)
	if usd == nil || have.CostUSD == nil {
		have.CostUSD = nil // one unpriced request makes the sum unknown
	} else {
		sum := *have.CostUSD + *usd
		have.CostUSD = &sum
	}
	m[name] = have
}

// sameModel compares names without provider, region, context size, date and
// version of the offer: "claude-opus-4-8" is asked, and a gateway answers as
// "us.anthropic.claude-opus-4-8-20260101-v1:0".
func sameModel(a, b string) bool { return modelName(a) == modelName(b) }

var (
	ofOffer = regexp.MustCompile(`(-v\d+)?(:\d+)?$`)
	ofDate  = regexp.MustCompile(`[-@]20\d{2}-?\d{2}-?\d{2}$`)
)

func modelName(name string) string {
	name = strings.ToLower(prices.BaseName(name))
	if strings.Contains(name, ":") || strings.Contains(name, "-v") { // for most names this is all that is asked
		name = ofOffer.ReplaceAllString(name, "")
	}
	if strings.Contains(name, "20") {
		name = ofDate.ReplaceAllString(name, "")
	}
	name = strings.TrimSuffix(strings.TrimSuffix(name, "-latest"), "-0") // claude-opus-4-0 is the first Opus 4, which answers without the 0
	return strings.ReplaceAll(name, ".", "-")                            // "4.8" of some gateways
}

// isOther reports whether another model answered than was asked for. A gateway's
// own name for a model ("prod-coder") says nothing about which one is behind it.
func (in Input) isOther(r request) bool {
	if r.Answered == "" || sameModel(r.Answered, r.Model) {
		return false
	}
	_, priced := in.table().Rate(r.Model, r.Time)
	return priced || strings.HasPrefix(modelName(r.Model), "claude")
}

// flagModels flags answers by another model than was asked, a main thread that
// goes on with another model after one failed, and requests for a model that is
// neither the variant's, nor a small one of its agent's, nor such a fallback.
// Housekeeping solves no task: who answers it does not matter.
func flagModels(t *baselines.Trial, in Input, ledger []request) {
	var last *request // of the main thread
	expected := append([]string{in.AskedModel}, in.SmallModels...)
	for i, r := range ledger {
		if r.role != baselines.RoleAuxiliary && in.isOther(r) {
			flag(t, baselines.OtherModel)
		}
		if r.role == baselines.RoleMain {
			if last != nil && last.Retry.Retried() && !sameModel(last.Model, r.Model) {
				flag(t, baselines.FallbackModel)
				expected = append(expected, r.Model)
			}
			last = &ledger[i]
		}
		if in.AskedModel != "" && !slices.ContainsFunc(expected, func(name string) bool { return sameModel(name, r.Model) }) {
			flag(t, baselines.OtherModelAsked)
		}
	}
}
