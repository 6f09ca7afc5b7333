package prices

import (
	"regexp"
	"strings"
	"time"

	"github.com/benchgate/benchgate/baselines"
)

// Rate returns what the model costs at that time on the usual terms: standard
// tier and speed, anywhere, with a prompt of no size that costs more. See
// [Table.RateOn] for how the name is found.
func (t *Table) Rate(model string, at time.Time) (Rate, bool) {
	rate, missing := t.RateOn(model, Terms{At: at})
	return rate, missing == nil
}

// RateOn returns the rate of the model on these terms, factors applied.
//
// The exact name is looked up first, then the name without "[1m]", then also
// without "provider/", and then also without "-YYYYMMDD" and what Bedrock and Vertex
// write around a name ([baselines.ModelNames]). Of its rates those with
// the latest From count that is not after the time; of these the one of the tier
// with the greatest Above that the prompt exceeds. A tier without a rate of its own
// costs the standard one times its factor. The error is nil when there is one.
func (t *Table) RateOn(model string, terms Terms) (Rate, *NoRate) {
	name, known := t.nameOf(model)
	if !known {
		return Rate{}, &NoRate{Model: model}
	}
	values := terms.values()
	if terms.Tier == "" {
		terms.Tier = Standard
	}
	rate, ok := valid(t.rates[name], terms)
	switch {
	case ok:
		values[ServiceTier] = Standard // the row's own prices are the tier's
	case terms.Tier != Standard:
		terms.Tier = Standard
		rate, ok = valid(t.rates[name], terms)
	}
	if !ok {
		return Rate{}, &NoRate{Model: model}
	}
	factor := placeFactor(model, name)
	for _, field := range FactorFields {
		value := values[field]
		if f, ok := rate.Factors[field][value]; ok {
			factor *= f
		} else if !IsBase(field, value) {
			return Rate{}, &NoRate{Model: model, Term: field + "=" + value}
		}
	}
	return rate.times(factor), nil
}

// valid is the rate of the terms' tier at their time and size of prompt. The rates
// are sorted by From and then Above: a later From ends all rates before it.
func valid(rates []Rate, terms Terms) (rate Rate, ok bool) {
	for _, r := range rates {
		if r.Tier == terms.Tier && !r.From.After(terms.At) && (r.Above == 0 || terms.Prompt > r.Above) {
			rate, ok = r, true
		}
	}
	return rate, ok
}

var regional = regexp.MustCompile(`(?:^|/)([a-z]{2,6})\.anthropic\.`)

// placeFactor is what a model costs more by the place that its Bedrock id names,
// unless the table has a row for this very id: a tenth in a region, a fifth in the
// United States' government's. So it is for all models of the table in that of
// LiteLLM 1.110.2.
func placeFactor(model, row string) float64 {
	if strings.Contains(row, "anthropic.") || !strings.Contains(model, "anthropic.") {
		return 1
	}
	switch place := regional.FindStringSubmatch(model); {
	case strings.Contains(model, "us-gov"):
		return 1.2
	case place == nil || place[1] == "global":
		return 1
	}
	return 1.1
}

// nameOf is the name under which the table has the model. Bedrock's second service
// has prices of its own, which only a row of its name tells.
func (t *Table) nameOf(model string) (name string, known bool) {
	if _, exact := t.rates[model]; !exact && strings.HasPrefix(model, "bedrock_mantle/") {
		return "", false
	}
	for _, name := range baselines.ModelNames(model) {
		if _, known := t.rates[name]; known {
			return name, true
		}
	}
	return "", false
}

// ToolUSD is the price of one use of a server tool by a model at that time, in US
// dollars; tool is one of [ServerTools]. A rate of the model may have a price of its
// own for web searches; ok is false when neither it nor the table has one.
func (t *Table) ToolUSD(tool, model string, at time.Time) (usd float64, ok bool) {
	if rate, priced := t.Rate(model, at); priced && tool == WebSearch && rate.WebSearch != nil {
		return *rate.WebSearch, true
	}
	usd, ok = t.tools[tool]
	return usd, ok
}
