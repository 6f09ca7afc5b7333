package meter

import (
	"context"
	"log/slog"
	"maps"
	"slices"
)

// logLine logs a request that has ended. Of a trial's requests without a result the
// first of each class has a line: an agent may come again hundreds of times. How many
// there were is told at the end ([Meter.Wait]).
func (m *Meter) logLine(t Trial, line Entry, err error) {
	if line.Retry != "" && !m.firstFailure(line) {
		return
	}
	level := slog.LevelDebug
	if line.Retry == Network && t.ID != ProbeTrial { // who asked for a probe gets its line
		level = slog.LevelWarn
	}
	attrs := []slog.Attr{
		slog.String("trial", line.Trial), slog.Int("request", line.Request),
		slog.String("role", string(line.Role(t.Model, t.SmallModels))), slog.String("model", line.Model),
		slog.Int("status", line.Status), slog.String("class", string(line.Retry)), slog.Float64("seconds", line.Seconds),
	}
	if line.USD != nil {
		attrs = append(attrs, slog.Float64("usd", *line.USD))
	}
	if err != nil {
		attrs = append(attrs, slog.Any("error", err))
	}
	// The request's own context may be done by now.
	m.log.LogAttrs(context.Background(), level, "model request", attrs...)
}

// firstFailure counts a request without a result.
func (m *Meter) firstFailure(line Entry) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.account(line.Trial)
	if a.failed == nil {
		a.failed = make(map[RetryClass]int)
	}
	a.failed[line.Retry]++
	return a.failed[line.Retry] == 1
}

// logFailures logs how many requests without a result had no line of their own, and
// begins to count anew. The caller holds m.mu.
func (m *Meter) logFailures(trialID string, a *account) {
	for _, class := range slices.Sorted(maps.Keys(a.failed)) {
		if more := a.failed[class] - 1; more > 0 {
			m.log.Warn("more model requests without a result", "trial", trialID, "class", string(class), "more", more)
		}
	}
	a.failed = nil
}
