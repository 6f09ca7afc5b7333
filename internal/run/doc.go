// Package run is the main job. Read it top to bottom:
//
//  1. run.go      load, decide what to run, prepare, run trials, ask the gate
//  2. subject.go  a configured variant becomes something that can run
//  3. baseline.go stored or live: where the other arm comes from
//  4. order.go    the order of trials, fixed and hashed before the first
//  5. serve.go    meter and telemetry receiver, where sandboxes reach them
//  6. arm.go      the journals, and what is known so far
//
// The gate is asked after every candidate trial in the order of seq; when its
// verdict stands, what still runs is cancelled.
package run
