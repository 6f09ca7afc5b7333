// Package pullrequest posts a verdict to a pull request on GitHub: as one
// comment that is kept up to date, and as a check run on the measured commit. It
// also keeps baselines on a branch, and proposes new ones.
//
//   - publish.go     what is posted, and in which order
//   - body.go        the comment's text, from the verdict and a few facts
//   - checkrun.go    the check run's name, conclusion and text, likewise
//   - marker.go      the comment's last line, by which it is found again
//   - comment.go     find the comment, write it, keep it single
//   - check.go       the same for the check run
//   - address.go     the pull request, and how far it is ahead of what was measured
//   - branch.go      the branch with the baselines: what is read
//   - branchcommit.go, branchproposal.go  what is written, and proposed
//   - client.go      the API's client, and whose token it has
//   - transport.go   waits out limits and faults of the API
//   - refusal.go     what an error of the API means, and what to do
//
// Texts are pure functions, so that golden files show them. Numbers are written
// by package report.
package pullrequest
