// Package realparts is for tests only: what several of them take from outside
// this repository instead of making it up.
//
//   - machine.go  the Docker engine, the Claude Code and the Codex of this machine
//   - prometheus.go  a Prometheus, and what a dashboard asks it
//   - suites.go   pass rates and dollars that are distributed as measured ones
//   - vectors.go  results of the statistics, computed by two other programs
package realparts
