package report

import "github.com/benchgate/benchgate/baselines"

// Summary is one run in one column: sums over the trials that count (see
// [baselines.Run.Counted]). A sum is absent when one of its trials does not
// know its part, or when no trial counts.
type Summary struct {
	Run     string            `json:"run"`
	Variant baselines.Variant `json:"variant"`
	Tasks   int               `json:"tasks"` // in the suite

	// Attempts is the largest number of counted attempts at one task.
	Attempts int `json:"attempts"`
	Trials   int `json:"trials"` // counted
	Solved   int `json:"solved"` // of the trials
	NoAnswer int `json:"no_answer"`

	// TasksSolved is the mean number of solved tasks in one attempt at each
	// task: the sum of the tasks' solved rates, so that unequal attempts do
	// not change the mix.
	TasksSolved *float64 `json:"tasks_solved,omitempty"`

	// CostUSD is what the gate compares; AuxiliaryUSD, the agent's own small
	// requests, comes on top. OverheadUSD went into tries that stand for
	// nothing (repeated or cancelled).
	CostUSD          *float64 `json:"cost_usd,omitempty"`
	CostPerSolvedUSD *float64 `json:"cost_per_solved_usd,omitempty"` // absent when nothing was solved
	AuxiliaryUSD     *float64 `json:"auxiliary_usd,omitempty"`
	OverheadUSD      *float64 `json:"overhead_usd,omitempty"`
	CostUnknown      int      `json:"cost_unknown"` // trials without a known cost

	// Unfinished is the part of CostUSD that requests cost which were cut, in part
	// an estimate; absent when there were none.
	Unfinished *UnfinishedSummary `json:"unfinished,omitempty"`

	// Unpriced says why the cost is not known, with the number of model requests.
	Unpriced map[string]int `json:"unpriced,omitempty"`

	Tokens           *baselines.Tokens `json:"tokens,omitempty"`
	CacheUtilization *float64          `json:"cache_utilization,omitempty"`
	ActiveSeconds    *float64          `json:"active_seconds,omitempty"`
	Requests         *float64          `json:"requests,omitempty"`
	ToolCalls        *float64          `json:"tool_calls,omitempty"`
	ToolErrors       *float64          `json:"tool_errors,omitempty"`
	ToolErrorRate    *float64          `json:"tool_error_rate,omitempty"` // errors a tool call

	// LinesKept are in the files at the end; LinesAdded and LinesRemoved are the
	// agent's own count on the way there.
	LinesKept    *float64 `json:"lines_kept,omitempty"`
	LinesAdded   *float64 `json:"lines_added,omitempty"`
	LinesRemoved *float64 `json:"lines_removed,omitempty"`

	Ended map[baselines.Ended]int `json:"ended"` // infra errors included

	// TimedOut are trials that ran out of time and solved nothing;
	// TimedOutUSD is what they spent, which is not what finishing would have
	// cost.
	TimedOut    int      `json:"timed_out"`
	TimedOutUSD *float64 `json:"timed_out_usd,omitempty"`

	ByTask []TaskSummary `json:"by_task"` // in the suite's order
}

// UnfinishedSummary is money of requests that were cut.
type UnfinishedSummary struct {
	Requests int     `json:"requests"`
	USD      float64 `json:"usd"`
	LowUSD   float64 `json:"low_usd"` // what it may have been
	HighUSD  float64 `json:"high_usd"`
}

// TaskSummary is one task of one run.
type TaskSummary struct {
	ID       string                  `json:"id"`
	Tier     string                  `json:"tier"`
	Solved   int                     `json:"solved"`
	Attempts int                     `json:"attempts"`
	NoAnswer int                     `json:"no_answer"`          // of the attempts: the tests gave none
	CostUSD  *float64                `json:"cost_usd,omitempty"` // sum over the attempts
	Ended    map[baselines.Ended]int `json:"ended"`
}

// Summarize adds up a run.
func Summarize(r *baselines.Run) Summary {
	s := Summary{Run: r.Header.ID, Variant: r.Header.Variant, Tasks: len(r.Header.Suite.Tasks), Ended: make(map[baselines.Ended]int)}
	var counted []baselines.Trial
	for _, t := range r.Counted() {
		s.Ended[t.Ended]++
		if t.Ended.Counts() {
			counted = append(counted, t)
		}
	}
	s.outcomes(counted)
	s.money(counted, r.Overhead())
	s.work(counted)
	s.tasks(r.Header.Suite, r.Counted())
	return s
}

func (s *Summary) outcomes(trials []baselines.Trial) {
	s.Trials = len(trials)
	for _, t := range trials {
		switch {
		case t.Solved == nil:
			s.NoAnswer++
		case *t.Solved:
			s.Solved++
		}
		if t.Ended == baselines.Timeout && !t.IsSolved() {
			s.TimedOut++
		}
	}
}

func (s *Summary) money(trials, overhead []baselines.Trial) {
	s.CostUSD = sum(trials, baselines.Trial.Cost)
	if s.CostUSD != nil && s.Solved > 0 {
		each := *s.CostUSD / float64(s.Solved)
		s.CostPerSolvedUSD = &each
	}
	s.AuxiliaryUSD = sum(trials, func(t baselines.Trial) (float64, bool) {
		if t.CostUSD == nil {
			return 0, false
		}
		return t.CostUSD.Auxiliary, true
	})
	s.OverheadUSD = sum(overhead, func(t baselines.Trial) (float64, bool) {
		if t.CostUSD == nil {
			return 0, false
		}
		return t.CostUSD.Total(), true
	})
	var late []baselines.Trial
	for _, t := range trials {
		if _, known := t.Cost(); !known {
			s.CostUnknown++
		}
		s.addUnfinished(t)
		for what, requests := range t.Unpriced {
			if s.Unpriced == nil {
				s.Unpriced = make(map[string]int)
			}
			s.Unpriced[what] += requests
		}
		if t.Ended == baselines.Timeout && !t.IsSolved() {
			late = append(late, t)
		}
	}
	s.TimedOutUSD = sum(late, baselines.Trial.Cost)
}

func (s *Summary) addUnfinished(t baselines.Trial) {
	if t.Unfinished == nil || t.CostUSD == nil {
		return
	}
	if s.Unfinished == nil {
		s.Unfinished = new(UnfinishedSummary)
	}
	s.Unfinished.Requests += t.Unfinished.Requests
	s.Unfinished.USD += t.CostUSD.Unfinished
	s.Unfinished.LowUSD += t.Unfinished.LowUSD
	s.Unfinished.HighUSD += t.Unfinished.HighUSD
}

func (s *Summary) work(trials []baselines.Trial) {
	s.Tokens, s.CacheUtilization = addTokens(trials)
	s.ActiveSeconds = sum(trials, func(t baselines.Trial) (float64, bool) { return number(t.Seconds.Active) })
	s.Requests = sum(trials, func(t baselines.Trial) (float64, bool) { return number(t.Requests) })
	s.ToolCalls = sum(trials, func(t baselines.Trial) (float64, bool) { return number(t.ToolCalls) })
	s.ToolErrors = sum(trials, func(t baselines.Trial) (float64, bool) { return number(t.ToolErrors) })
	if s.ToolErrors != nil && s.ToolCalls != nil && *s.ToolCalls > 0 {
		rate := *s.ToolErrors / *s.ToolCalls
		s.ToolErrorRate = &rate
	}
	s.LinesKept = sumLines(trials, func(l baselines.Lines) (float64, bool) {
		if l.Kept == nil {
			return 0, false
		}
		return float64(*l.Kept), true
	})
	s.LinesAdded = sumLines(trials, func(l baselines.Lines) (float64, bool) { return float64(l.Added), true })
	s.LinesRemoved = sumLines(trials, func(l baselines.Lines) (float64, bool) { return float64(l.Removed), true })
}

func sumLines(trials []baselines.Trial, of func(baselines.Lines) (float64, bool)) *float64 {
	return sum(trials, func(t baselines.Trial) (float64, bool) {
		if t.Lines == nil {
			return 0, false
		}
		return of(*t.Lines)
	})
}

func addTokens(trials []baselines.Trial) (*baselines.Tokens, *float64) {
	if len(trials) == 0 {
		return nil, nil
	}
	var all baselines.Tokens
	for _, t := range trials {
		if t.Tokens == nil {
			return nil, nil
		}
		all = all.Add(*t.Tokens)
	}
	if share, ok := all.CacheUtilization(); ok {
		return &all, &share
	}
	return &all, nil
}

func (s *Summary) tasks(suite baselines.Suite, counted []baselines.Trial) {
	byTask := make(map[string][]baselines.Trial)
	for _, t := range counted {
		byTask[t.Task] = append(byTask[t.Task], t)
	}
	var rates float64
	for _, task := range suite.Tasks {
		row := summarizeTask(task, byTask[task.ID])
		s.Attempts = max(s.Attempts, row.Attempts)
		if row.Attempts > 0 {
			rates += float64(row.Solved) / float64(row.Attempts)
		}
		s.ByTask = append(s.ByTask, row)
	}
	if s.Trials > 0 {
		s.TasksSolved = &rates
	}
}

func summarizeTask(task baselines.Task, counted []baselines.Trial) TaskSummary {
	row := TaskSummary{ID: task.ID, Tier: task.Tier, Ended: make(map[baselines.Ended]int)}
	var valid []baselines.Trial
	for _, t := range counted {
		row.Ended[t.Ended]++
		if !t.Ended.Counts() {
			continue
		}
		valid = append(valid, t)
		switch {
		case t.Solved == nil:
			row.NoAnswer++
		case *t.Solved:
			row.Solved++
		}
	}
	row.Attempts = len(valid)
	row.CostUSD = sum(valid, baselines.Trial.Cost)
	return row
}

// sum adds what every trial knows; nil when one does not, or there is none.
func sum(trials []baselines.Trial, of func(baselines.Trial) (float64, bool)) *float64 {
	if len(trials) == 0 {
		return nil
	}
	var total float64
	for _, t := range trials {
		x, known := of(t)
		if !known {
			return nil
		}
		total += x
	}
	return &total
}

func number[N int | int64 | float64](x *N) (float64, bool) {
	if x == nil {
		return 0, false
	}
	return float64(*x), true
}
