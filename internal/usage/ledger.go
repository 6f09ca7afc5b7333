package usage

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
)

// request is one model request, its two ledger lines put together: the
// finished line, or the started one when nothing followed.
type request struct {
	meter.Entry
	start time.Time
	role  baselines.Role
}

// answered reports whether a whole answer arrived, also one whose usage could not
// be read.
func (r request) answered() bool {
	return r.Kind == meter.Finished && !r.Cut && (r.Tokens != nil || len(r.Unknown) > 0)
}

// cut reports whether the request was sent and its usage is not fully known.
func (r request) cut() bool { return r.Kind == meter.Started || r.Cut }

// model is the model that answered, else the one that was asked.
func (r request) model() string { return cmp.Or(r.Answered, r.Model) }

// readLedger joins the two lines of each request and sorts the requests by
// number. Lines may come in any order.
func readLedger(in Input, seen telemetry) []request {
	byNumber := make(map[int]request)
	for _, e := range in.Ledger {
		r, ok := byNumber[e.Request]
		switch {
		case !ok:
			r = request{Entry: e, start: e.Time}
			if e.Kind == meter.Finished {
				r.start = e.Time.Add(-time.Duration(e.Seconds * float64(time.Second)))
			}
		case e.Kind == meter.Started:
			r.start = e.Time
		default:
			r.Entry = e
		}
		byNumber[e.Request] = r
	}
	var out []request
	for _, r := range byNumber {
		r.role = roleOf(r, in, seen)
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b request) int { return cmp.Compare(a.Request, b.Request) })
	return out
}

// roleOf is the request's role by the ledger, corrected by telemetry in one case:
// the model that the agent falls back to, or compacts with, may be on its
// small-model list, and then the request alone looks like housekeeping. When
// telemetry says of the same request id that it was main work, it was.
func roleOf(r request, in Input, seen telemetry) baselines.Role {
	role := r.Role(in.Model, in.SmallModels)
	if role == baselines.RoleAuxiliary && r.RequestID != "" && seen.mainRequests[r.RequestID] {
		return baselines.RoleMain
	}
	return role
}

// fillFromMeter adds up every request. The cost of a cut one is Unfinished,
// known in part and estimated for the rest, except that of housekeeping, which stays
// Auxiliary. Its reported tokens are in Tokens and Models; estimated ones are not.
func fillFromMeter(t *baselines.Trial, in Input, ledger []request) {
	var cost baselines.CostUSD
	var tokens baselines.Tokens
	var answered int
	models := make(models)
	var split byKind
	known := true
	estimates := meter.Estimates(in.Ledger, in.table())
	for _, r := range ledger {
		usd, ok := billed(r, estimates)
		known = known && ok
		split.add(r.role, kindsOf(r, usd, in.table()))
		switch {
		case r.role == baselines.RoleAuxiliary:
			cost.Auxiliary += usd
		case r.cut():
			cost.Unfinished += usd
			addUnfinished(t, r, estimates[r.Request], usd)
		case r.role == baselines.RoleSubagent:
			cost.Subagent += usd
		default:
			cost.Main += usd
		}
		if r.cut() {
			flag(t, baselines.Unfinished)
		}
		if r.answered() {
			answered++
		}
		if r.Tokens != nil {
			tokens = tokens.Add(*r.Tokens)
		}
		models.addRequest(r)
		if !ok {
			why := estimates[r.Request].Missing
			if !r.cut() {
				why = r.Unpriced(in.table())
			}
			explainUnpriced(t, why)
		}
	}
	if known {
		t.CostUSD, t.USDByKind = &cost, split.all()
		source(t, "cost_usd", fromMeter)
	} else {
		t.CostUSD, t.USDByKind = nil, nil
		flag(t, baselines.CostUnknown)
	}
	t.Tokens, t.Models, t.Requests = &tokens, models, &answered
	for _, group := range []string{"tokens", "models", "requests", "retries", "seconds.rate_limited"} {
		source(t, group, fromMeter)
	}
	again, waited := waits(ledger)
	t.Retries, t.Seconds.RateLimited = &again, waited.Seconds()
	flagModels(t, in, ledger)
}

// billed is what the request cost, and whether that is known. A request that
// was refused, or failed before it was answered, costs nothing. One that was cut and
// has no estimate, as the table lacks its model, costs what its line says.
func billed(r request, estimates map[int]meter.Estimate) (usd float64, known bool) {
	estimate, cut := estimates[r.Request]
	switch {
	case cut && len(estimate.Missing) == 0:
		return estimate.USD, true
	case r.USD != nil:
		return *r.USD, true
	default:
		return 0, !cut && r.Tokens == nil && len(r.Unknown) == 0
	}
}

// addUnfinished adds a request to what the trial tells of those that were cut.
func addUnfinished(t *baselines.Trial, r request, e meter.Estimate, usd float64) {
	if t.Unfinished == nil {
		t.Unfinished = new(baselines.UnfinishedRequests)
	}
	u := t.Unfinished
	u.Requests++
	if len(e.Missing) > 0 {
		e.Low, e.High = usd, usd
	}
	u.LowUSD += e.Low
	u.HighUSD += e.High
	u.OutputTokens += e.Tokens.Output
	if r.Tokens != nil && len(e.Missing) == 0 {
		u.OutputTokens -= r.Tokens.Output
	}
}

// explainUnpriced notes why a request's cost is not known.
func explainUnpriced(t *baselines.Trial, why []string) {
	if t.Unpriced == nil {
		t.Unpriced = make(map[string]int)
	}
	for _, what := range why {
		t.Unpriced[what]++
		if !strings.HasPrefix(what, "model ") {
			flag(t, baselines.UsageUnknown)
		}
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
