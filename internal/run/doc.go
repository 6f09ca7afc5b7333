// Package run is the main job: it runs trials until the gate has a verdict. The
// files stand in the order in which things happen; each uses only what stands
// below it.
//
//  1. run.go      the whole job: decide, prepare, measure, give the verdict
//  2. decide.go   what is decided before anything runs and money is spent
//  3. suite.go    the configured tasks and their lock
//  4. subject.go  a configured variant becomes something that can run
//  5. baseline.go a stored run is the baseline, or it is measured live
//  6. reprice.go  stored dollars at the prices of today
//  7. order.go    the order of trials, from a seed that nobody picks
//  8. priced.go   a model that will be asked has a price, or the run does without dollars
//  9. earlier.go  a run that asked the same question before
//  10. prepare.go  open the site, the journals and the gate
//  11. carry.go   what this run takes over from the earlier one
//  12. confirm.go live pairs confirm or refute a regression of costs, or it says why not
//  13. pairs.go   measure them
//  14. measure.go hand the trials to the workers
//  15. watch.go   record each trial as it ends, ask the gate, stop
//  16. admission.go stop when the model API lets no trial in any more
//
// Below the steps stands what they hand on to each other:
//
//  17. identity.go which question a run asks
//  18. plan.go     a run that is ready to start
//  19. design.go   what was decided
//  20. pricing.go  what the models cost, and which lines to add for one without a price
//  21. arm.go      one side of the gate and its journal
//  22. options.go  what a run is given, and what it tells while it runs
//  23. files.go    the names of a run's files, and how they are written
//
// The gate is asked after every candidate trial in the order of seq; when its
// verdict stands, what still runs is cancelled.
package run
