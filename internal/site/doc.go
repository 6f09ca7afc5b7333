// Package site is the place where trials run: an engine that makes sandboxes,
// and the meter and the telemetry receiver where those sandboxes reach them.
// [Open] makes one for a run or for a check of tasks, and [Meter] does the same
// for a single command on this machine. Read it top to bottom:
//
//  1. site.go         open everything, in order, and close it again
//  2. command.go      any command with the meter between it and the model
//  3. bill.go         what a command's requests cost
//  4. admission.go    whether the model API would answer trials
//  5. way.go         how requests get to the model API, to be shown
//  6. noadmission.go why it would answer none, and what to do about that
//  7. key.go         whether there is what opens the model API
//  8. access.go      where the model API is and what opens it
//  9. transport.go   the connection to it: proxy and certificates
//  10. engine.go     the kinds of sandbox, and what is left on them
//  11. engine_unix.go the sandbox without isolation
//  12. engine_other.go why it is not there, on other systems
//  13. agents.go     the cache of downloaded agents
//  14. images.go     the cache of the tasks' images
//  15. serve.go      meter and receiver, on each network that sandboxes are on
//  16. id.go         names of runs
package site
