package compare

import (
	"maps"
	"slices"

	"github.com/benchgate/benchgate/baselines"
)

// comparedTask is a task with the attempts that its printed cost per solved task
// rests on, at least one on each side.
type comparedTask struct {
	id                  string
	candidate, baseline []*baselines.Trial
}

// comparedTasks are the attempts of known cost behind the printed ratio: all, or
// those with a counterpart where it is of the pairs. So what is said of them
// multiplies to the printed number.
func comparedTasks(tasks []matchedTask, printed PerSolved) []comparedTask {
	var out []comparedTask
	for _, t := range tasks {
		c := comparedTask{id: t.id}
		if printed.Exists && printed.Within == nil {
			for _, p := range t.pairs {
				if costsKnown(p.candidate, p.baseline) {
					c.candidate, c.baseline = append(c.candidate, p.candidate), append(c.baseline, p.baseline)
				}
			}
		} else {
			unknown := func(t *baselines.Trial) bool { return !costsKnown(t) }
			c.candidate = slices.DeleteFunc(slices.Clone(t.candidate.valid), unknown)
			c.baseline = slices.DeleteFunc(slices.Clone(t.baseline.valid), unknown)
		}
		if len(c.candidate) > 0 && len(c.baseline) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// ofPairs selects the attempts with a counterpart.
var ofPairs = PerSolved{Exists: true}

func costsKnown(trials ...*baselines.Trial) bool {
	for _, t := range trials {
		if _, known := CostOf(t); !known {
			return false
		}
	}
	return true
}

// meanTrial is what one attempt of one side comes to on average, each task weighing
// the same. Its dollars are sums over what was used: tokens of each kind at their
// price, and what is neither (requests that were cut off, web searches, requests
// of another tier or at a price that is not known).
type meanTrial struct {
	usd, solved float64
	unsolvedUSD float64 // spent on attempts that solved nothing
	unfinished  float64 // the estimated dollars of requests that were cut off

	requests float64 // 0 where some attempt's are not known
	tools    float64 // dollars of the server's tools, where attempts tell them
	tokens   byKind
	spent    byKind // dollars of the tokens
	price    byKind // of one token: spent/tokens, or what one would have cost
	byToken  bool   // whether tokens, spent and price are known
}

// other is what neither tokens nor server tools explain.
func (m meanTrial) other() float64 { return m.usd - m.spent.sum() - m.tools }

// meanTrialOf averages a side's attempts, of each task with the weight that makes
// all tasks equal.
func meanTrialOf(tasks []comparedTask, of func(comparedTask) []*baselines.Trial, h baselines.Header) meanTrial {
	prices := pricesOf(tasks, of, h)
	m := meanTrial{byToken: true}
	requestsKnown, unpriced := true, 0.0
	for _, task := range tasks {
		trials := of(task)
		weight := 1 / float64(len(tasks)) / float64(len(trials))
		for _, t := range trials {
			usd, _ := CostOf(t)
			m.usd += weight * usd
			m.unfinished += weight * t.CostUSD.Unfinished
			if t.IsSolved() {
				m.solved += weight
			} else {
				m.unsolvedUSD += weight * usd
			}
			n, known := requestsAsked(t)
			m.requests += weight * n
			requestsKnown = requestsKnown && known
			unpriced += m.addTokens(t, weight, prices, h.Variant.Model)
		}
	}
	if !requestsKnown {
		m.requests = 0
	}
	m.setPrices(prices[h.Variant.Model], unpriced)
	return m
}

// addTokens adds an attempt's tokens and what they cost: as the attempt says, else by
// the prices of its models. It returns the dollars of those whose price is not known.
func (m *meanTrial) addTokens(t *baselines.Trial, weight float64, prices map[string]byKind, variant string) (unpriced float64) {
	recorded := t.USDByKind
	if recorded != nil {
		m.spent = m.spent.plus(dollarsByKind(recorded.Compared).scaled(weight))
		m.tools += weight * recorded.Compared.Tools()
	}
	for _, used := range askedModels(t, variant) {
		price, known := prices[used.model]
		if !known && recorded == nil {
			unpriced += weight * used.usd
			continue
		}
		m.tokens = m.tokens.plus(used.tokens.scaled(weight))
		if recorded == nil {
			m.spent = m.spent.plus(used.tokens.times(price).scaled(weight))
		}
	}
	return unpriced
}

// setPrices takes what a token cost, and where none of a kind was used, what it
// would have cost by the list. Where models whose prices are not known took more
// than a tenth of the money, nothing is said by kind of token.
func (m *meanTrial) setPrices(list byKind, unpriced float64) {
	const most = 0.1
	m.byToken = m.spent.sum() > 0 && unpriced <= most*m.usd
	for kind := range kinds {
		if m.tokens[kind] > 0 {
			m.price[kind] = m.spent[kind] / m.tokens[kind]
		} else {
			m.price[kind], m.spent[kind] = list[kind], 0
		}
	}
}

// askedModels are what the models of one attempt used for the work that is
// compared, by name: not for the agent's housekeeping. An attempt that does not
// list its models asked the variant's.
func askedModels(t *baselines.Trial, variant string) []priced {
	if len(t.Models) == 0 && t.Tokens != nil && t.CostUSD != nil {
		return []priced{{variant, tokensByKind(*t.Tokens), t.CostUSD.Main + t.CostUSD.Subagent}}
	}
	var out []priced
	for _, name := range slices.Sorted(maps.Keys(t.Models)) {
		if m := t.Models[name]; m.Role != baselines.RoleAuxiliary && m.CostUSD != nil {
			out = append(out, priced{name, tokensByKind(m.Tokens), *m.CostUSD})
		}
	}
	return out
}

// requestsAsked counts the requests of the work that is compared. Where only the
// attempt's whole count is known, it stands for them.
func requestsAsked(t *baselines.Trial) (n float64, known bool) {
	for _, m := range t.Models {
		if m.Role != baselines.RoleAuxiliary {
			n += float64(m.Requests)
		}
	}
	if n > 0 {
		return n, usable(n)
	}
	return requestsOf(t)
}

// pricesOf are the prices of a token of each model that was asked: by the run's
// header, else fitted to the dollars of its attempts. A model that neither tells
// has none.
func pricesOf(tasks []comparedTask, of func(comparedTask) []*baselines.Trial, h baselines.Header) map[string]byKind {
	bills := make(map[string][]priced)
	for _, task := range tasks {
		for _, t := range of(task) {
			for _, used := range askedModels(t, h.Variant.Model) {
				bills[used.model] = append(bills[used.model], used)
			}
		}
	}
	prices := make(map[string]byKind)
	for model := range bills {
		if rates, known := h.Prices.RatesOf(model); known {
			prices[model] = perToken(rates)
		} else if fitted, ok := fitPrices(bills[model]); ok {
			prices[model] = fitted
		}
	}
	if rates, known := h.Prices.RatesOf(h.Variant.Model); known {
		prices[h.Variant.Model] = perToken(rates)
	}
	return prices
}
