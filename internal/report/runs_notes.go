package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/baselines"
)

// runNotes says what the numbers side by side do not say, each note only
// where it applies.
func runNotes(runs []*baselines.Run, summaries []Summary, names []string) []string {
	var notes []string
	note := func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) }
	for _, what := range differences(runs) {
		note("The runs have different %s: their rows are not measurements of the same thing.", what)
	}
	if unequal(summaries, func(s Summary) int { return s.Attempts }) {
		note("The runs have different numbers of attempts: totals do not compare, cost per solved task does.")
	}
	if one := oneAttempt(summaries); one != "" {
		notes = append(notes, one)
	}
	for i, r := range runs {
		switch in, of := planned(r); {
		case in >= of:
		case r.Header.Stopping.OnResults():
			note("%s: a gate ended it after %s of %s because of its results: numbers from it are biased.", names[i], count(float64(in)), plural(of, "planned trial"))
		default:
			note("%s: %s of %s came to an end; the numbers are of these.", names[i], count(float64(in)), plural(of, "planned trial"))
		}
	}
	notes = append(notes, moneyNotes(summaries, names)...)
	if anyRun(summaries, func(s Summary) bool { return s.CacheUtilization != nil && *s.CacheUtilization > 0.5 }) {
		note("Most tokens are cache reads, the cheapest kind: the total says little about the bill.")
	}
	if anyRun(summaries, func(s Summary) bool { return s.ActiveSeconds != nil }) {
		note("Active time is work done, idle excluded, summed over trials: not how long anyone waits.")
	}
	if anyRun(summaries, func(s Summary) bool { return s.LinesKept != nil || s.LinesAdded != nil }) {
		note("Lines of code are those in the files at the end; lines added and removed are the agent's own count on the way there.")
	}
	for i, s := range summaries {
		if s.NoAnswer > 0 {
			note("%s: the tests of %s gave no answer; they count as not solved.", names[i], plural(s.NoAnswer, "trial"))
		}
		if n := s.Ended[baselines.InfraError]; n > 0 {
			note("%s: %s left out, ended by infrastructure errors.", names[i], plural(n, "trial"))
		}
	}
	return notes
}

// planned is how many of a run's trials came to an end, of how many that were
// planned; zero where the run does not say how many attempts it was to make.
func planned(r *baselines.Run) (in, of int) {
	attempts := r.Header.Limits.Attempts
	return r.CameToAnEnd(attempts), attempts * len(r.Header.Suite.Tasks)
}

func moneyNotes(summaries []Summary, names []string) []string {
	var notes, shares []string
	for i, s := range summaries {
		if s.AuxiliaryUSD != nil && s.CostUSD != nil && *s.AuxiliaryUSD > 0 {
			shares = append(shares, names[i]+" "+percent(*s.AuxiliaryUSD/(*s.CostUSD+*s.AuxiliaryUSD)))
		}
	}
	if len(shares) > 0 {
		notes = append(notes, "Costs leave out the agent's own small-model requests ("+strings.Join(shares, ", ")+" of all dollars).")
	}
	for i, s := range summaries {
		if s.CostUnknown > 0 {
			why := ""
			if len(s.Unpriced) > 0 {
				why = ": " + unpriced(s.Unpriced)
			}
			notes = append(notes, fmt.Sprintf("%s: the cost of %d of %s is not known%s.", names[i], s.CostUnknown, plural(s.Trials, "trial"), why))
		}
		if u := s.Unfinished; u != nil {
			notes = append(notes, fmt.Sprintf("%s: %s cut off before the usage was told: %s of the cost, which may have been %s to %s.",
				names[i], plural(u.Requests, "model request"), dollars(u.USD), dollars(u.LowUSD), dollars(u.HighUSD)))
		}
		if s.TimedOut > 0 {
			notes = append(notes, fmt.Sprintf("%s: %s timed out unsolved after %s: partial costs, not what finishing would have cost.",
				names[i], plural(s.TimedOut, "trial"), known(s.TimedOutUSD, dollars)))
		}
		if s.OverheadUSD != nil && *s.OverheadUSD > 0 {
			notes = append(notes, fmt.Sprintf("%s: %s more went into tries that were repeated or cancelled.", names[i], dollars(*s.OverheadUSD)))
		}
	}
	return notes
}

// oneAttempt warns about single runs. The rates are simulated for two
// identical agents on ten tasks of the usual difficulty (docs/statistics.md,
// where the figures 5, 7 and 8 of 10 are the worked example).
func oneAttempt(summaries []Summary) string {
	if len(summaries) < 2 || unequal(summaries, func(s Summary) int { return s.Attempts }) || summaries[0].Attempts != 1 {
		return ""
	}
	text := "One attempt a task: differences between runs hold much noise, and they rank nothing by themselves."
	if summaries[0].Tasks == 10 {
		text += " On ten such tasks two identical agents differ by two or more in 17% of runs, and by more than ×1.5 in cost per solved task in 27%."
	}
	return text
}

// differences names what other runs measured differently than the first, each
// thing once. Who and what is measured may differ: that is what rows are for.
func differences(runs []*baselines.Run) []string {
	conditions := func(f baselines.Field) bool {
		return f.Compared && (f.Part == baselines.PartSuite || f.Part == baselines.PartLimits)
	}
	var found []string
	for _, r := range runs[1:] {
		for _, d := range baselines.Differences(runs[0].Header, r.Header, conditions) {
			found = append(found, conditionWords(d))
		}
	}
	// Prices are no condition to a comparison, which gives both runs the same;
	// this table does not.
	if slices.ContainsFunc(runs, func(r *baselines.Run) bool { return r.Header.Prices.Digest != runs[0].Header.Prices.Digest }) {
		found = append(found, "price tables")
	}
	return unique(found)
}

func conditionWords(d baselines.Difference) string {
	switch d.Key {
	case "suite.digest":
		return "suites"
	case "limits.timeout_multiplier", "limits.timeout_grace":
		return "timeouts"
	case "limits.cpus", "limits.memory_mb":
		return "CPU or memory limits"
	case "limits.usd_per_trial", "limits.tokens_per_trial":
		return "limits of a trial's dollars or tokens"
	default:
		return d.Key
	}
}

// unique leaves out what was said before.
func unique(words []string) []string {
	var out []string
	for _, w := range words {
		if !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

func unequal(summaries []Summary, of func(Summary) int) bool {
	return anyRun(summaries, func(s Summary) bool { return of(s) != of(summaries[0]) })
}

func anyRun(summaries []Summary, is func(Summary) bool) bool {
	for _, s := range summaries {
		if is(s) {
			return true
		}
	}
	return false
}
