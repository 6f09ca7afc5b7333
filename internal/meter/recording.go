package meter

import "fmt"

// Import books a recording as the trial's own requests: relabelled, numbered
// after those it has, priced anew from the meter's table, appended to the
// ledger file. Times stay those of the recording, and its dollars count as
// spent, so that a replay ends as what it replays. Either all lines are
// imported or none.
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
			e.reprice(m.prices)
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

// takeOver books lines that were written earlier. A started line without its
// finished one is money of which only the estimate is known. The caller holds
// m.mu, or is alone.
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
		if line.Kind == Started && !finished[request{line.Trial, line.Request}] {
			m.account(line.Trial).spent.lose(line, m.prices)
			m.spent.lose(line, m.prices)
		}
	}
}
