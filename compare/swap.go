package compare

import (
	"math"
	"math/rand/v2"
)

// SwapPair is one matched attempt: what it cost and what it bought on each
// side. For cost per solved task C is dollars and S is 1 or 0; for the tool
// error rate C is failed calls and S is calls. Where a pair shall weigh less than
// others, all four are multiplied by its weight, above 0.
type SwapPair struct {
	C1, S1 float64 // candidate
	C0, S0 float64 // baseline
}

// SwapTest compares the ratio C/S of two sums. If nothing changed but a factor
// rho on the candidate's costs, then each pair's two halves could as well
// have been exchanged: the test counts how often random exchanges give a
// statistic as extreme as the observed one. Nothing is divided by a solved
// count, so zero solved is no special case, and no shape of the costs is
// assumed.
//
// The statistic is Fieller's cross product, made scale free:
//
//	G = (C1·S0 - C0·S1) / (C1·S0 + C0·S1)
//
// over the four sums, with C1 divided by rho. It has the sign of C1/S1 - C0/S0
// wherever both exist, lies in [-1, 1], and does not change when all costs are
// multiplied, so dollars may as well be cents.
//
// Dividing by rho is how "the ratio is rho" is tested: under that hypothesis the
// candidate's costs divided by rho could be exchanged with the baseline's. The
// interval is the set of all rho that the test does not reject.
//
// Source for the cross product: Fieller, Journal of the Royal Statistical
// Society B 16 (1954) 175-185.
type SwapTest struct {
	swaps      []swap // the first is the observed data when exhaustive
	exhaustive bool
	total      SwapPair
	pairs      int
	totals     bool // compare C alone
}

// swap holds the sums that one choice of exchanges leaves: costs are linear in
// 1/rho, so one pass over the pairs serves every rho.
type swap struct {
	kept  float64 // C1 that stayed the candidate's
	taken float64 // C0 that became the candidate's
	s1    float64 // S on the candidate's side
}

// Up to exhaustivePairs pairs every exchange is tried; beyond, that many random
// ones.
const (
	exhaustivePairs = 12
	randomSwaps     = 9999
)

// NewSwapTest compares C/S. The random exchanges are the same for the same
// seed and number of pairs.
func NewSwapTest(pairs []SwapPair, seed uint64) *SwapTest {
	t := &SwapTest{pairs: len(pairs), total: sumsOf(pairs)}
	if len(pairs) <= exhaustivePairs {
		t.exhaustive = true
		t.swaps = allSwaps(pairs)
	} else {
		t.swaps = someSwaps(pairs, seed)
	}
	return t
}

func sumsOf(pairs []SwapPair) (total SwapPair) {
	for _, p := range pairs {
		total.C1 += p.C1
		total.S1 += p.S1
		total.C0 += p.C0
		total.S0 += p.S0
	}
	return total
}

// Totals is the test of the same pairs and exchanges that compares the sums of
// C alone.
func (t *SwapTest) Totals() *SwapTest {
	totals := *t
	totals.totals = true
	return &totals
}

// allSwaps lists the sums of every choice of exchanged pairs; bit i exchanges
// pair i.
func allSwaps(pairs []SwapPair) []swap {
	sums := make([]swap, 1, 1<<len(pairs))
	for _, p := range pairs {
		for _, s := range sums {
			sums = append(sums, s.add(swap{taken: p.C0, s1: p.S0}))
		}
		for i := range len(sums) / 2 {
			sums[i] = sums[i].add(swap{kept: p.C1, s1: p.S1})
		}
	}
	return sums
}

func (s swap) add(t swap) swap {
	return swap{s.kept + t.kept, s.taken + t.taken, s.s1 + t.s1}
}

// someSwaps draws random exchanges. It takes the pairs eight at a time, whose
// 256 sums are made once and then looked up by random bytes: 50,000 pairs take
// a fifth of a second.
func someSwaps(pairs []SwapPair, seed uint64) []swap {
	const block = 8
	random := rand.New(rand.NewPCG(seed, uint64(len(pairs))))
	sums := make([]swap, randomSwaps)
	bits := make([]uint64, randomSwaps)
	for start := 0; start < len(pairs); start += block {
		if start%64 == 0 {
			for i := range bits {
				bits[i] = random.Uint64()
			}
		}
		few := pairs[start:min(start+block, len(pairs))]
		table := allSwaps(few)
		mask := uint64(len(table) - 1)
		for i := range sums {
			sums[i] = sums[i].add(table[bits[i]&mask])
			bits[i] >>= block
		}
	}
	return sums
}

// Pairs is the number of pairs.
func (t *SwapTest) Pairs() int { return t.pairs }

// Sums are the four sums over all pairs.
func (t *SwapTest) Sums() SwapPair { return t.total }

// Ratio is candidate over baseline. ok is false where it does not exist: the
// candidate or the baseline bought nothing, or the baseline cost nothing.
func (t *SwapTest) Ratio() (ratio float64, ok bool) {
	up, down := t.total.C1*t.total.S0, t.total.C0*t.total.S1
	if t.totals {
		up, down = t.total.C1, t.total.C0
	}
	if up <= 0 || down <= 0 {
		return 0, false
	}
	return up / down, true
}

// PUpper is the one-sided p value of "the ratio is above rho".
func (t *SwapTest) PUpper(rho float64) float64 { return t.p(rho, 1) }

// PLower is the one-sided p value of "the ratio is below rho".
func (t *SwapTest) PLower(rho float64) float64 { return t.p(rho, -1) }

func (t *SwapTest) p(rho, sign float64) float64 {
	const tie = 1e-12 // sums of the same numbers in another order count as equal
	if t.pairs == 0 {
		return 1
	}
	observed := sign*t.statistic(swap{kept: t.total.C1, s1: t.total.S1}, rho) - tie
	hits := 0
	for _, s := range t.swaps {
		if sign*t.statistic(s, rho) >= observed {
			hits++
		}
	}
	if t.exhaustive {
		return float64(hits) / float64(len(t.swaps))
	}
	// The observed data are one of the possible exchanges: counted with the
	// random ones, the p value is never zero and its test keeps its level.
	return float64(hits+1) / float64(len(t.swaps)+1)
}

func (t *SwapTest) statistic(s swap, rho float64) float64 {
	c1 := s.kept/rho + s.taken
	c0 := rest(t.total.C1, s.kept)/rho + rest(t.total.C0, s.taken)
	s1, s0 := s.s1, rest(t.total.S1+t.total.S0, s.s1)
	if t.totals {
		s1, s0 = 1, 1
	}
	up, down := c1*s0, c0*s1
	if up+down <= 0 { // nothing was bought or nothing spent: no difference
		return 0
	}
	return (up - down) / (up + down)
}

// rest is whole - part, and 0 where only rounding makes a difference: weights are
// fractions such as 1/3, and nothing divided by nothing must stay so.
func rest(whole, part float64) float64 {
	if difference := whole - part; difference > 1e-12*whole {
		return difference
	}
	return 0
}

// Interval inverts the test: the ratios that it does not reject, each limit at
// that level. ok is false where the ratio does not exist or a limit is beyond
// e^6 = 403 either way, as with fewer than 5 pairs at level 0.05.
func (t *SwapTest) Interval(level float64) (Interval, bool) {
	const widest, steps = 6.0, 40
	ratio, ok := t.Ratio()
	if !ok || t.PUpper(math.Exp(-widest)) > level || t.PLower(math.Exp(widest)) > level {
		return Interval{}, false
	}
	limit := func(rejected float64, p func(rho float64) float64) float64 {
		kept := clip(math.Log(ratio), -widest, widest) // about half of all exchanges are as extreme
		for range steps {
			if middle := (rejected + kept) / 2; p(math.Exp(middle)) <= level {
				rejected = middle
			} else {
				kept = middle
			}
		}
		return math.Exp(rejected)
	}
	return Interval{Low: limit(-widest, t.PUpper), High: limit(widest, t.PLower)}, true
}
