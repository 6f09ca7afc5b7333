package report_test

import (
	"math"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

// A sentence must not say less than the interval beside it without saying why.
func TestReasonsAgreeWithTheirIntervals(t *testing.T) {
	tests := map[string]struct {
		mode      gate.Mode
		tasks     int
		baseline  string
		candidate string // of the first tasks that change
		changed   int
		dearer    float64
		want      string
	}{
		"read once, the interval leaves out no change": {
			gate.Fixed, 10, "s", "f", 3, 1,
			"Pass rate: the fall is not beyond what chance explains at the gate's level, and a change of −20.0 pts or worse is not ruled out: −30.0 pts, 90% interval −55.8 to −2.3 pts",
		},
		"one look of several": {
			gate.Strict, 2, "sssss", "fffff", 1, 1,
			"Pass rate: the fall is not beyond what chance explains when looking several times, and a change of −20.0 pts or worse is not ruled out",
		},
		"nothing fell": {
			gate.Fixed, 3, "sf", "sf", 1, 1,
			"Pass rate: 6 attempts are too few to rule out a change of −20.0 pts or worse: 0.0 pts, 90% interval",
		},
		"five costs, all higher": {
			gate.Fixed, 5, "s", "s", 1, 1.5,
			"Typical cost of a task: the rise is not beyond what chance explains at the gate's level, and a change of +50.0% or worse is not ruled out: +52.5%, 90% interval",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			side := func(arm baselines.Arm, changed int, usd float64) *baselines.Run {
				r := &baselines.Run{Header: header(string(arm), arm, "claude-"+string(arm), nil)}
				r.Header.Limits.Attempts = len(test.baseline)
				for task := range test.tasks {
					id := string(rune('a' + task))
					r.Header.Suite.Tasks = append(r.Header.Suite.Tasks, baselines.Task{ID: id, Digest: "sha256:t"})
					for n := range len(test.baseline) {
						letter := test.baseline[n]
						if task < changed {
							letter = test.candidate[n]
						}
						trial := attempt(letter, id, n+1, n*test.tasks+task+1)
						trial.CostUSD = &baselines.CostUSD{Main: math.Pow(usd, 1+0.1*float64(task%2))} // $1, or more and not the same
						r.Trials = append(r.Trials, trial)
					}
				}
				return r
			}
			p := gate.DefaultPolicy(test.tasks)
			p.Mode = test.mode
			v := gate.Decide(p, side(baselines.Baseline, 0, 1), side(baselines.Candidate, test.changed, test.dearer))
			report.Explain(&v)
			if reasons := strings.Join(v.Reasons, "\n"); !strings.Contains(reasons, test.want) {
				t.Errorf("reasons are\n%s\nwant them to say %q", reasons, test.want)
			}
		})
	}
}

// Each code that compare and gate have for a fact has words.
func TestEachCodeHasWords(t *testing.T) {
	codes := regexp.MustCompile(`Code = "([a-z_]+)"`)
	found := 0
	for _, file := range []string{"../../compare/fact.go", "../../gate/codes.go"} {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range codes.FindAllStringSubmatch(regexp.MustCompile(` +`).ReplaceAllString(string(source), " "), -1) {
			found++
			v := gate.Verdict{Held: []compare.Fact{{Code: compare.Code(match[1])}}}
			report.Explain(&v)
			if words := strings.ReplaceAll(match[1], "_", " "); v.Headline == "Not measured: "+words {
				t.Errorf("%s has no words", match[1])
			}
		}
	}
	if found < 30 {
		t.Errorf("%d codes found: the files are not read as they are written", found)
	}
}
