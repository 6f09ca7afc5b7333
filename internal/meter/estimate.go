package meter

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/prices"
)

// Estimate is what a request that was cut may have cost.
type Estimate struct {
	Tokens    baselines.Tokens // reported and estimated
	USD       float64          // price of Tokens and server tools, in US dollars
	Low, High float64          // bounds of USD: what is known, and what the estimates allow

	// Missing says why there is no price, as [Entry.Unpriced] does; empty: there is.
	Missing []string
}

// Estimates says of each of a trial's requests that were cut, or have no finished
// line, what it may have cost, by its number. All of the trial's lines are needed,
// in any order. They decide the estimates, and not the order in which answers ended
// or what other trials did, so that the same ledger gives the same dollars later.
//
// Output is estimated from what was streamed (see [outputOf]), the prompt of a
// request that got no answer from the request before it (see [promptOf]).
func Estimates(lines []Entry, t *prices.Table) map[int]Estimate {
	requests := joined(lines)
	estimates := make(map[int]Estimate)
	for _, r := range requests {
		if !r.Cut && r.Kind == Finished {
			continue
		}
		if r.Tokens != nil {
			estimates[r.Request] = r.withOutput(requests, t)
		} else {
			estimates[r.Request] = r.withPrompt(requests, t)
		}
	}
	return estimates
}

// joinedRequest is one request: its finished line, or the started one when nothing
// followed.
type joinedRequest struct {
	Entry
	start time.Time
}

// joined are the requests, sorted by number.
func joined(lines []Entry) []joinedRequest {
	byNumber := make(map[int]joinedRequest)
	for _, e := range lines {
		r, known := byNumber[e.Request]
		switch {
		case e.Kind == Finished:
			r.Entry = e
			if r.start.IsZero() {
				r.start = e.Time.Add(-time.Duration(e.Seconds * float64(time.Second)))
			}
		case known:
			r.start = e.Time
		default:
			r = joinedRequest{Entry: e, start: e.Time}
		}
		byNumber[e.Request] = r
	}
	out := make([]joinedRequest, 0, len(byNumber))
	for _, r := range byNumber {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b joinedRequest) int { return cmp.Compare(a.Request, b.Request) })
	return out
}

// answered reports whether the usage of a whole answer is known.
func (r joinedRequest) answered() bool { return r.Kind == Finished && !r.Cut && r.Tokens != nil }

// withOutput is the estimate of a request whose answer told its prompt.
func (r joinedRequest) withOutput(requests []joinedRequest, t *prices.Table) Estimate {
	usd, _, missing := r.bill(t)
	rate, none := t.RateOn(r.pricedModel(), r.terms(*r.Tokens))
	if none != nil && len(missing) == 0 {
		missing = []string{"model " + none.Model}
	}
	out := outputOf(r, requests)
	more := func(tokens int64) float64 {
		return usd + rate.USD(baselines.Tokens{Output: max(0, tokens-r.Tokens.Output)})
	}
	e := Estimate{Tokens: *r.Tokens, USD: more(out.tokens), Low: more(out.low), High: more(out.high), Missing: missing}
	e.Tokens.Output = max(out.tokens, r.Tokens.Output)
	return e
}

// withPrompt is the estimate of a request of which nothing was reported. It may not
// have been run, which would have cost nothing; or nothing of its prompt was in the
// cache.
func (r joinedRequest) withPrompt(requests []joinedRequest, t *prices.Table) Estimate {
	prompt, terms := promptOf(r, requests)
	terms.At = r.Time
	rate, none := t.RateOn(r.Model, terms)
	if none != nil {
		missing := none.Term
		if missing == "" {
			missing = "model " + none.Model
		}
		return Estimate{Missing: []string{missing}}
	}
	out := outputOf(r, requests)
	e := Estimate{Tokens: prompt}
	e.Tokens.Output = out.tokens
	e.USD = rate.USD(e.Tokens)
	uncached, written := baselines.Tokens{Input: inputSide(prompt)}, prompt
	written.CacheRead = 0
	if prompt.CacheWrite1h > 0 {
		written.CacheWrite1h += prompt.CacheRead
	} else {
		written.CacheWrite5m += prompt.CacheRead
	}
	e.High = max(rate.USD(uncached), rate.USD(written)) + rate.USD(baselines.Tokens{Output: out.high})
	return e
}

// outputEstimate is a number of output tokens with its bounds.
type outputEstimate struct{ tokens, low, high int64 }

// The pinned table: bytes that a token of output has, by kind of content, and by
// what factor an estimate with it may be wrong either way. Four is the usual
// number for English text; JSON with code has more tokens.
const (
	textBytes      = 4.0
	thinkingBytes  = 4.0
	toolInputBytes = 3.0
	pinnedFactor   = 2.0
)

// pinnedOutput are the tokens of what was streamed, by the pinned table.
func (s *Streamed) pinnedOutput() float64 {
	if s == nil {
		return 0
	}
	return float64(s.Text)/textBytes + float64(s.Thinking)/thinkingBytes + float64(s.ToolInput)/toolInputBytes
}

const (
	leastOutput = 20.0 // tokens by the pinned table, from which on an answer tells how good it is
	leastSpread = 1.25 // by what factor an estimate after few answers may be wrong either way
)

// outputOf estimates the output of a request that was cut: what was streamed by the
// pinned table, times how wrong that table was for the whole answers of the same
// model in the same trial. That holds thinking of which only a summary is streamed,
// too. Its bounds are the answers for which the table was most wrong.
func outputOf(r joinedRequest, requests []joinedRequest) outputEstimate {
	pinned := r.Streamed.pinnedOutput()
	scale, low, high := 1.0, 1/pinnedFactor, pinnedFactor
	var reported, expected float64
	for _, other := range requests {
		p := other.Streamed.pinnedOutput()
		if !other.answered() || len(other.Parts) > 0 || p < leastOutput || !sameBase(other.billedModel(), r.billedModel()) {
			continue
		}
		ratio := float64(other.Tokens.Output) / p
		if expected == 0 {
			low, high = ratio, ratio
		}
		low, high = min(low, ratio), max(high, ratio)
		reported, expected = reported+float64(other.Tokens.Output), expected+p
	}
	if expected > 0 {
		scale = reported / expected
		low, high = min(low, scale/leastSpread), max(high, scale*leastSpread)
	}
	known := int64(0)
	if r.Tokens != nil {
		known = r.Tokens.Output
	}
	tokens := func(factor float64) int64 { return max(known, int64(math.Round(factor*pinned))) }
	return outputEstimate{tokens(scale), tokens(low), tokens(high)}
}

// How long the API keeps what was written to the cache, from its last use.
const (
	cacheFor     = 5 * time.Minute
	longCacheFor = time.Hour
)

// promptOf estimates the prompt of a request of which nothing was reported: as large
// as its body is, by what the bodies of the request before it in the same thread
// came to; what that one read from and wrote to the cache is read again while the
// cache is kept, and the rest is written, if that one used the cache at all. Its
// terms are that one's, too. Without such a request nothing is taken to be cached.
func promptOf(r joinedRequest, requests []joinedRequest) (prompt baselines.Tokens, terms prices.Terms) {
	size := float64(r.EstimatedInput)
	before, ok := requestBefore(r, requests)
	if !ok {
		prompt.Input = r.EstimatedInput
		return prompt, prices.Terms{Prompt: r.EstimatedInput}
	}
	known := before.promptPart()
	if before.EstimatedInput > 0 {
		const most = 4 // images and text that is not English
		size *= min(most, max(1.0/most, float64(inputSide(known))/float64(before.EstimatedInput)))
	}
	total := int64(math.Round(size))
	cached := known.CacheRead + known.CacheWrite5m + known.CacheWrite1h
	kept := cacheFor
	if known.CacheWrite1h > 0 {
		kept = longCacheFor
	}
	if r.start.Sub(before.Time) <= kept {
		prompt.CacheRead = min(cached, total)
	}
	rest := total - prompt.CacheRead
	switch {
	case cached == 0:
		prompt.Input = rest
	case known.CacheWrite1h > 0:
		prompt.Input = min(known.Input, rest)
		prompt.CacheWrite1h = rest - prompt.Input
	default:
		prompt.Input = min(known.Input, rest)
		prompt.CacheWrite5m = rest - prompt.Input
	}
	return prompt, prices.Terms{Prompt: total, Tier: before.Tier, Speed: before.Speed, Geo: before.Geo}
}

// promptPart are the tokens of the answer's last own sampling, whose prompt is the
// one that the next request goes on from.
func (r joinedRequest) promptPart() baselines.Tokens {
	for _, p := range slices.Backward(r.Parts) {
		if partKinds[p.Kind] {
			return p.Tokens
		}
	}
	return *r.Tokens
}

// requestBefore is the last request of the same thread and model that was answered
// when r began.
func requestBefore(r joinedRequest, requests []joinedRequest) (before joinedRequest, ok bool) {
	for _, other := range requests { // by number, so that the later of two at one time is taken
		if other.answered() && other.AgentID == r.AgentID && other.SessionID == r.SessionID && sameBase(other.Model, r.Model) &&
			!other.Time.After(r.start) && (!ok || !other.Time.Before(before.Time)) {
			before, ok = other, true
		}
	}
	return before, ok
}

func sameBase(a, b string) bool { return prices.BaseName(a) == prices.BaseName(b) }
