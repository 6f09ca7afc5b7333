// Package run is the main job: it runs trials until the gate has a verdict. The
// files stand in the order in which things happen; each uses only what stands
// below it.
//
//  1. run.go      the whole job: decide, prepare, measure, give the verdict
//  2. alone.go    the same for one variant by itself, without a gate
//  3. decide.go   what is decided before anything runs and money is spent
//  4. suite.go    the configured tasks and their lock
//  5. subject.go  a configured variant becomes something that can run
//  6. baseline.go a stored run is the baseline, or it is measured live
//  7. reprice.go  stored dollars at the prices of today
//  8. order.go    the order of trials, from a seed that nobody picks
//  9. priced.go   a model that will be asked has a price, or the run does without dollars
//  10. earlier.go  a run that asked the same question before
//  11. prepare.go  open the site, the journals and the gate
//  12. carry.go   what this run takes over from the earlier one
//  13. confirm.go live pairs confirm or refute a regression of costs, or it says why not
//  14. pairs.go   measure them
//  15. measure.go hand the trials to the workers
//  16. watch.go   record each trial as it ends, ask the gate, stop
//  17. admission.go stop when the model API lets no trial in any more
//
// Below the steps stands what they hand on to each other:
//
//  18. identity.go which question a run asks
//  19. plan.go     a run that is ready to start
//  20. design.go   what was decided
//  21. pricing.go  what the models cost, and which lines to add for one without a price
//  22. arm.go      one side of the gate and its journal
//  23. options.go  what a run is given, and what it tells while it runs
//  24. lock.go     the lock of a configuration is read, written or missed
//  25. files.go    the names of a run's files, and how they are written
//
// The gate is asked after every candidate trial in the order of seq; when its
// verdict stands, what still runs is cancelled.
package run
