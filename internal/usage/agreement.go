package usage

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/prices"
)

// The words of Agreement.Explained, in the order in which they are given.
const (
	whyKilled      = "killed"          // what was in flight is lost
	whyLossy       = "lossy_telemetry" // a payload was refused, lost or unreadable
	whyNested      = "nested_agent"    // another session went through the meter
	whyBudget      = "agent_budget"    // the request that crosses the agent's own budget is missing
	whyCut         = "cut_requests"    // each view counts a broken answer in its own way
	whyFallback    = "fallback"        // the agent went on with another model
	whyOtherModel  = "other_model"     // the API answered with another model than the agent counted
	whyWebSearch   = "web_search"      // billed by the meter apart from tokens
	whyClientPrice = "client_price"    // the agent's printed dollars are not at our prices
)

var whyOrder = []string{whyKilled, whyLossy, whyNested, whyBudget, whyCut, whyFallback, whyOtherModel, whyWebSearch, whyClientPrice}

// fillAgreement sets the three views side by side.
//
// Dollars are at our prices, from each view's tokens; the meter's are the
// trial's whole cost. What is compared is tokens, per model asked for: whole
// answers of the agent's own sessions on the meter's side. Where another view
// has less, it lost something; where it has more, the meter did, unless
// requests were cut: a client estimates what those cost.
func fillAgreement(t *baselines.Trial, in Input, ledger []request, seen telemetry, agent []portion) {
	c := comparison{t: t, in: in, ledger: ledger, seen: seen}
	var a baselines.Agreement
	if len(ledger) > 0 && t.CostUSD != nil {
		usd := t.CostUSD.Total()
		a.MeterUSD = &usd
	}
	a.TelemetryUSD = in.bill(seen.tokens)
	a.AgentUSD = in.bill(agent)

	c.dollars()
	c.missed()
	c.compare(seen.tokens, true)
	c.compare(agent, false)
	c.clientPrice(a.AgentUSD)
	if a == (baselines.Agreement{}) && len(c.why) == 0 {
		return
	}
	a.Explained = c.explained()
	t.Agreement = &a
}

// bill is what the portions cost at our prices; nil when there are none, or a
// model has no price.
func (in Input) bill(ps []portion) *float64 {
	if len(ps) == 0 {
		return nil
	}
	var sum float64
	for _, p := range ps {
		usd, ok := in.price(p.model, p.at, p.tokens)
		if !ok {
			return nil
		}
		sum += usd
	}
	return &sum
}

// comparison collects why views differ.
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

// dollars explains dollars that differ though tokens agree.
func (c *comparison) dollars() {
	if c.t.Flagged(baselines.OtherModel) {
		c.explain(whyOtherModel)
	}
	if slices.ContainsFunc(c.ledger, request.cut) {
		c.explain(whyCut)
	}
	if slices.ContainsFunc(c.ledger, func(r request) bool { return r.WebSearch > 0 }) {
		c.explain(whyWebSearch)
	}
}

// missed looks for requests that the agent tells of by id and the meter never
// saw. It can only be told when the API gives every answer an id.
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

// compare holds a view's tokens against the meter's.
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
	if c.t.Flagged(baselines.OtherModel) {
		return ""
	}
	return prices.BaseName(model)
}

// meterView is the meter's whole answers by model, of the sessions that the
// other views tell of, and the requests that were cut. Other sessions are
// explained apart: an agent that the agent starts in its shell goes through
// the meter and sends no telemetry.
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
		case r.answered():
			view[c.key(r.Model)] = view[c.key(r.Model)].Add(*r.Tokens)
		}
	}
	return view, cut
}

// difference says whether b has less or more than a of any kind of token of
// any model, and how much more input in all.
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

// explainLess is for a view that has less than the meter. It proves nothing
// against the meter, but its counts are lower bounds.
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

// blameMeter is for a view that has more than the meter. Requests that were
// cut explain it, as far as they can have had that much input: estimates by
// size are within a factor of two.
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

// clientPrice notes that the bill the agent prints is at other prices.
func (c *comparison) clientPrice(atOurs *float64) {
	if c.in.Agent == nil {
		return
	}
	for _, m := range c.in.Agent.Models {
		if m.CostBasis == "unknown" {
			c.explain(whyClientPrice)
			return
		}
	}
	if printed := c.in.Agent.TotalUSD; printed != nil && atOurs != nil && math.Abs(*printed-*atOurs) > 0.001**atOurs+1e-9 {
		c.explain(whyClientPrice)
	}
}
