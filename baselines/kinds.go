package baselines

// USDByKind is a trial's [CostUSD] by what was billed, each request at the price
// that it had: of its model, day, size of prompt, tier, speed and place.
type USDByKind struct {
	Compared  KindUSD  `json:"compared"`            // of CostUSD.Compared
	Auxiliary *KindUSD `json:"auxiliary,omitempty"` // of CostUSD.Auxiliary; nil: there was no housekeeping
}

// KindUSD are US dollars by kind of token and server tool.
type KindUSD struct {
	Input        float64 `json:"input"`
	Output       float64 `json:"output"`
	CacheRead    float64 `json:"cache_read"`
	CacheWrite5m float64 `json:"cache_write_5m"`
	CacheWrite1h float64 `json:"cache_write_1h"`

	// Tools that the model's server ran.
	WebSearch     float64 `json:"web_search,omitempty"`
	WebFetch      float64 `json:"web_fetch,omitempty"`
	CodeExecution float64 `json:"code_execution,omitempty"`

	// Estimated is what requests that were cut may have cost above what was reported
	// of them: its tokens are in no count.
	Estimated float64 `json:"estimated,omitempty"`
}

// Add returns the sum of both.
func (k KindUSD) Add(l KindUSD) KindUSD {
	return KindUSD{
		Input:         k.Input + l.Input,
		Output:        k.Output + l.Output,
		CacheRead:     k.CacheRead + l.CacheRead,
		CacheWrite5m:  k.CacheWrite5m + l.CacheWrite5m,
		CacheWrite1h:  k.CacheWrite1h + l.CacheWrite1h,
		WebSearch:     k.WebSearch + l.WebSearch,
		WebFetch:      k.WebFetch + l.WebFetch,
		CodeExecution: k.CodeExecution + l.CodeExecution,
		Estimated:     k.Estimated + l.Estimated,
	}
}

// Tools is what server tools cost.
func (k KindUSD) Tools() float64 { return k.WebSearch + k.WebFetch + k.CodeExecution }

// Total is the sum over kinds.
func (k KindUSD) Total() float64 {
	return k.Input + k.Output + k.CacheRead + k.CacheWrite5m + k.CacheWrite1h + k.Tools() + k.Estimated
}

// ByKind is the price of the tokens in US dollars, as [Rates.USD], by kind.
func (r Rates) ByKind(tok Tokens) KindUSD {
	return KindUSD{
		Input:        float64(tok.Input) * r.Input / million,
		Output:       float64(tok.Output) * r.Output / million,
		CacheRead:    float64(tok.CacheRead) * r.CacheRead / million,
		CacheWrite5m: float64(tok.CacheWrite5m) * r.CacheWrite5m / million,
		CacheWrite1h: float64(tok.CacheWrite1h) * r.CacheWrite1h / million,
	}
}

func (k KindUSD) amounts(part string, f func(part, key string, v float64)) {
	f(part, "input", k.Input)
	f(part, "output", k.Output)
	f(part, "cache_read", k.CacheRead)
	f(part, "cache_write_5m", k.CacheWrite5m)
	f(part, "cache_write_1h", k.CacheWrite1h)
	f(part, "web_search", k.WebSearch)
	f(part, "web_fetch", k.WebFetch)
	f(part, "code_execution", k.CodeExecution)
	f(part, "estimated", k.Estimated)
}
