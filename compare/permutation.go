package compare

import "math"

// PWorse is the one-sided p value of the stratified permutation test: how
// often shuffling the labels candidate and baseline inside each task gives a
// difference as low as the observed one. Exact when nothing changed, whatever
// the tasks' pass rates.
//
// Inside a task the candidate's solved count is then hypergeometric: of all
// solved attempts at the task, those that get one of the candidate's labels.
// The distribution of the sum over tasks is the convolution of theirs.
//
// For that, each task's difference is written as a whole number of steps, of
// 1/lcm of all numbers of attempts: with 3 attempts on one side and 5 on the
// other every difference is a multiple of 1/15. Where so fine a lattice would
// take too much memory, a coarser one rounds each task's difference down, and
// the observed sum only once, at the end: the p value can only grow.
func (s Strata) PWorse() float64 {
	if len(s) == 0 {
		return 1
	}
	lattice := s.lattice()
	observed := 0
	sum := distribution{p: []float64{1}}
	for _, t := range s {
		observed += lattice.at(t, t.Candidate.Solved)
		sum = sum.plus(t.shuffled(lattice))
	}
	if !lattice.exact {
		observed = int(math.Floor(s.Delta()*float64(len(s))*float64(lattice.steps) + 1e-6))
	}
	return min(sum.atMost(observed), 1)
}

// PBetter is [Strata.PWorse] with the sides exchanged.
func (s Strata) PBetter() float64 { return s.mirrored().PWorse() }

// mirrored exchanges candidate and baseline.
func (s Strata) mirrored() Strata {
	out := make(Strata, len(s))
	for i, t := range s {
		out[i] = Stratum{Candidate: t.Baseline, Baseline: t.Candidate}
	}
	return out
}

// lattice places differences of pass rates on multiples of 1/steps.
type lattice struct {
	steps int
	exact bool
}

func (s Strata) lattice() lattice {
	const cells = 1 << 18 // of the convolved distribution: 2 MiB of float64
	finest := cells / (2 * len(s))
	steps := 1
	for _, t := range s {
		for _, n := range []int{t.Candidate.Attempts, t.Baseline.Attempts} {
			steps = steps / gcd(steps, n) * n
			if steps > finest {
				return lattice{steps: max(finest, 1)}
			}
		}
	}
	return lattice{steps: steps, exact: true}
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// at is the task's difference, in lattice steps, when the candidate has that
// many of all the task's solved attempts. It rounds down where the lattice is
// not exact.
func (l lattice) at(t Stratum, solved int) int {
	n1, n0 := t.Candidate.Attempts, t.Baseline.Attempts
	rest := t.Candidate.Solved + t.Baseline.Solved - solved
	if l.exact {
		return solved*(l.steps/n1) - rest*(l.steps/n0)
	}
	difference := float64(solved)/float64(n1) - float64(rest)/float64(n0)
	return int(math.Floor(difference * float64(l.steps)))
}

// shuffled is the distribution of the task's difference when its labels are
// shuffled.
func (t Stratum) shuffled(l lattice) distribution {
	n1, n0 := t.Candidate.Attempts, t.Baseline.Attempts
	solved := t.Candidate.Solved + t.Baseline.Solved
	least, most := max(0, solved-n0), min(solved, n1)
	first := l.at(t, least)
	out := distribution{first: first, p: make([]float64, l.at(t, most)-first+1)}
	for y := least; y <= most; y++ {
		log := logChoose(n1, y) + logChoose(n0, solved-y) - logChoose(n1+n0, solved)
		out.p[l.at(t, y)-first] += math.Exp(log)
	}
	return out
}

// distribution holds the probabilities of the whole numbers first, first+1, ...
// and in below that of all smaller ones, which may be told too high.
type distribution struct {
	first int
	p     []float64
	below float64
}

// negligible is a probability that is too small to matter in a sum of a million
// of them, next to any level that a p value is compared with.
const negligible = 1e-25

// plus is the distribution of the sum of two independent numbers. What is
// negligible at its ends is left out: of hundreds of tasks nearly all sums are.
// The lower end is kept as below, so that a p value can only grow.
func (d distribution) plus(e distribution) distribution {
	out := distribution{first: d.first + e.first, p: make([]float64, len(d.p)+len(e.p)-1), below: d.below + e.below}
	for j, q := range e.p {
		if q == 0 {
			continue
		}
		for i, p := range d.p {
			out.p[i+j] += p * q
		}
	}
	for len(out.p) > 1 && out.p[0] < negligible {
		out.below += out.p[0]
		out.first, out.p = out.first+1, out.p[1:]
	}
	for n := len(out.p); n > 1 && out.p[n-1] < negligible; n-- {
		out.p = out.p[:n-1]
	}
	return out
}

func (d distribution) atMost(x int) float64 {
	sum := d.below
	for i, p := range d.p {
		if d.first+i > x {
			break
		}
		sum += p
	}
	return sum
}
