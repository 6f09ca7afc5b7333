package gate

// signTest is the exact group-sequential sign test of pairs. When nothing
// changed, each pair that disagrees is lost or won like a fair coin, whatever
// the tasks' pass rates. After each round the largest loss counts are cut off
// as far as the spending function allows; what lies in the part cut off rejects.
type signTest struct {
	alpha  float64
	rounds int

	round  int
	alive  []float64 // P(that many losses so far, nothing cut off yet)
	spent  float64
	losses int

	critical int  // losses that reject at this look; 0 when none can
	rejected bool // at this look or before
}

func newSignTest(alpha float64, rounds int) *signTest {
	return &signTest{alpha: alpha, rounds: rounds, alive: []float64{1}}
}

// look ends a round in which that many pairs disagreed, some of them lost.
func (s *signTest) look(disagreed, lost int) {
	const rounding = 1e-12
	s.round++
	s.losses += lost
	for range disagreed {
		s.alive = tossed(s.alive)
	}
	allowed := pocockSpending(s.alpha, float64(s.round)/float64(s.rounds))
	s.critical = 0
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

// tossed convolves with one fair coin.
func tossed(p []float64) []float64 {
	out := make([]float64, len(p)+1)
	for i, x := range p {
		out[i] += x / 2
		out[i+1] += x / 2
	}
	return out
}
