package baselines

import "slices"

// quickTrial reads a trial's line; ok is false where encoding/json must do it. The
// trial is valid until the next call.
func (d *decoder) quickTrial(text []byte) (t *Trial, ok bool) {
	d.trialLine, d.trialRead = quick{text: text, d: d}, Trial{}
	q := &d.trialLine
	ok = object(q, &d.trialRead, trialMembers)
	q.space()
	return &d.trialRead, ok && q.at == len(text)
}

// The members of a trial and of its parts. A test reads the structs' own tags and
// fails for a field that is not here.
var (
	trialMembers = membersOf(
		member[Trial]{"seq", func(q *quick, t *Trial) bool { return q.int(&t.Seq) }},
		member[Trial]{"task", func(q *quick, t *Trial) bool { return q.once(&t.Task) }},
		member[Trial]{"attempt", func(q *quick, t *Trial) bool { return q.int(&t.Attempt) }},
		member[Trial]{"try", func(q *quick, t *Trial) bool { return q.int(&t.Try) }},
		member[Trial]{"ended", func(q *quick, t *Trial) bool {
			return q.once((*string)(&t.Ended)) && slices.Contains(AllEnded, t.Ended)
		}},
		member[Trial]{"reason", func(q *quick, t *Trial) bool { return q.string(&t.Reason) }},
		member[Trial]{"solved", func(q *quick, t *Trial) bool { return optional(q, &t.Solved, (*quick).bool) }},
		member[Trial]{"image", func(q *quick, t *Trial) bool { return q.once(&t.Image) }},
		member[Trial]{"started", func(q *quick, t *Trial) bool { return q.time(&t.Started) }},
		member[Trial]{"session_id", func(q *quick, t *Trial) bool { return q.string(&t.SessionID) }},
		member[Trial]{"seconds", func(q *quick, t *Trial) bool { return object(q, &t.Seconds, secondsMembers) }},
		member[Trial]{"cost_usd", func(q *quick, t *Trial) bool { return optional(q, &t.CostUSD, quickCost) }},
		member[Trial]{"tokens", func(q *quick, t *Trial) bool { return optional(q, &t.Tokens, quickTokens) }},
		member[Trial]{"models", func(q *quick, t *Trial) bool { return table(q, &t.Models, quickModel) }},
		member[Trial]{"usd_by_kind", func(q *quick, t *Trial) bool { return optional(q, &t.USDByKind, quickByKind) }},
		member[Trial]{"over_limit_usd", func(q *quick, t *Trial) bool { return optional(q, &t.OverLimitUSD, (*quick).float) }},
		member[Trial]{"unfinished", func(q *quick, t *Trial) bool { return optional(q, &t.Unfinished, quickUnfinished) }},
		member[Trial]{"unpriced", func(q *quick, t *Trial) bool { return table(q, &t.Unpriced, (*quick).int) }},
		member[Trial]{"requests", func(q *quick, t *Trial) bool { return optional(q, &t.Requests, (*quick).int) }},
		member[Trial]{"retries", func(q *quick, t *Trial) bool { return optional(q, &t.Retries, (*quick).int) }},
		member[Trial]{"tool_calls", func(q *quick, t *Trial) bool { return optional(q, &t.ToolCalls, (*quick).int) }},
		member[Trial]{"tool_errors", func(q *quick, t *Trial) bool { return optional(q, &t.ToolErrors, (*quick).int) }},
		member[Trial]{"lines", func(q *quick, t *Trial) bool { return optional(q, &t.Lines, quickLines) }},
		member[Trial]{"errors", func(q *quick, t *Trial) bool { return list(q, &t.Errors, quickError) }},
		member[Trial]{"network_refused", func(q *quick, t *Trial) bool { return optional(q, &t.NetworkRefused, quickRefused) }},
		member[Trial]{"hosts_asked", func(q *quick, t *Trial) bool { return optional(q, &t.HostsAsked, quickAsked) }},
		member[Trial]{"sources", func(q *quick, t *Trial) bool { return q.sources(&t.Sources) }},
		member[Trial]{"agreement", func(q *quick, t *Trial) bool { return optional(q, &t.Agreement, quickAgreement) }},
		member[Trial]{"flags", func(q *quick, t *Trial) bool { return list(q, &t.Flags, quickFlag) }},
		member[Trial]{"tampered", func(q *quick, t *Trial) bool { return list(q, &t.Tampered, (*quick).once) }},
		member[Trial]{"answers_fetched", func(q *quick, t *Trial) bool { return list(q, &t.AnswersFetched, (*quick).once) }},
	)
	secondsMembers = membersOf(
		member[Seconds]{"setup", func(q *quick, s *Seconds) bool { return q.float(&s.Setup) }},
		member[Seconds]{"agent", func(q *quick, s *Seconds) bool { return q.float(&s.Agent) }},
		member[Seconds]{"verify", func(q *quick, s *Seconds) bool { return q.float(&s.Verify) }},
		member[Seconds]{"queue", func(q *quick, s *Seconds) bool { return q.float(&s.Queue) }},
		member[Seconds]{"image", func(q *quick, s *Seconds) bool { return q.float(&s.Image) }},
		member[Seconds]{"create", func(q *quick, s *Seconds) bool { return q.float(&s.Create) }},
		member[Seconds]{"remove", func(q *quick, s *Seconds) bool { return q.float(&s.Remove) }},
		member[Seconds]{"stop", func(q *quick, s *Seconds) bool { return q.float(&s.Stop) }},
		member[Seconds]{"total", func(q *quick, s *Seconds) bool { return q.float(&s.Total) }},
		member[Seconds]{"active", func(q *quick, s *Seconds) bool { return optional(q, &s.Active, (*quick).float) }},
		member[Seconds]{"rate_limited", func(q *quick, s *Seconds) bool { return q.float(&s.RateLimited) }},
	)
	costMembers = membersOf(
		member[CostUSD]{"main", func(q *quick, c *CostUSD) bool { return q.float(&c.Main) }},
		member[CostUSD]{"subagent", func(q *quick, c *CostUSD) bool { return q.float(&c.Subagent) }},
		member[CostUSD]{"auxiliary", func(q *quick, c *CostUSD) bool { return q.float(&c.Auxiliary) }},
		member[CostUSD]{"unfinished", func(q *quick, c *CostUSD) bool { return q.float(&c.Unfinished) }},
	)
	byKindMembers = membersOf(
		member[USDByKind]{"compared", func(q *quick, u *USDByKind) bool { return quickKinds(q, &u.Compared) }},
		member[USDByKind]{"auxiliary", func(q *quick, u *USDByKind) bool { return optional(q, &u.Auxiliary, quickKinds) }},
	)
	kindMembers = membersOf(
		member[KindUSD]{"input", func(q *quick, k *KindUSD) bool { return q.float(&k.Input) }},
		member[KindUSD]{"output", func(q *quick, k *KindUSD) bool { return q.float(&k.Output) }},
		member[KindUSD]{"cache_read", func(q *quick, k *KindUSD) bool { return q.float(&k.CacheRead) }},
		member[KindUSD]{"cache_write_5m", func(q *quick, k *KindUSD) bool { return q.float(&k.CacheWrite5m) }},
		member[KindUSD]{"cache_write_1h", func(q *quick, k *KindUSD) bool { return q.float(&k.CacheWrite1h) }},
		member[KindUSD]{"web_search", func(q *quick, k *KindUSD) bool { return q.float(&k.WebSearch) }},
		member[KindUSD]{"web_fetch", func(q *quick, k *KindUSD) bool { return q.float(&k.WebFetch) }},
		member[KindUSD]{"code_execution", func(q *quick, k *KindUSD) bool { return q.float(&k.CodeExecution) }},
		member[KindUSD]{"estimated", func(q *quick, k *KindUSD) bool { return q.float(&k.Estimated) }},
	)
	unfinishedMembers = membersOf(
		member[UnfinishedRequests]{"requests", func(q *quick, u *UnfinishedRequests) bool { return q.int(&u.Requests) }},
		member[UnfinishedRequests]{"low_usd", func(q *quick, u *UnfinishedRequests) bool { return q.float(&u.LowUSD) }},
		member[UnfinishedRequests]{"high_usd", func(q *quick, u *UnfinishedRequests) bool { return q.float(&u.HighUSD) }},
		member[UnfinishedRequests]{"output_tokens", func(q *quick, u *UnfinishedRequests) bool { return q.int64(&u.OutputTokens) }},
	)
	tokensMembers = membersOf(
		member[Tokens]{"input", func(q *quick, t *Tokens) bool { return q.int64(&t.Input) }},
		member[Tokens]{"output", func(q *quick, t *Tokens) bool { return q.int64(&t.Output) }},
		member[Tokens]{"cache_read", func(q *quick, t *Tokens) bool { return q.int64(&t.CacheRead) }},
		member[Tokens]{"cache_write_5m", func(q *quick, t *Tokens) bool { return q.int64(&t.CacheWrite5m) }},
		member[Tokens]{"cache_write_1h", func(q *quick, t *Tokens) bool { return q.int64(&t.CacheWrite1h) }},
	)
	modelMembers = membersOf(
		member[Model]{"role", func(q *quick, m *Model) bool { return q.once((*string)(&m.Role)) }},
		member[Model]{"requests", func(q *quick, m *Model) bool { return q.int(&m.Requests) }},
		member[Model]{"cost_usd", func(q *quick, m *Model) bool { return optional(q, &m.CostUSD, (*quick).float) }},
		member[Model]{"tokens", func(q *quick, m *Model) bool { return quickTokens(q, &m.Tokens) }},
	)
	linesMembers = membersOf(
		member[Lines]{"added", func(q *quick, l *Lines) bool { return q.int64(&l.Added) }},
		member[Lines]{"removed", func(q *quick, l *Lines) bool { return q.int64(&l.Removed) }},
		member[Lines]{"kept", func(q *quick, l *Lines) bool { return optional(q, &l.Kept, (*quick).int64) }},
	)
	errorMembers = membersOf(
		member[SpanError]{"span", func(q *quick, e *SpanError) bool { return q.once(&e.Span) }},
		member[SpanError]{"tool", func(q *quick, e *SpanError) bool { return q.once(&e.Tool) }},
		member[SpanError]{"error", func(q *quick, e *SpanError) bool { return q.string(&e.Error) }},
		member[SpanError]{"seconds", func(q *quick, e *SpanError) bool { return q.float(&e.Seconds) }},
	)
	refusedMembers = membersOf(
		member[NetworkRefused]{"packets", func(q *quick, r *NetworkRefused) bool { return q.int64(&r.Packets) }},
		member[NetworkRefused]{"to", func(q *quick, r *NetworkRefused) bool { return list(q, &r.To, (*quick).once) }},
	)
	askedMembers = membersOf(
		member[HostsAsked]{"names", func(q *quick, a *HostsAsked) bool { return list(q, &a.Names, (*quick).once) }},
		member[HostsAsked]{"more", func(q *quick, a *HostsAsked) bool { return q.int64(&a.More) }},
		member[HostsAsked]{"lost", func(q *quick, a *HostsAsked) bool { return q.int64(&a.Lost) }},
	)
	agreementMembers = membersOf(
		member[Agreement]{"meter_usd", func(q *quick, a *Agreement) bool { return optional(q, &a.MeterUSD, (*quick).float) }},
		member[Agreement]{"telemetry_usd", func(q *quick, a *Agreement) bool { return optional(q, &a.TelemetryUSD, (*quick).float) }},
		member[Agreement]{"agent_usd", func(q *quick, a *Agreement) bool { return optional(q, &a.AgentUSD, (*quick).float) }},
		member[Agreement]{"explained", func(q *quick, a *Agreement) bool { return q.once(&a.Explained) }},
	)
)

func quickUnfinished(q *quick, u *UnfinishedRequests) bool { return object(q, u, unfinishedMembers) }

func quickByKind(q *quick, u *USDByKind) bool       { return object(q, u, byKindMembers) }
func quickKinds(q *quick, k *KindUSD) bool          { return object(q, k, kindMembers) }
func quickCost(q *quick, c *CostUSD) bool           { return object(q, c, costMembers) }
func quickTokens(q *quick, t *Tokens) bool          { return object(q, t, tokensMembers) }
func quickModel(q *quick, m *Model) bool            { return object(q, m, modelMembers) }
func quickLines(q *quick, l *Lines) bool            { return object(q, l, linesMembers) }
func quickError(q *quick, e *SpanError) bool        { return object(q, e, errorMembers) }
func quickRefused(q *quick, r *NetworkRefused) bool { return object(q, r, refusedMembers) }
func quickAsked(q *quick, a *HostsAsked) bool       { return object(q, a, askedMembers) }
func quickAgreement(q *quick, a *Agreement) bool    { return object(q, a, agreementMembers) }
func quickFlag(q *quick, f *Flag) bool              { return q.once((*string)(f)) }

// mostSources is how many different maps of sources are remembered. A run has a
// few.
const mostSources = 100

// sources reads the map of sources, which is nearly the same in all trials of a
// run: those whose texts are equal share one.
func (q *quick) sources(into *map[string]string) bool {
	q.space()
	from := q.at
	end := from
	for end < len(q.text) && q.text[end] != '}' {
		end++
	}
	if have, known := q.d.sources[string(q.text[from:end])]; known && end < len(q.text) {
		*into, q.at = have, end+1
		return true
	}
	ok := table(q, into, (*quick).once)
	if ok && q.at == end+1 && len(q.d.sources) < mostSources {
		q.d.sources[string(q.text[from:end])] = *into
	}
	return ok
}
