package gate

import "github.com/benchgate/benchgate/compare"

// Attempts per task that a stored baseline needs for the informed mode.
const (
	informedFrom     = 3
	informedWellFrom = 5
)

// choose settles the mode, and says where it is not the one asked for.
func (g *Gate) choose() Mode {
	least, mode := g.tally.leastAttempts(), modeOf(g.policy.Mode, g.tally.leastAttempts(), g.together)
	switch asked := g.policy.Mode == Informed; {
	case asked && g.together:
		g.caveats = append(g.caveats, compare.Fact{Code: LiveNotInformed})
	case asked && mode == Strict:
		g.caveats = append(g.caveats, compare.Fact{Code: FewForInformed, Count: least, Need: informedFrom})
	case mode == Informed && least < informedWellFrom:
		g.caveats = append(g.caveats, compare.Fact{Code: FewForFewer, Count: least, Need: informedWellFrom})
	}
	return mode
}

// modeOf is the mode in place of the one asked for. The informed mode learns
// from a stored baseline how flaky each task is; from less than three attempts
// at some task it cannot, and from a baseline that is measured beside the
// candidate it would learn too late. Two runs of one plan were measured together.
func modeOf(asked Mode, leastAttempts int, together bool) Mode {
	switch {
	case asked == Fixed || asked == Strict:
		return asked
	case together || leastAttempts < informedFrom:
		return Strict
	}
	return Informed
}
