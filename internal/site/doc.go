// Package site is the place where trials run: an engine that makes sandboxes,
// and the meter and the telemetry receiver where those sandboxes reach them.
// [Open] makes one for a run or for a check of tasks, and [Meter] does the same
// for a single command on this machine. Read it top to bottom:
//
//  1. site.go         open everything, in order, and close it again
//  2. command.go      any command with meter and receiver beside it
//  3. metered.go      the command as a trial, from ledger and telemetry
//  4. bill.go         what a command's requests cost
//  5. exec.go         the command is run: signals, its end, what it left behind
//  6. exec_unix.go    its process group, and the terminal
//  7. exec_other.go   the same on other systems
//  8. children_linux.go processes that it left behind
//  9. children_other.go why other systems do not tell of them
//  10. admission.go   whether the model API would answer trials
//  11. way.go         how requests get to the model API, to be shown
//  12. noadmission.go why it would answer none, and what to do about that
//  13. key.go         whether there is what opens the model API
//  14. ways.go        the ways to all APIs that agents speak
//  15. access.go      where the model API is and what opens it
//  16. transport.go   the connection to it: proxy and certificates
//  17. engine.go      the kinds of sandbox, and what is left on them
//  18. engine_unix.go the sandbox without isolation
//  19. engine_other.go why it is not there, on other systems
//  20. agents.go      the cache of downloaded agents
//  21. images.go      the cache of the tasks' images
//  22. serve.go       meter and receiver, on each network that sandboxes are on
//  23. connections.go how many connections one sandbox may have open
//  24. id.go          names of runs
package site
