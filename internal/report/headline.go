package report

import (
	"fmt"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
)

// headline is the verdict in one sentence: its name, what decided it, and then
// what a solved task costs.
func headline(v *gate.Verdict) string {
	switch v.Outcome {
	case gate.Pass:
		return "Pass: " + passed(v)
	case gate.Regression:
		return "Regression: " + regressed(v)
	case gate.Inconclusive:
		return "Inconclusive: " + undecided(v)
	case gate.Incomparable:
		return "Incomparable: baseline and candidate differ in more than the " + comparedThing(v) + ": " + Difference(v.Differences)
	}
	return "Not measured: " + sentences(v.Held)
}

// headlineOf is the document's headline, which always begins with the verdict's
// own name: those of older documents do not, and what a foreign one begins with
// must not be taken for the verdict.
func headlineOf(v gate.Verdict) (name, rest string) {
	name = capital(outcomeWords(v.Outcome))
	headline := plain(v.Headline, maxProse)
	return name, strings.TrimSpace(strings.TrimPrefix(headline, name+":"))
}

func comparedThing(v *gate.Verdict) string {
	switch what := v.Candidate.Compare; what {
	case "":
		return "model"
	default:
		return strings.ReplaceAll(string(what), "_", " ")
	}
}

// passed tells what a solved task costs now; that the margins are ruled out is
// in the reasons and beside each number.
func passed(v *gate.Verdict) string {
	if cost, known := solvedTask(v, " with "+candidate(v)); known {
		return cost + "; " + solvedBeforeAndNow(v)
	}
	return solves(v) + "; " + noPrice(v)
}

// regressed begins with what got worse: the pass rate, then the costs.
func regressed(v *gate.Verdict) string {
	worse := make(map[compare.Metric]bool)
	for _, f := range v.Findings {
		worse[f.Metric] = f.Status == gate.Worse
	}
	var decided []string
	with := " with " + candidate(v) // named once
	if worse[compare.PassRate] {
		decided, with = append(decided, solves(v)), ""
	}
	if worse[compare.TypicalCost] {
		decided, with = append(decided, typicalTask(v, with)), ""
	}
	cost, known := solvedTask(v, "")
	if worse[compare.CostPerSolved] && known {
		cost, _ := solvedTask(v, with)
		decided = append(decided, cost)
	}
	if len(decided) == 0 { // dearer, and nothing solved: no ratio says how much
		decided, worse[compare.PassRate] = append(decided, solves(v)), true
	}
	text := strings.Join(decided, " and ")
	if v.Confirm != nil {
		text += ", " + confirmState(v.Confirm)
	}
	switch {
	case !known:
		text += "; " + noPrice(v)
	case worse[compare.CostPerSolved]:
	case view(v, compare.CostPerSolved).worse() && len(decided) == 1 && v.Confirm == nil:
		text += ", and " + cost
	default:
		text += "; " + cost
	}
	if !worse[compare.PassRate] {
		text += "; " + solvedBeforeAndNow(v)
	}
	return text
}

// Difference names what makes two runs incomparable: the first of its causes,
// and how many more there are.
func Difference(differences []baselines.Difference) string {
	switch n := len(differences); n {
	case 0:
		return "the runs differ"
	case 1:
		return difference(differences[0])
	default:
		return difference(differences[0]) + " (and " + plural(n-1, "more difference") + ")"
	}
}

func difference(d baselines.Difference) string {
	return fmt.Sprintf("%s differs: baseline %s, candidate %s", d.Name(), d.A, d.B)
}
