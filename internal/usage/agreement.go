package usage

import (
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/prices"
)

// The words of Agreement.Explained.
const (
	whyKilled      = "killed"          // the agent did not report what was in flight
	whyLossy       = "lossy_telemetry" // a payload was refused, lost or unreadable
	whyNested      = "nested_agent"    // another session went through the meter
	whyBudget      = "agent_budget"    // the agent does not report the request that exceeded its own budget
	whyCut         = "cut_requests"    // each view counts an answer that broke off in its own way
	whyFallback    = "fallback"        // the agent went on with another model
	whyOtherModel  = "other_model"     // the API answered with another model than the agent counted
	whyWebSearch   = "web_search"      // billed by the meter apart from tokens
	whyClientPrice = "client_price"    // the agent priced a model as another, and said so
)

// whyOrder is the order in which the words are given.
var whyOrder = []string{whyKilled, whyLossy, whyNested, whyBudget, whyCut, whyFallback, whyOtherModel, whyWebSearch, whyClientPrice}

// fillAgreement sets Trial.Agreement: each view's dollars, and why they differ.
//
// The dollars are each view's tokens at our prices; the meter's are the trial's
// whole cost. Compared are tokens per model asked for, on the meter's side those
// of complete answers in the agent's own sessions. When another view has fewer
// tokens, that view lost some. When it has more, the meter missed requests,
// unless requests were cut: a client estimates the tokens of those.
func fillAgreement(t *baselines.Trial, in Input, ledger []request, seen telemetry, agent []portion) {
	c := comparison{t: t, in: in, ledger: ledger, seen: seen}
	var a baselines.Agreement
	if len(ledger) > 0 && t.CostUSD != nil {
		usd := t.CostUSD.Total()
		a.MeterUSD = &usd
	}
	our := newPricer(in.table(), ledger)
	a.TelemetryUSD = our.bill(seen.tokens)
	a.AgentUSD = our.bill(agent)

	c.dollars()
	c.missed()
	c.elsewhere()
	c.compare(seen.tokens, true)
	c.compare(agent, false)
	c.clientPrice(agent, our)
	if a == (baselines.Agreement{}) && len(c.why) == 0 {
		return
	}
	a.Explained = c.explained()
	t.Agreement = &a
}

// comparison compares the views and collects why they differ.
type comparison struct {
	t      *baselines.Trial
	in     Input
	ledger []request
	seen   telemetry
	why    []string
}

func (c *comparison) explain(word string) { c.why = append(c.why, word) }

func (c *comparison) explained() string {
	var words []string
	for _, w := range whyOrder {
		if slices.Contains(c.why, w) {
			words = append(words, w)
		}
	}
	return strings.Join(words, ", ")
}

// dollars adds the reasons why dollars can differ although tokens agree.
func (c *comparison) dollars() {
	if c.othersAnswered() {
		c.explain(whyOtherModel)
	}
	if slices.ContainsFunc(c.ledger, request.cut) {
		c.explain(whyCut)
	}
	if slices.ContainsFunc(c.ledger, func(r request) bool { return r.WebSearch > 0 }) {
		c.explain(whyWebSearch)
	}
}

// missed looks for requests whose ids the agent reports and the ledger does not
// have. It works only when every answer in the ledger has an id.
func (c *comparison) missed() {
	ids := make(map[string]bool)
	for _, r := range c.ledger {
		if r.answered() && r.RequestID == "" {
			return
		}
		ids[r.RequestID] = true
	}
	if len(c.ledger) == 0 {
		return
	}
	if slices.ContainsFunc(c.seen.requestIDs, func(id string) bool { return !ids[id] }) {
		flag(c.t, baselines.MeterMissed)
	}
}

// elsewhere looks for answers in the agent's transcript that no request through
// the meter can have brought, as when the agent's settings were changed while it
// worked and its telemetry went elsewhere too. Retries and cut answers make
// requests without an answer, never answers without a request.
func (c *comparison) elsewhere() {
	if c.in.Agent == nil || c.in.Agent.Answers == nil || c.in.NoModel {
		return
	}
	brought := 0
	for _, r := range c.ledger {
		if r.Status < http.StatusBadRequest {
			brought++
		}
	}
	if *c.in.Agent.Answers > brought {
		flag(c.t, baselines.RequestsElsewhere)
		flag(c.t, baselines.MeterMissed)
	}
}

// compare compares another view's tokens with the meter's.
func (c *comparison) compare(other []portion, isTelemetry bool) {
	if len(other) == 0 {
		return
	}
	if len(c.ledger) == 0 {
		if total(other) > 0 && !c.in.NoModel {
			flag(c.t, baselines.MeterMissed)
		}
		return
	}
	metered, cut := c.meterView()
	viewed := make(map[string]baselines.Tokens)
	for _, p := range other {
		key := c.key(p.model)
		viewed[key] = viewed[key].Add(p.tokens)
	}
	less, more, moreInput := difference(metered, viewed)
	if less {
		c.explainLess(isTelemetry)
	}
	if more {
		c.blameMeter(cut, moreInput)
	}
}

// key names a model for comparison. A client counts by the model it asked for,
// some of its signals by the one that answered; when these differ, only the
// sum over models can be compared.
func (c *comparison) key(model string) string {
	if c.othersAnswered() {
		return ""
	}
	return prices.BaseName(model)
}

// othersAnswered reports whether any request was answered by another model than was
// asked for, housekeeping too.
func (c *comparison) othersAnswered() bool {
	return slices.ContainsFunc(c.ledger, func(r request) bool { return r.Answered != "" && !sameModel(r.Answered, r.Model) })
}

// meterView is the tokens by model of the meter's complete answers, and its
// requests that were cut, both of the sessions that the other views report.
// Requests of any other session are left out and explained: an agent that the
// agent starts in its shell goes through the meter but sends us no telemetry.
func (c *comparison) meterView() (view map[string]baselines.Tokens, cut []request) {
	sessions := slices.Clone(c.seen.sessions)
	if c.in.Agent != nil && c.in.Agent.SessionID != "" {
		sessions = append(sessions, c.in.Agent.SessionID)
	}
	view = make(map[string]baselines.Tokens)
	for _, r := range c.ledger {
		switch {
		case r.SessionID != "" && len(sessions) > 0 && !slices.Contains(sessions, r.SessionID):
			c.explain(whyNested)
			flag(c.t, baselines.TelemetryLossy)
		case r.cut():
			cut = append(cut, r)
		case r.answered() && r.Tokens != nil:
			view[c.key(r.Model)] = view[c.key(r.Model)].Add(*r.Tokens)
		}
	}
	return view, cut
}

// difference reports whether b has less than a, and whether it has more, of any
// kind of token of any model. Both can be true. moreInput is by how many input
// tokens b exceeds a, summed over the models where it does.
func difference(a, b map[string]baselines.Tokens) (less, more bool, moreInput int64) {
	models := maps.Clone(a)
	maps.Copy(models, b)
	for m := range models {
		x, y := a[m], b[m]
		for _, d := range []int64{
			y.Input - x.Input,
			y.Output - x.Output,
			y.CacheRead - x.CacheRead,
			(y.CacheWrite5m + y.CacheWrite1h) - (x.CacheWrite5m + x.CacheWrite1h),
		} {
			less = less || d < 0
			more = more || d > 0
		}
		moreInput += max(inputSide(y)-inputSide(x), 0)
	}
	return less, more, moreInput
}

func inputSide(t baselines.Tokens) int64 {
	return t.Input + t.CacheRead + t.CacheWrite5m + t.CacheWrite1h
}

// explainLess is for a view that has less than the meter. That is no evidence
// against the meter; it means that the view's counts are lower bounds.
func (c *comparison) explainLess(isTelemetry bool) {
	if c.in.Killed {
		c.explain(whyKilled)
	}
	if isTelemetry && (c.seen.gap || c.in.DecodeErrors > 0 || c.in.ReceiverLossy) {
		c.explain(whyLossy)
	}
	if c.in.Agent != nil && c.in.Agent.TerminalReason == "budget_exhausted" {
		c.explain(whyBudget)
	}
	if c.t.Flagged(baselines.FallbackModel) {
		c.explain(whyFallback)
	}
	if isTelemetry {
		flag(c.t, baselines.TelemetryLossy)
	}
}

// blameMeter is for a view that has more tokens than the meter. Requests that
// were cut can explain that, but only as much input as they can have had: what
// is known of it, and twice the estimate by size, which is right within a factor
// of two.
func (c *comparison) blameMeter(cut []request, moreInput int64) {
	var most int64
	for _, r := range cut {
		if r.Tokens != nil {
			most += inputSide(*r.Tokens)
		}
		most += 2 * r.EstimatedInput
	}
	if len(cut) == 0 || moreInput > most {
		flag(c.t, baselines.MeterMissed)
	}
}

// clientPrice compares the bill that the agent prints with the same tokens at our
// prices. A model that the agent says it priced as another explains a difference in
// that model's dollars. Nothing else does: then it is at other prices than ours, or
// has something in it that neither of the two counts of tokens shows.
func (c *comparison) clientPrice(agent []portion, our pricer) {
	if c.in.Agent == nil || c.in.Agent.TotalUSD == nil {
		return
	}
	printed, ours, known := *c.in.Agent.TotalUSD, 0.0, true
	guessed := make(map[string]bool) // models that the agent priced as another
	for _, p := range agent {
		if m := c.in.Agent.Models[p.model]; m.CostBasis == pricedAsAnother {
			c.explain(whyClientPrice)
			guessed[c.key(p.model)] = true
			printed -= m.USD
			continue
		}
		usd, _, why := our.dollars(p)
		ours += usd
		known = known && why == ""
	}
	metered, search, ok := c.meteredDollars(guessed)
	if len(agent) == 0 || !known && (!ok || len(c.ledger) == 0) {
		return // nothing to compare with, and the trial says which price is missing
	}
	same := func(x, y float64) bool { return math.Abs(x-y) <= 0.001*y+1e-6 }
	if !(known && (same(printed, ours) || same(printed, ours+search))) && !(ok && same(printed, metered)) {
		flag(c.t, baselines.BillDiffers)
	}
}

// meteredDollars are those of complete answers, and of the web searches in them,
// without the models that the agent prices as others. ok is false when one has no
// price.
func (c *comparison) meteredDollars(guessed map[string]bool) (usd, search float64, ok bool) {
	ok = true
	for _, r := range c.ledger {
		if !r.answered() || guessed[c.key(r.Model)] {
			continue
		}
		if r.USD == nil {
			ok = false
			continue
		}
		usd += *r.USD
		each, _ := c.in.table().ToolUSD(prices.WebSearch, r.model(), r.Time)
		search += each * float64(r.WebSearch)
	}
	return usd, search, ok
}
