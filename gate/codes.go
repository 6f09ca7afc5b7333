package gate

import "github.com/benchgate/benchgate/compare"

// Why a metric or a whole verdict has no answer, beside
// [compare.UnknownCost], [compare.MissedRequests], [compare.SolvedNone],
// [compare.MissingTasks] and [compare.NothingToCompare].
const (
	PolicyInvalid   compare.Code = "policy_invalid"    // Detail is the error's text
	NoAttempts      compare.Code = "no_attempts"       // Arm has no finished attempt
	InfraTookAll    compare.Code = "infra_took_all"    // infrastructure errors took all Count attempts of Arm
	PlanIncomplete  compare.Code = "plan_incomplete"   // Count of Arm's Of planned trials are in: the fixed mode reads at the planned end only
	FreeOnOneSide   compare.Code = "free_on_one_side"  // Count matched attempts cost nothing on one side only
	NoKnownCosts    compare.Code = "no_known_costs"    // no matched attempt has a known cost on both sides
	BillWorse       compare.Code = "bill_worse"        // the total cost is Value times the baseline's, above the typical cost's Margin and beyond chance; without Count trials, of which Trials are the dearest, it would not be
	BillHigh        compare.Code = "bill_high"         // the same, but chance explains it
	OneSideFree     compare.Code = "one_side_free"     // one side as a whole cost nothing
	NoPairsLeft     compare.Code = "no_pairs_left"     // Arm has no counterpart of the Count planned trials that are left
	NoTrialHelps    compare.Code = "no_trial_helps"    // none of the Count planned trials that are left can change what is held against the verdict
	FirstRoundOpen  compare.Code = "first_round_open"  // the metric is looked at when every task has a pair with known costs, not before
	InfraShare      compare.Code = "infra_share"       // infrastructure errors took Value of the candidate's attempts
	InfraExcess     compare.Code = "infra_excess"      // they took Value of the candidate's attempts but Beside of the baseline's
	OtherModelWorks compare.Code = "other_model"       // in Count of Arm's Of attempts another model did work than the variant's
	NothingCanFall  compare.Code = "nothing_can_fall"  // Arm solved Count of Of judged attempts: hardly more than the Margin
	MuchToLose      compare.Code = "much_to_lose"      // the Margin is more than half of Arm's pass rate, Value, on Tasks
	LiveNotInformed compare.Code = "live_not_informed" // the baseline was measured beside the candidate: the strict mode decides
	FewForInformed  compare.Code = "few_for_informed"  // the baseline has Count attempts at some task, the informed mode takes Need
	FewForFewer     compare.Code = "few_baseline"      // it has Count; from Need on the gate takes fewer candidate trials
	TimeOver        compare.Code = "time_over"         // the run ended before its plan was through, after Value minutes (limits.minutes) with Count of Of trials of all arms
	StoppedByGate   compare.Code = "stopped_by_gate"   // a gate ended Arm's run for its results, Count of Of planned trials in; the gate compared it with the run Detail, where that is another
	StoppingUnknown compare.Code = "stopping_unknown"  // Count of Arm's Of planned trials are in, and its file does not say whether a gate ended it
	RulesAfterData  compare.Code = "rules_after_data"  // the gate's rules were chosen when the trials, of the run Detail, had been judged by others
	DropNotSeen     compare.Code = "drop_not_seen"     // Tasks with Count attempts each show a drop of Value or more, which is above the Margin
	PassOutOfReach  compare.Code = "pass_out_of_reach" // Count trials cannot rule out the Margin, however they end
	RatioTooNarrow  compare.Code = "ratio_too_narrow"  // Count trials are too few for a cost Margin as narrow as this
	LivePairsDiffer compare.Code = "live_pairs_differ" // Tasks' live pairs, side by side, cost Value times as much, where a regression needs Margin
	NotAdjusted     compare.Code = "not_adjusted"      // the interval takes no account of stopping; Low to High does
	OtherTasks      compare.Code = "other_tasks"       // Low to High is the interval for other tasks like these
	ChanceAmongMany compare.Code = "chance_among_many" // the interval alone says Detail (a status); among Count metrics that may be chance
)

// Why a regression of costs is [Unconfirmed].
const (
	NoLivePairs     compare.Code = "no_live_pairs"          // there are no runs of live pairs
	PairsMissing    compare.Code = "live_pairs_missing"     // Count of Of tasks have a pair whose costs are known
	PairsNotStarted compare.Code = "live_pairs_not_started" // Detail, an error's text, kept the baseline's variant from running
	PairsOfOther    compare.Code = "live_pairs_of_other"    // the runs of live pairs are not of these variants and tasks
	NoRequestsLeft  compare.Code = "no_requests_left"       // the limit of model requests, Of, was reached before the pairs were through
	NoTimeLeft      compare.Code = "no_time_left"           // Value minutes, the limit of the run's time, were over before the pairs were through
	NoMoneyLeft     compare.Code = "no_money_left"          // the dollar limit, Margin, does not allow the pairs; Value is what they would cost, where that is known
	ModelGone       compare.Code = "model_gone"             // the API does not know the model of Arm, Detail, any more
	OnlyReplayed    compare.Code = "only_replayed"          // a variant is replayed from recordings: nothing about it is live
)
