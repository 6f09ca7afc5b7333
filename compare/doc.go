// Package compare holds the statistics: estimates and intervals from two
// runs. It decides nothing; package gate does.
//
// [Compare] is the way in. It
//
//  1. takes from each run the one try of each attempt that counts,
//  2. matches the attempts of both runs by task and attempt number,
//  3. estimates each metric with the method that fits its design,
//  4. says what moved the cost per solved task, exactly ([Why]),
//  5. adds the rows per task, what infrastructure errors could have changed,
//     and warnings: each a [Fact], a code with its numbers.
//
// The methods are exported too, one file each, with the source of its formula:
//
//	[Within]      the spread of the attempts inside tasks, for the pass rate
//	              where every task has two attempts or more on both sides
//	[Pairs]       Tango's score interval, where every task has one
//	[Strata]      Miettinen and Nurminen's score interval otherwise, and a
//	              permutation test
//	[SwapTest]    ratios of sums: cost per solved task, dollars, tool errors
//	[Typical]     what happens to a typical task: mean logarithms
//	[SignedRank]  its test
//	[Shapley]     the parts of a change that several factors made
//	[BreakEven]   what a failure must cost for both sides to come to the same
//
// Everything is about the tasks of the suite, each with the same weight. A
// statement about other tasks is made only from 30 tasks on
// ([Comparison.OtherTasks]): with ten tasks no interval for it works.
//
// The package reads no clock and no environment and logs nothing. The same two
// runs always give the same result; the random swaps are seeded by the suite's
// digest. No value it returns is NaN or infinite: what does not exist is nil.
package compare
