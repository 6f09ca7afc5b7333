package meter

import "fmt"

// Import adds a recording's lines as requests of the trial: with the trial's id,
// numbered after the requests it has, with dollars from the meter's price table,
// and appended to the ledger file. They keep the recording's times. Their
// dollars count as spent, so that a replayed trial costs what the recorded one
// did. Either all lines are imported or none.
func (m *Meter) Import(trialID string, recorded []Entry) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	offset := m.account(trialID).requests
	lines := make([]Entry, len(recorded))
	for i, e := range recorded {
		e.Schema, e.Trial = SchemaV1, trialID
		if err := e.validate(); err != nil {
			return fmt.Errorf("importing a recording into trial %s: line %d: %w", trialID, i+1, err)
		}
		e.Request += offset
		if e.Kind == Finished {
			e = e.Repriced(m.prices)
		}
		lines[i] = e
	}
	if m.ledger != nil {
		if err := m.ledger.append(lines...); err != nil {
			return fmt.Errorf("importing a recording into trial %s: %w", trialID, err)
		}
	}
	m.takeOver(lines)
	return nil
}

// takeOver books lines that were written earlier. For a started line without a
// finished one, only the estimate of its cost is known. The caller holds m.mu,
// or nobody else has m yet.
func (m *Meter) takeOver(lines []Entry) {
	type request struct {
		trial  string
		number int
	}
	finished := make(map[request]bool)
	for _, line := range lines {
		if line.Kind == Finished {
			finished[request{line.Trial, line.Request}] = true
		}
	}
	for _, line := range lines {
		m.book(line)
		if line.Kind == Started {
			m.requests++
		}
		if line.Kind == Started && !finished[request{line.Trial, line.Request}] {
			m.account(line.Trial).spent.lose(line, m.prices)
			m.account(line.Trial).used.guessed += float64(line.mayHaveUsed())
			m.spent.lose(line, m.prices)
		}
	}
}
