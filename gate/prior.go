package gate

import (
	"math"

	"github.com/benchgate/benchgate/compare"
)

// prior is what is believed about a task's pass probability before its first
// trial: a mixture of beta distributions, from suites whose tasks are all
// uncertain to suites whose tasks pass always or never. Real suites are near
// the second kind (on Terminal-Bench only 15 to 42 % of an agent's tasks are
// sometimes solved and sometimes not in five runs), and the baseline's counts
// say which kind this one is: see posterior.
//
// Each beta distribution is put on 40 support points that are equally spaced
// on the arcsine scale, where pass probabilities are equally hard to tell
// apart.
type prior struct {
	support [supportPoints]float64
	shapes  []shape
}

// shape is one beta distribution of the mixture. All tasks of a suite share it.
type shape struct {
	weight float64
	mass   [supportPoints]float64
}

const (
	supportPoints = 40

	// flipped bounds every pass probability away from 0 and 1: one outcome in
	// fifty may be a flip that says nothing, so that no single trial is proof.
	flipped = 0.02
)

func newPrior() *prior {
	means := []float64{0.3, 0.5, 0.7, 0.9}
	// A beta distribution of mean m and concentration c is Beta(m·c, (1-m)·c).
	// Below 1 its mass is at 0 and 1, at 20 it is close to the mean.
	concentrations := []struct{ value, weight float64 }{{0.3, 0.35}, {1, 0.35}, {4, 0.2}, {20, 0.1}}

	p := new(prior)
	for i := range p.support {
		p.support[i] = bounded(arcsine(float64(i) + 0.5))
	}
	for _, mean := range means {
		for _, c := range concentrations {
			s := shape{weight: c.weight / float64(len(means))}
			below := 0.0
			for i := range s.mass {
				upTo := compare.BetaCDF(arcsine(float64(i+1)), mean*c.value, (1-mean)*c.value)
				s.mass[i] = upTo - below
				below = upTo
			}
			p.shapes = append(p.shapes, s)
		}
	}
	return p
}

// arcsine is sin²(πi/2n) for n support points: where the arcsine of the root of
// a pass probability is i/n of its range. On that scale an estimate from so many
// trials has the same variance everywhere.
func arcsine(i float64) float64 {
	s := math.Sin(math.Pi * i / (2 * supportPoints))
	return s * s
}

// bounded keeps a pass probability within flipped of 0 and 1.
func bounded(p float64) float64 { return math.Min(math.Max(p, flipped), 1-flipped) }
