package report

import (
	"fmt"

	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
)

// confirmation says what live pairs did to a regression of costs, in one
// sentence; empty for a verdict that asks for none.
func confirmation(c *gate.Confirmation) string {
	if c == nil {
		return ""
	}
	switch c.State {
	case gate.Confirmed:
		return "Confirmed live: " + livePairs(c) + ", and " + ratioChange(c.Need) + " or more confirms"
	case gate.Refuted:
		return "Not confirmed: " + livePairs(c) + ", and a regression needs " + ratioChange(c.Need) + " or more; the stored baseline was measured in another run, and whole runs differ in cost"
	}
	why := "for a reason that is not known"
	if c.Why != nil {
		why = sentence(*c.Why)
	}
	return "Unconfirmed: " + why + "; the regression stands on the comparison with the stored baseline alone, and whole runs differ in cost"
}

// livePairs says what the pairs showed and cost.
func livePairs(c *gate.Confirmation) string {
	return fmt.Sprintf("one pair of attempts at each of %s, measured side by side now (%s), changes by %s",
		plural(c.Tasks, "task"), known(c.USD, dollars), known(c.Ratio, ratioChange))
}

// confirmState is the state in a word or two; empty where nothing was asked.
func confirmState(c *gate.Confirmation) string {
	if c == nil {
		return ""
	}
	switch c.State {
	case gate.Confirmed:
		return "confirmed by live pairs"
	case gate.Refuted:
		return "live pairs do not show it"
	}
	return "not confirmed by live pairs"
}

// Confirming says, before the money is spent, what live pairs are measured for:
// how many are still to come, and how many there will be.
func Confirming(missing, all int) string {
	text := fmt.Sprintf("costs rose against the stored baseline beyond what chance explains: one live pair of attempts at each of %s, both variants side by side, confirms that or not", plural(all, "task"))
	if missing < all {
		text += fmt.Sprintf(" (%s left)", count(float64(missing)))
	}
	return text
}

// confirmWords are about live pairs, and what kept them from being measured.
func confirmWords(f compare.Fact) string {
	switch f.Code {
	case gate.LivePairsDiffer:
		return fmt.Sprintf("live pairs of %s changed by %s, where a regression needs %s", plural(f.Tasks, "task"), ratioChange(value(f.Value)), ratioChange(value(f.Margin)))
	case gate.NoLivePairs:
		return "there are no live pairs of attempts to confirm it with"
	case gate.PairsMissing:
		return fmt.Sprintf("%s of %s have a live pair of attempts whose costs are known", count(float64(f.Count)), plural(f.Of, "task"))
	case gate.PairsNotStarted:
		return "the baseline's variant cannot run now: " + f.Detail
	case gate.PairsOfOther:
		return "the live pairs of attempts beside it are of other variants or tasks"
	case gate.NoMoneyLeft:
		if f.Value == nil {
			return fmt.Sprintf("%s (limits.usd) do not pay for a live pair of attempts at each task", dollars(value(f.Margin)))
		}
		return fmt.Sprintf("a live pair of attempts at each task comes to about %s, which %s (limits.usd) do not pay for", dollars(*f.Value), dollars(value(f.Margin)))
	case gate.NoRequestsLeft:
		return fmt.Sprintf("%s (limits.requests) do not suffice for a live pair of attempts at each task", plural(f.Of, "model request"))
	case gate.NoTimeLeft:
		return fmt.Sprintf("%s (limits.minutes) do not suffice for a live pair of attempts at each task", minutes(value(f.Value)))
	case gate.ModelGone:
		return fmt.Sprintf("the model API does not know the %s's model %s any more", f.Arm, f.Detail)
	case gate.OnlyReplayed:
		return "a variant is replayed from recordings, so that nothing about it can be measured now"
	}
	return ""
}
