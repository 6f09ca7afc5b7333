package docs_test

import (
	"bufio"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
)

// The worlds of the calibration tests in packages compare and gate: suites like
// real ones, and bills like real ones.

// suite draws ten tasks' pass rates from how often each Terminal-Bench task was
// solved by one of six real agents in five runs; its mean lies between 0.5 and
// 0.9.
func suite(random *rand.Rand, agents [][]float64) []float64 {
	for {
		solved := agents[random.IntN(len(agents))]
		deck := random.Perm(len(solved))
		p, sum := make([]float64, 10), 0.0
		for i := range p {
			x := solved[deck[i]]
			p[i] = beta(random, x+0.2, 5-x+0.2)
			sum += p[i]
		}
		if mean := sum / 10; mean >= 0.5 && mean <= 0.9 {
			return p
		}
	}
}

// taskPrice is what a task costs beside other tasks.
func taskPrice(random *rand.Rand) float64 { return math.Exp(1.1 * random.NormFloat64()) }

// attempt is what one attempt at it costs: a third more or less, one in 25
// three times as much, failures 1.3 times.
func attempt(random *rand.Rand, price float64, solved bool) float64 {
	usd := price * math.Exp(0.35*random.NormFloat64())
	if random.Float64() < 0.04 {
		usd *= 3
	}
	if !solved {
		usd *= 1.3
	}
	return usd
}

func solvedOfFive(t *testing.T) [][]float64 {
	t.Helper()
	file, err := os.Open("../compare/testdata/solved-of-5.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var out [][]float64
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		_, digits, _ := strings.Cut(lines.Text(), " ")
		var solved []float64
		for _, d := range digits {
			solved = append(solved, float64(d-'0'))
		}
		out = append(out, solved)
	}
	return out
}

func beta(random *rand.Rand, a, b float64) float64 {
	x, y := gamma(random, a), gamma(random, b)
	return x / (x + y)
}

// gamma draws by Marsaglia and Tsang's method, ACM TOMS 26 (2000) 363-372.
func gamma(random *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return gamma(random, shape+1) * math.Pow(1-random.Float64(), 1/shape)
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

// run makes a run file's content: solved and dollars by task and attempt.
func run(arm baselines.Arm, model string, tasks, attempts int, solved func(task, attempt int) bool, usd func(task, attempt int) float64) *baselines.Run {
	r := &baselines.Run{Header: baselines.Header{
		Schema: baselines.SchemaV1, ID: string(arm), Arm: arm, Compare: "model",
		Variant: baselines.Variant{Name: model, Agent: baselines.Agent{Name: "claude-code"}, Model: model},
		Suite:   baselines.Suite{Name: "ten", Digest: fmt.Sprintf("sha256:%d", tasks)},
		Limits:  baselines.Limits{Attempts: attempts},
	}}
	for task := range tasks {
		r.Header.Suite.Tasks = append(r.Header.Suite.Tasks, baselines.Task{ID: fmt.Sprintf("task-%02d", task), Digest: "sha256:t"})
	}
	for attempt := range attempts {
		for task := range tasks {
			s := solved(task, attempt)
			r.Trials = append(r.Trials, baselines.Trial{
				Seq: len(r.Trials) + 1, Task: r.Header.Suite.Tasks[task].ID, Attempt: attempt + 1, Try: 1,
				Ended: baselines.Finished, Solved: &s, CostUSD: &baselines.CostUSD{Main: usd(task, attempt)},
			})
		}
	}
	return r
}
