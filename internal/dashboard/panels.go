package dashboard

import (
	"slices"

	"github.com/benchgate/benchgate/internal/forward"
)

// rows are the dashboard, top to bottom.
func rows() []row {
	return slices.Concat(outcome(), money(), requests(), tools())
}

var (
	compared = isNot(forward.AttrRole, "auxiliary")
	judged   = isNot(forward.AttrEnded, "infra_error", "cancelled")
	once     = is(forward.AttrPhase, "total")
)

func costTerm(name, head string, where ...condition) term {
	return term{
		name: name, head: head, signal: metrics, of: forward.MetricTrialCost, do: total, unit: usd,
		where: append([]condition{compared, judged}, where...),
	}
}

func solvedTerm(name, head string) term {
	return term{name: name, head: head, signal: metrics, of: forward.MetricTrialSolved, do: total, where: []condition{judged}, unit: count}
}

func trialsTerm(name, head string, where ...condition) term {
	return term{
		name: name, head: head, signal: metrics, of: forward.MetricTrialSeconds, do: howMany, unit: count,
		where: append([]condition{once}, where...),
	}
}

func outcome() []row {
	perSolved := []term{costTerm("A", "cost"), solvedTerm("B", "solved"), trialsTerm("C", "trials", judged)}
	ratios := []formula{
		{"F1", "cost per solved task", "/", []string{"A", "B"}, usd},
		{"F2", "pass rate", "/", []string{"B", "C"}, share},
	}
	return []row{{"What solved tasks cost", []placed{
		{panel{
			key: "cost-per-solved", title: "Cost per solved task",
			why:  "What all judged trials cost, by benchgate's meter, over how many were solved. The agent's small-model housekeeping is left out, as the gate does. A trial whose cost is not known adds none.",
			show: number, unit: usd,
			terms:    []term{costTerm("A", ""), solvedTerm("B", "")},
			computed: []formula{{"F1", "cost per solved task", "/", []string{"A", "B"}, usd}},
		}, 3, 4},
		{panel{
			key: "pass-rate", title: "Pass rate", why: "Solved trials over judged ones. Infrastructure errors and cancelled trials are not judged.",
			show: number, unit: share,
			terms:    []term{solvedTerm("A", ""), trialsTerm("B", "", judged)},
			computed: []formula{{"F1", "pass rate", "/", []string{"A", "B"}, share}},
		}, 3, 4},
		{panel{
			key: "unsolved-cost", title: "Spent on unsolved trials", why: "What trials cost that did not solve their task: in the cost per solved task, it is what the solved ones have to pay for.",
			show: number, unit: usd,
			terms: []term{costTerm("A", "spent on unsolved trials", isNot(forward.AttrSolved, "true"))},
		}, 3, 4},
		{panel{
			key: "unsolved-share", title: "Share spent on unsolved trials", why: "The same over the cost of all judged trials.",
			show: number, unit: share,
			terms:    []term{costTerm("A", "", isNot(forward.AttrSolved, "true")), costTerm("B", "")},
			computed: []formula{{"F1", "share spent on unsolved trials", "/", []string{"A", "B"}, share}},
		}, 3, 4},
		{panel{
			key: "by-variant", title: "Variants", why: "Cheapest to run and cheapest to get work done are different columns.",
			show: table, unit: usd, by: []string{variant, arm}, terms: perSolved, computed: ratios,
		}, 12, 5},
		{panel{
			key: "by-task", title: "Tasks", why: "Where the money goes: a few hard tasks make most of a bill.",
			show: table, unit: usd, by: []string{task, variant}, terms: perSolved, computed: ratios,
		}, 12, 7},
		{panel{
			key: "ended", title: "How trials ended", why: "Out of time is another failure than finished and wrong: the first ran out of budget, the second missed.",
			show: table, unit: count, by: []string{variant, forward.AttrEnded, forward.AttrSolved},
			terms: []term{trialsTerm("A", "trials")},
		}, 6, 6},
		{panel{
			key: "verdicts", title: "Verdicts", why: "What benchgate said at the end of each run. In Grafana they are annotations, too.",
			show: table, unit: count, by: []string{runID, forward.AttrSuite, forward.AttrBaseline, forward.AttrCandidate, forward.AttrOutcome},
			terms: []term{{name: "A", head: "verdicts", signal: metrics, of: forward.MetricVerdict, do: total}},
		}, 6, 6},
	}}}
}
