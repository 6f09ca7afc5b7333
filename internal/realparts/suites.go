package realparts

import (
	_ "embed"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
)

//go:embed solved-of-5.txt
var solvedOfFive string

// SolvedOfFive has a row for each of the six best of 13 real agents: how many of
// five runs solved each of Terminal-Bench's 80 tasks, 0 to 5, tasks in the same
// order in every row. The file beside this one names the source.
func SolvedOfFive() [][]float64 { return AllSolvedOfFive()[:6] }

// AllSolvedOfFive has the rows of all 13 agents, the six of [SolvedOfFive]
// first.
func AllSolvedOfFive() [][]float64 {
	var agents [][]float64
	for line := range strings.Lines(solvedOfFive) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		_, digits, _ := strings.Cut(strings.TrimSpace(line), " ")
		var solved []float64
		for _, d := range digits {
			solved = append(solved, float64(d-'0'))
		}
		agents = append(agents, solved)
	}
	return agents
}

// DrawSuite draws the true pass rates of up to 80 different tasks of one of the
// agents, as DrawPassRate does. A suite is drawn again until its mean lies from
// least to most.
func DrawSuite(random *rand.Rand, agents [][]float64, tasks int, least, most float64) []float64 {
	for {
		solved := agents[random.IntN(len(agents))]
		deck := random.Perm(len(solved))
		rates, sum := make([]float64, tasks), 0.0
		for i := range rates {
			rates[i] = DrawPassRate(random, solved[deck[i]])
			sum += rates[i]
		}
		if mean := sum / float64(tasks); mean >= least && mean <= most {
			return rates
		}
	}
}

// DrawPassRate draws a true pass rate that fits a task solved in so many of
// five runs: from the posterior distribution under a Beta(0.2, 0.2) prior, as
// most real tasks are solved always or never.
func DrawPassRate(random *rand.Rand, solved float64) float64 {
	return DrawBeta(random, solved+0.2, 5-solved+0.2)
}

// FailedFactor is how much more an attempt costs that fails.
const FailedFactor = 1.3

// DrawTaskUSD draws what a task typically costs, relative to other tasks:
// lognormal, with a standard deviation of 1.1 on the log scale.
func DrawTaskUSD(random *rand.Rand) float64 { return math.Exp(1.1 * random.NormFloat64()) }

// DrawAttemptUSD draws what one attempt costs at a task that typically costs
// usd: a third more or less, and one attempt in 25 three times as much. One
// that fails costs FailedFactor times that.
func DrawAttemptUSD(random *rand.Rand, usd float64) float64 {
	usd *= math.Exp(0.35 * random.NormFloat64())
	if random.Float64() < 0.04 {
		usd *= 3
	}
	return usd
}

// DrawBeta draws from the beta distribution with the parameters a and b, which
// are above zero.
func DrawBeta(random *rand.Rand, a, b float64) float64 {
	x, y := drawGamma(random, a), drawGamma(random, b)
	return x / (x + y)
}

// drawGamma draws from the gamma distribution with scale 1, by the method of
// Marsaglia and Tsang, ACM TOMS 26 (2000) 363-372.
func drawGamma(random *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return drawGamma(random, shape+1) * math.Pow(1-random.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		z := random.NormFloat64()
		v := math.Pow(1+c*z, 3)
		if v > 0 && math.Log(1-random.Float64()) < 0.5*z*z+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

//go:embed cents-of-5.txt
var centsOfFive string

// CentsOfFive is what each of five runs cost real agents at each of some
// Terminal-Bench tasks, by agent and task. The file beside this one names the
// source.
func CentsOfFive() map[string]map[string][]float64 {
	agents := make(map[string]map[string][]float64)
	var tasks map[string][]float64
	for line := range strings.Lines(centsOfFive) {
		fields := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "#"):
		case len(fields) == 1:
			tasks = make(map[string][]float64)
			agents[fields[0]] = tasks
		default:
			for _, field := range fields[1:] {
				cents, err := strconv.ParseFloat(field, 64)
				if err != nil {
					panic("cents-of-5.txt: " + err.Error())
				}
				tasks[fields[0]] = append(tasks[fields[0]], cents)
			}
		}
	}
	return agents
}
