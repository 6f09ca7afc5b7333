package meter

import (
	"slices"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/prices"
)

// Role says for whom the request was made. A request with an agent id is a
// subagent's. One without, to a model on the agent's small-model list that is
// not the variant's own, is auxiliary: the agent's housekeeping. Everything
// else is main: compaction and fallback answers too, whatever model gave them.
//
// A request does not say that it is housekeeping, so the model asked for decides.
// Models are compared without provider, context size and date
// ([prices.BaseName]); a variant's alias ("haiku", "claude-haiku-latest") is any model
// of that line.
func (e Entry) Role(variantModel string, smallModels []string) baselines.Role {
	if e.AgentID != "" {
		return baselines.RoleSubagent
	}
	asked := prices.BaseName(e.Model)
	isAsked := func(model string) bool { return prices.BaseName(model) == asked }
	if slices.ContainsFunc(smallModels, isAsked) && !isAsked(variantModel) && !standsFor(variantModel, asked) {
		return baselines.RoleAuxiliary
	}
	return baselines.RoleMain
}

// standsFor reports whether a name is an alias of models such as this one. An alias
// names no version; which it is now only the agent or the API knows.
func standsFor(alias, model string) bool {
	line := strings.TrimSuffix(prices.BaseName(alias), "-latest")
	return line != "" && !strings.ContainsAny(line, "0123456789") && strings.Contains("-"+model+"-", "-"+line+"-")
}
