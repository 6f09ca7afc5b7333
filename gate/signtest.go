package gate

// signTest is the exact group-sequential sign test of pairs: after each round,
// did the candidate lose more of the pairs that disagree than chance explains?
//
// When nothing changed, each pair that disagrees is lost or won like a fair
// coin, whatever the tasks' pass rates. So the number of losses among n of them
// is Bin(n, 1/2), and the test carries that distribution from round to round,
// less what would already have rejected. At each look it takes away the largest
// loss counts for as long as their probability, with all that was taken away
// before, stays within the spending function; a count among them rejects. The
// chance of a rejection at any look is then alpha at most, given how many pairs
// disagreed: an exact test, no approximation.
type signTest struct {
	alpha  float64
	rounds int

	round  int
	alive  []float64 // P(exactly i losses so far, and no rejection yet), by i
	spent  float64   // P(a rejection so far); alpha at most at the end
	losses int       // observed, of all rounds

	critical int  // losses that reject at this look; 0 when none can
	rejected bool // at this look or before
}

func newSignTest(alpha float64, rounds int) *signTest {
	return &signTest{alpha: alpha, rounds: rounds, alive: []float64{1}}
}

// look ends a round in which that many pairs disagreed, some of them lost.
func (s *signTest) look(disagreed, lost int) {
	const rounding = 1e-12 // a tail that spends exactly what is allowed still counts
	s.round++
	s.losses += lost
	for range disagreed {
		s.alive = tossed(s.alive)
	}
	allowed := pocockSpending(s.alpha, float64(s.round)/float64(s.rounds))
	s.critical = 0
	// Cut the distribution's upper tail off, from the most losses down.
	for top := len(s.alive) - 1; top >= 0; top-- {
		if s.spent+s.alive[top] > allowed+rounding {
			break
		}
		s.spent += s.alive[top]
		s.alive = s.alive[:top]
		s.critical = top
	}
	if s.critical > 0 && s.losses >= s.critical {
		s.rejected = true
	}
}

// tossed is the distribution after one more pair that is lost or won like a
// fair coin.
func tossed(p []float64) []float64 {
	out := make([]float64, len(p)+1)
	for i, x := range p {
		out[i] += x / 2
		out[i+1] += x / 2
	}
	return out
}
