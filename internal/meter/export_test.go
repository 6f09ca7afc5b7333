package meter

// SpentUSD is the reported cost of all trials together, in US dollars, which the
// meter keeps for its budgets.
func (m *Meter) SpentUSD() float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.spent.reported
}

// RetryAfter reads that header.
var RetryAfter = retryAfter
