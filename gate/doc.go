// Package gate turns a comparison into a verdict, and says when to stop paying
// for more trials.
//
// [Open] gives a [Gate], which takes the trials as they finish and says when the
// verdict stands. [Decide] gives the verdict on two finished runs: one that a gate
// watched, beside its own baseline, is replayed through the same Gate, so both
// agree; every other pair is read whole. [Confirm] takes the live pairs that a
// regression of costs alone waits for, and [AfterTheData] withdraws the answer of
// rules that are newer than the trials.
//
// The verdict rests on two hypotheses for each gated metric, and each must be
// rejected by the data before anything is claimed:
//
//   - "nothing got worse". Without rejecting it there is no regression. The
//     estimate must also be bad in practice: 0.7 of the margin or more.
//   - "it got worse by the margin or more". Without rejecting it there is no
//     pass. The estimate must also be within half the margin.
//
// When neither is rejected the verdict is inconclusive, and [Settle] says what
// would change that. A pass needs every task and every gated metric but the cost
// per solved task, which can only fail; one metric is enough for a regression, so
// the error rate alpha is shared among them.
//
// A verdict has codes and numbers and no sentences: [Finding], [compare.Fact],
// [Settle]. Package internal/report puts them into words.
//
// Three ways of looking at the data, [Mode]:
//
//	informed  after each trial, against everything the stored baseline says
//	          about each task (a Bayes factor) and an e-process on costs
//	strict    after each round of attempts, an exact test of the pairs alone
//	fixed     once, at the planned end
//
// Before any of it [Differences] asks whether the runs may be compared at all,
// [Order] plans the trials so that the first dollars tell most, and [Predict]
// says what the gate will probably say and cost. Between gates, [WatchDrift]
// watches one variant night after night.
//
// The package is pure: no clock, environment, network or logging. The same
// trials in the same order always give the same verdict.
package gate
