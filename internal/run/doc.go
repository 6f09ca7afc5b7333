// Package run is the main job: it runs trials until the gate has a verdict. The
// files stand in the order in which things happen; each uses only what stands
// below it.
//
//  1. run.go      the whole job: decide, prepare, measure, give the verdict
//  2. otherrules.go the trials of a run that was judged by other rules, without a verdict
//  3. alone.go    the same for one variant by itself, without a gate
//  4. failed.go  which errors are of the surroundings, and not of what was asked
//  5. askedagain.go how often a question was asked anew
//  6. decide.go   what is decided before anything runs and money is spent
//  7. suite.go    the configured tasks and their lock
//  8. subject.go  a configured variant becomes something that can run
//  9. baseline.go a stored run is the baseline, or it is measured live
//  10. reprice.go  stored dollars at the prices of today
//  11. order.go    the order of trials, from a seed that nobody picks
//  12. priced.go   a model that will be asked has a price, or the run does without dollars
//  13. earlier.go  a run that asked the same question before
//  14. prepare.go  open the site, the journals and the gate; images are built on beside the trials
//  15. carry.go   what this run takes over from the earlier one
//  16. confirm.go live pairs confirm or refute a regression of costs, or it says why not
//  17. pairs.go   measure them
//  18. measure.go hand the trials to the workers
//  19. watch.go   record each trial as it ends, ask the gate, stop
//  20. admission.go stop when the model API lets no trial in any more
//  21. minutes.go how much of the run's time is left
//  22. drift.go   beside all this: whether stored nights of one variant have drifted
//
// Below the steps stands what they hand on to each other:
//
//  23. identity.go which question a run asks
//  24. plan.go     a run that is ready to start
//  25. carried.go  what an earlier run measured and this one need not
//  26. design.go   what was decided
//  27. cachekey.go what CI may keep from job to job, and its name
//  28. pricing.go  what the models cost, and which lines to add for one without a price
//  29. arm.go      one side of the gate and its journal
//  30. key.go      whether the environment has what opens the model API
//  31. telemetrysend.go what is left of a run's telemetry goes to the user's endpoints
//  32. telemetry.go the same beside a run, as its trials end
//  33. options.go  what a run is given, and what it tells while it runs
//  34. lock.go     the lock of a configuration is read, written or missed
//  35. reserve.go room on the disk for the verdict
//  36. files.go    the names of a run's files, and how they are written
//
// The gate is asked after every candidate trial in the order of seq; when its
// verdict stands, what still runs is cancelled.
package run
