package prices

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Update is what LiteLLM's file would change in a table of the user's own.
type Update struct {
	// Table is the user's own with the changes.
	Table *Table

	// Changes are the models whose rates change, sorted by name.
	Changes []Change

	// Same is how many models of LiteLLM's cost there what they cost here.
	Same int

	// Kept are models that cost other in LiteLLM's file, and whose rows in the user's
	// own table are the user's: these win.
	Kept []Change

	// NotPriced are the models that were asked for, or that one of [Providers]
	// serves, and whose rows give no price.
	NotPriced []*NotPriced

	// Retired is how many models are not served any more and were not asked for.
	Retired int
}

// Change is a model with its rates as they are written in a table, a line each.
type Change struct {
	Model         string
	Before, After []string
}

// Providers are those whose models are taken when none is named: they made them and
// serve them under the names that the rest of the world knows.
var Providers = []string{"anthropic", "openai", "gemini"}

// fromLiteLLM begins the source of rates that an update wrote, and may write again.
const fromLiteLLM = "LiteLLM "

// Update works out what the file changes in the user's own table, which lies over
// the embedded one: of the named models, else of all chat models of [Providers]
// that are still served on that day. A price that changes does so from that day on;
// what was billed before stays at the rates before. Digest names the file.
func (l *LiteLLM) Update(own *Table, named []string, digest string, on time.Time) Update {
	u := Update{Table: &Table{source: own.source, tools: maps.Clone(own.tools), rates: maps.Clone(own.rates)}}
	if u.Table.rates == nil {
		u.Table.rates = make(map[string][]Rate)
	}
	if u.Table.source == "" {
		u.Table.source = strings.TrimSpace(fromLiteLLM) + "'s model_prices_and_context_window.json"
	}
	keys := l.chosen(named, on, &u)
	base := Default()
	forAll := base.With(own).tools[WebSearch]
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		rates, none := l.Rates(keys[name])
		if none != nil {
			u.NotPriced = append(u.NotPriced, none)
			continue
		}
		search, searches := l.models[keys[name]].searches["search_context_size_medium"]
		for i := range rates {
			rates[i].origin = fromLiteLLM + digest[:min(len(digest), len("sha256:")+12)]
			if searches && search != forAll {
				rates[i].WebSearch = &search
			}
		}
		u.take(base, name, rates, on)
	}
	return u
}

// chosen are the keys of the file's models that are wanted, by the name that the
// table has them under.
func (l *LiteLLM) chosen(named []string, on time.Time, u *Update) map[string]string {
	keys := make(map[string]string)
	for _, key := range named {
		keys[strings.TrimPrefix(key, "gemini/")] = key
	}
	if len(named) > 0 {
		return keys
	}
	for _, key := range l.Names() { // "gemini/..." comes behind what Vertex serves by that name
		m := l.models[key]
		chats := m.mode == "chat" || m.mode == "responses"
		switch {
		case strings.HasPrefix(key, "ft:"): // each has a name of its own, which begins so
		case !slices.Contains(Providers, m.provider) || !chats && m.alias == "":
		case !m.retired.IsZero() && !m.retired.After(on):
			u.Retired++
		default:
			keys[strings.TrimPrefix(key, "gemini/")] = key
		}
	}
	return keys
}

// take puts a model's rates into the table, if they differ from those that hold: the
// user's own, else those of the base table.
func (u *Update) take(base *Table, name string, rates []Rate, on time.Time) {
	before, isOwn := u.Table.found(name)
	if !isOwn {
		before, _ = base.found(name)
		for i := range before {
			before[i].origin = fromLiteLLM + "and the embedded table" // no row of the user's
		}
	}
	hold := holding(before, on)
	change := Change{Model: name, Before: lines(hold)}
	switch theirs := func(r Rate) bool { return !strings.HasPrefix(r.origin, fromLiteLLM) }; {
	case slices.EqualFunc(hold, rates, Rate.costsAs):
		u.Same++
		return
	case slices.ContainsFunc(before, theirs):
		change.After = lines(rates)
		u.Kept = append(u.Kept, change)
		return
	case len(before) > 0:
		for i := range rates {
			rates[i].From = on
		}
	}
	change.After = lines(rates)
	u.Table.rates[name] = sortedRates(append(past(before, rates, on), rates...))
	u.Changes = append(u.Changes, change)
}

// past are the rates before that stay beside the new ones. Those of a tier that has
// no rate of its own any more would hold for ever, and go.
func past(before, rates []Rate, on time.Time) []Rate {
	return slices.DeleteFunc(before, func(old Rate) bool {
		sameTier := func(r Rate) bool { return r.Tier == old.Tier }
		return old.From.Equal(on) || !slices.ContainsFunc(rates, sameTier)
	})
}

func lines(rates []Rate) (all []string) {
	for _, r := range rates {
		all = append(all, r.line())
	}
	return all
}

// found are the rates that a model is priced by, by whatever spelling of its name.
func (t *Table) found(model string) ([]Rate, bool) {
	name, ok := t.nameOf(model)
	if !ok {
		return nil, false
	}
	rates := slices.Clone(t.rates[name])
	for i := range rates {
		rates[i] = rates[i].times(placeFactor(model, name))
	}
	return rates, true
}

// holding are the rates that hold on a day: of each tier those of the latest From.
func holding(rates []Rate, on time.Time) []Rate {
	latest := make(map[string]time.Time)
	for _, r := range rates {
		if !r.From.After(on) && !r.From.Before(latest[r.Tier]) {
			latest[r.Tier] = r.From
		}
	}
	var all []Rate
	for _, r := range rates {
		if from, ok := latest[r.Tier]; ok && r.From.Equal(from) {
			all = append(all, r)
		}
	}
	return sortedRates(all)
}

// costsAs reports whether two rates are for the same prompts at the same prices,
// from whatever day on.
func (r Rate) costsAs(other Rate) bool {
	same := func(a, b map[string]float64) bool { return maps.Equal(a, b) }
	search := func(r Rate) float64 {
		if r.WebSearch == nil {
			return -1 // what the table says for all
		}
		return *r.WebSearch
	}
	return r.Tier == other.Tier && r.Above == other.Above && r.rounded() == other.rounded() && search(r) == search(other) &&
		maps.EqualFunc(r.Factors, other.Factors, same)
}
