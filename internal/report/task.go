package report

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
)

// taskView is one task as strings.
type taskView struct {
	id, tier                        string
	baselineSolved, candidateSolved string // "4/5", or "none run"
	baselineCost, candidateCost     string // mean of a trial
	share                           string // of the change in dollars; "" when not known
	without                         string // change in cost per solved task over all tasks but this one; "" when there is none
	ended                           string // ends other than finished, both arms
	trend                           int    // -1 solved less often, 1 more often, 0 neither
	source                          gate.TaskRow
}

// changed reports whether a reader who has time for few tasks should see this
// one.
func (t taskView) changed() bool {
	return t.trend != 0 || t.ended != "" ||
		t.source.ShareOfChange != nil && math.Abs(*t.source.ShareOfChange) >= 0.05
}

// taskViews puts what was lost first, then what was won, then what moved most
// money.
func taskViews(v gate.Verdict) []taskView {
	views := make([]taskView, 0, len(v.Tasks))
	for _, row := range v.Tasks {
		views = append(views, viewTask(row))
	}
	slices.SortStableFunc(views, func(a, b taskView) int {
		return cmp.Or(
			cmp.Compare(trendRank(a.trend), trendRank(b.trend)),
			-cmp.Compare(math.Abs(rateChange(a.source)), math.Abs(rateChange(b.source))),
			-cmp.Compare(shareSize(a.source), shareSize(b.source)),
			cmp.Compare(a.source.ID, b.source.ID),
		)
	})
	return views
}

func trendRank(trend int) int {
	switch trend {
	case -1:
		return 0
	case 1:
		return 1
	default:
		return 2
	}
}

func shareSize(row gate.TaskRow) float64 {
	if row.ShareOfChange == nil {
		return 0
	}
	return math.Abs(*row.ShareOfChange)
}

func viewTask(row gate.TaskRow) taskView {
	view := taskView{
		id:              plain(row.ID, maxName),
		tier:            plain(row.Tier, maxName),
		baselineSolved:  solvedOf(row.Baseline),
		candidateSolved: solvedOf(row.Candidate),
		baselineCost:    meanCost(row.Baseline),
		candidateCost:   meanCost(row.Candidate),
		ended:           unusualEnds(row),
		trend:           cmp.Compare(rateChange(row), 0),
		without:         withoutIt(row),
		source:          row,
	}
	if row.ShareOfChange != nil {
		view.share = signed(*row.ShareOfChange*100, 0) + "%"
	}
	return view
}

func solvedOf(side gate.TaskSide) string {
	if side.Attempts == 0 {
		return "none run"
	}
	return strconv.Itoa(side.Solved) + "/" + strconv.Itoa(side.Attempts)
}

// meanCost is dollars a trial: sums of unequal numbers of attempts would not
// compare.
func meanCost(side gate.TaskSide) string {
	switch {
	case side.Attempts == 0:
		return "–"
	case side.CostUSD == nil:
		return notKnown
	default:
		return dollars(*side.CostUSD / float64(side.Attempts))
	}
}

// rateChange is the difference of the two solved rates; zero while one side
// has no attempt.
func rateChange(row gate.TaskRow) float64 {
	if row.Baseline.Attempts == 0 || row.Candidate.Attempts == 0 {
		return 0
	}
	return float64(row.Candidate.Solved)/float64(row.Candidate.Attempts) -
		float64(row.Baseline.Solved)/float64(row.Baseline.Attempts)
}

// unusualEnds leaves out what finished: the interesting part is how the rest
// ended.
func unusualEnds(row gate.TaskRow) string {
	base, cand := unusual(row.Baseline.Ended), unusual(row.Candidate.Ended)
	switch {
	case base == "":
		return cand
	case cand == "":
		return "was " + base
	default:
		return cand + " (was " + base + ")"
	}
}

func unusual(counts map[baselines.Ended]int) string {
	rest := make(map[baselines.Ended]int, len(counts))
	for e, n := range counts {
		if e != baselines.Finished {
			rest[e] = n
		}
	}
	return endedCounts(rest)
}

// pick returns at most limit tasks: all when they fit, otherwise those that
// changed. rest counts what is left out.
func pick(views []taskView, limit int) (shown []taskView, rest int) {
	if len(views) <= limit {
		return views, 0
	}
	for _, view := range views {
		if view.changed() && len(shown) < limit {
			shown = append(shown, view)
		}
	}
	return shown, len(views) - len(shown)
}

// solvedNothing reports for each arm that it has attempts and solved none.
func solvedNothing(v gate.Verdict) (baseline, candidate bool) {
	var base, cand gate.TaskSide
	for _, row := range v.Tasks {
		base.Attempts += row.Baseline.Attempts
		base.Solved += row.Baseline.Solved
		cand.Attempts += row.Candidate.Attempts
		cand.Solved += row.Candidate.Solved
	}
	return base.Attempts > 0 && base.Solved == 0, cand.Attempts > 0 && cand.Solved == 0
}
