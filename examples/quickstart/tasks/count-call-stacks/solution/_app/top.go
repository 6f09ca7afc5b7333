package stackcount

import (
	"cmp"
	"slices"
)

// Count is a stack and the number of samples it was seen in.
type Count struct {
	Stack   Stack
	Samples int
}

// Top returns the n most frequent stacks, most frequent first. Stacks seen
// equally often are in alphabetical order, so that two reports of one profile
// are the same. With fewer than n stacks it returns all of them.
func (p *Profile) Top(n int) []Count {
	counts := make([]Count, 0, len(p.Counts))
	for stack, samples := range p.Counts {
		counts = append(counts, Count{Stack: stack, Samples: samples})
	}
	slices.SortFunc(counts, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.Samples, a.Samples), cmp.Compare(a.Stack, b.Stack))
	})
	return counts[:min(n, len(counts))]
}
