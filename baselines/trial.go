package baselines

import "time"

// Trial is one try of one attempt of the run's variant at one task.
type Trial struct {
	// Seq is the trial's place in the order fixed before the run, from 1.
	// All tries of one attempt share it; in a gate the candidate's and the
	// baseline's trial of one (task, attempt) share it too.
	Seq     int    `json:"seq"`
	Task    string `json:"task"`
	Attempt int    `json:"attempt"` // from 1
	Try     int    `json:"try"`     // from 1; above 1 after an infrastructure error, or failed builds of the task's image

	Ended  Ended  `json:"ended"`
	Reason string `json:"reason"` // one sentence when Ended needs one, else empty

	// Solved is what the task's tests said; nil when they gave no answer.
	Solved *bool `json:"solved,omitempty"`

	// Image is the engine's ID or digest of the image that the trial ran in: recorded,
	// not compared, as [Task.Image]. Empty in older files, and of a trial that failed
	// because its task's image could not be had.
	Image string `json:"image,omitempty"`

	Started   time.Time `json:"started"`
	SessionID string    `json:"session_id,omitempty"`
	Seconds   Seconds   `json:"seconds"`

	CostUSD *CostUSD         `json:"cost_usd,omitempty"`
	Tokens  *Tokens          `json:"tokens,omitempty"` // all roles together
	Models  map[string]Model `json:"models,omitempty"` // by the model that answered

	// USDByKind is CostUSD by what was billed. Nil: nothing was asked, CostUSD is not
	// known or rests on dollars that only the agent knows, or the file is older.
	USDByKind *USDByKind `json:"usd_by_kind,omitempty"`

	// OverLimitUSD is by how many US dollars CostUSD exceeds the trial's limit
	// ([Limits.USDPerTrial]): the last request that was let in costs what it costs.
	// Nil: it does not, there is no limit, the cost is not known, or the file is older.
	OverLimitUSD *float64 `json:"over_limit_usd,omitempty"`

	// Unfinished is about the requests behind CostUSD.Unfinished; nil: there are
	// none, or the file is older than these estimates.
	Unfinished *UnfinishedRequests `json:"unfinished,omitempty"`

	// Unpriced says why the trial has no CostUSD: what of the usage of its model
	// requests is not known ("usage.audio_tokens") or has no price ("speed=fast",
	// "model our-model"), and in how many requests.
	Unpriced map[string]int `json:"unpriced,omitempty"`

	Requests   *int   `json:"requests,omitempty"`    // model requests that were answered
	Retries    *int   `json:"retries,omitempty"`     // model requests sent again after an error
	ToolCalls  *int   `json:"tool_calls,omitempty"`  // tools the agent ran
	ToolErrors *int   `json:"tool_errors,omitempty"` // of those, how many failed
	Lines      *Lines `json:"lines,omitempty"`

	Errors []SpanError `json:"errors,omitempty"`

	// NetworkRefused is what the trial tried to reach and may not, agent and
	// tests together; nil: nothing, or nothing bounds its network.
	NetworkRefused *NetworkRefused `json:"network_refused,omitempty"`

	// HostsAsked are the hosts that the agent's programs asked for by name; nil: nobody
	// watched, or there was no network.
	HostsAsked *HostsAsked `json:"hosts_asked,omitempty"`

	// Sources says for each group of numbers where it came from: "meter",
	// "telemetry", "agent", "transcript", "network", or two of them, as in "transcript,
	// network". Trials that were read from a file
	// may share one map: replace it, do not change it.
	Sources   map[string]string `json:"sources,omitempty"`
	Agreement *Agreement        `json:"agreement,omitempty"`
	Flags     []Flag            `json:"flags,omitempty"`

	// Tampered is what the agent changed that the tests run through, each as
	// "PATH: what it is"; at most twenty, the gravest first. Empty unless the trial
	// is flagged [Tampered], [FreshDisagrees] or [FreshUnknown]. An agent chose the
	// paths.
	Tampered []string `json:"tampered,omitempty"`

	// AnswersFetched is where the agent went for the task's answer: "TOOL: PLACE",
	// "network: PLACE" when only the name of a host is known, or "shell: COMMAND" of
	// git; at most twenty, in the order in which they happened. Empty unless the trial
	// is flagged [AnswersFetched]. An agent wrote the commands.
	AnswersFetched []string `json:"answers_fetched,omitempty"`
}

// Seconds are wall-clock durations of the trial's phases, in seconds, except
// Active.
type Seconds struct {
	Setup  float64 `json:"setup"`
	Agent  float64 `json:"agent"`
	Verify float64 `json:"verify"`
	Total  float64 `json:"total"`

	// Queue is how long the trial was the next one to start and had to wait: for the
	// end of others, or for the model API's rate limits. It is not in Total. Zero in
	// older files.
	Queue float64 `json:"queue,omitempty"`

	// Image is how long the trial was the next one to start and its task's image was
	// still being built or pulled. It is neither in Queue nor in Total. Zero in older
	// files, whose runs had all images before their first trial.
	Image float64 `json:"image,omitempty"`

	// Create is the part of Setup in which the sandbox was made. Zero in older files.
	Create float64 `json:"create,omitempty"`

	// Stop is what ending the agent took, and Remove what removing the sandbox did.
	// Zero in older files, whose total has both, too; some have both in Stop.
	Stop   float64 `json:"stop,omitempty"`
	Remove float64 `json:"remove,omitempty"`

	// Active is the time the agent says it worked: tools and model, idle
	// excluded. It is work done, not time waited.
	Active *float64 `json:"active,omitempty"`

	// RateLimited is time spent waiting after the model API said 429 or 529.
	RateLimited float64 `json:"rate_limited"`
}

// CostUSD is money by role, in US dollars. A trial with a request that has no
// price has no CostUSD at all, but [Trial.Unpriced].
type CostUSD struct {
	Main     float64 `json:"main"`     // the variant's model, compaction, fallback answers
	Subagent float64 `json:"subagent"` // requests that carry an agent id

	// Auxiliary is the agent's own small-model housekeeping. Reported, never
	// compared.
	Auxiliary float64 `json:"auxiliary"`

	// Unfinished is what requests that were cut cost: what had been reported, and
	// an estimate of the rest (see [UnfinishedRequests]).
	Unfinished float64 `json:"unfinished"`
}

// Compared is what the gate compares: main, subagent and unfinished.
func (c CostUSD) Compared() float64 { return c.Main + c.Subagent + c.Unfinished }

// Total is every dollar, housekeeping included.
func (c CostUSD) Total() float64 { return c.Compared() + c.Auxiliary }

// UnfinishedRequests are a trial's model requests that were cut before their usage
// was complete, without the agent's housekeeping. Package meter says how their cost
// is estimated.
type UnfinishedRequests struct {
	Requests int     `json:"requests"`
	LowUSD   float64 `json:"low_usd"`  // the least that CostUSD.Unfinished may have been
	HighUSD  float64 `json:"high_usd"` // the most

	// OutputTokens are those that are estimated, besides what was reported. They
	// are in no other count of tokens.
	OutputTokens int64 `json:"output_tokens"`
}

// Tokens are counts by kind. Input excludes what was read from or written to
// the cache.
type Tokens struct {
	Input        int64 `json:"input"`
	Output       int64 `json:"output"`
	CacheRead    int64 `json:"cache_read"`
	CacheWrite5m int64 `json:"cache_write_5m"`
	CacheWrite1h int64 `json:"cache_write_1h"`
}

// Add returns the sum of both.
func (t Tokens) Add(u Tokens) Tokens {
	return Tokens{
		Input:        t.Input + u.Input,
		Output:       t.Output + u.Output,
		CacheRead:    t.CacheRead + u.CacheRead,
		CacheWrite5m: t.CacheWrite5m + u.CacheWrite5m,
		CacheWrite1h: t.CacheWrite1h + u.CacheWrite1h,
	}
}

// Total is the sum over kinds. It says little about the bill: most of it is
// cache reads, the cheapest kind.
func (t Tokens) Total() int64 {
	return t.Input + t.Output + t.CacheRead + t.CacheWrite5m + t.CacheWrite1h
}

// CacheUtilization is the share of the input side that was read from the
// cache, 0 to 1; ok is false when there was no input at all.
func (t Tokens) CacheUtilization() (share float64, ok bool) {
	in := t.Input + t.CacheRead + t.CacheWrite5m + t.CacheWrite1h
	if in == 0 {
		return 0, false
	}
	return float64(t.CacheRead) / float64(in), true
}

// Role says for whom an agent asked its model. Package meter says how a
// request's role is found.
type Role string

// The roles.
const (
	RoleMain      Role = "main"      // the task itself, compaction and fallback answers included
	RoleSubagent  Role = "subagent"  // an agent that the agent started
	RoleAuxiliary Role = "auxiliary" // the agent's housekeeping on a small model: titles, summaries
)

// Model is what one model answered in a trial.
type Model struct {
	Role     Role     `json:"role"` // RoleMain when the model had several
	Requests int      `json:"requests"`
	CostUSD  *float64 `json:"cost_usd,omitempty"` // absent when the model has no price
	Tokens   Tokens   `json:"tokens"`
}

// Lines are lines of code as the agent counts them (a new file with a final
// newline counts one more than it has). Kept is counted by us from the files
// themselves and absent when they were not compared.
type Lines struct {
	Added   int64  `json:"added"`
	Removed int64  `json:"removed"`
	Kept    *int64 `json:"kept,omitempty"`
}

// NetworkRefused is what a sandbox's network did not let out.
type NetworkRefused struct {
	Packets int64    `json:"packets"`      // one try to connect may be several
	To      []string `json:"to,omitempty"` // some of where to, the most first, as in "tcp 169.254.169.254:80"
}

// HostsAsked are the hosts that programs in a sandbox asked for by name while the agent
// worked: in queries for names, and as servers of TLS connections. Names that the
// network does not resolve are in [NetworkRefused].
type HostsAsked struct {
	Names []string `json:"names,omitempty"` // at most fifty, the first first: letters in lower case, digits and "-._"; all else is "?"
	More  int64    `json:"more,omitempty"`  // how many others; where there were more than a thousand, how often they were asked for
	Lost  int64    `json:"lost,omitempty"`  // packets that came too fast to be looked at
}

// SpanError is one failed operation the agent's telemetry tells of.
type SpanError struct {
	Span    string  `json:"span"`
	Tool    string  `json:"tool,omitempty"`
	Error   string  `json:"error"`
	Seconds float64 `json:"seconds"`
}

// Agreement holds the three views of the trial's bill, in US dollars at our
// prices. They are views of one thing and are never added up.
type Agreement struct {
	MeterUSD     *float64 `json:"meter_usd,omitempty"`
	TelemetryUSD *float64 `json:"telemetry_usd,omitempty"`
	AgentUSD     *float64 `json:"agent_usd,omitempty"`

	// Explained says why views differ when the reason is known (killed,
	// lossy receiver, fallback); empty when they agree or nothing explains it.
	Explained string `json:"explained"`
}

// IsSolved reports whether the task's tests said that it is solved. Tests that
// gave no answer (a nil Solved) did not say so.
func (t Trial) IsSolved() bool { return t.Solved != nil && *t.Solved }

// Flagged reports whether the trial carries the flag.
func (t Trial) Flagged(f Flag) bool {
	for _, have := range t.Flags {
		if have == f {
			return true
		}
	}
	return false
}

// Cost is what the gate compares, in US dollars; known is false when the
// trial's money is not known.
func (t Trial) Cost() (usd float64, known bool) {
	if t.CostUSD == nil {
		return 0, false
	}
	return t.CostUSD.Compared(), true
}
