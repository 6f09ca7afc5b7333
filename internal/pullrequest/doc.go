// Package pullrequest posts a measurement to a pull request on GitHub, from its
// beginning to a verdict: as one comment that is kept up to date, and as a check
// run on the measured commit. It reads there what an action has to know, keeps
// baselines on a branch, and proposes new ones.
//
// What is posted when, and what it says:
//
//   - poster.go         begin, progress, and the ends that there are
//   - publish.go        the end alone, for any CI system
//   - said.go           what is said before and beside a verdict
//   - body.go           the comment's text, from the verdict and a few facts
//   - circumstances.go  how the measurement came about, in lines above the report
//   - checkrun.go       the check run's name, conclusion and text
//   - annotate.go       what is said beside lines of the commit's files
//   - accept.go         whether a person accepted the regression
//
// How it is found again and written:
//
//   - marker.go         the comment's last line, by which it is found again
//   - digest.go         what a verdict says, in a few digits
//   - comment.go        find the comment, write it, keep it single
//   - check.go          the same for the check run
//   - older.go          what an older CI run left: a report, or something in progress
//   - address.go        the pull request, and how far it is ahead of what was measured
//
// Without a pull request, as at night:
//
//   - issue.go          an alarm as an issue, from the day it opens to its end
//   - issuemark.go      the last line, and that of a comment on a change
//   - issuewrite.go     find the issue, write it, keep it single
//
// What is read:
//
//   - repository.go     pull requests, and the files that they change
//   - tree.go           files of a commit, as data
//   - artifacts.go      what workflows' runs uploaded
//
// Baselines:
//
//   - branch.go         the branch with the baselines: what is read
//   - branchcommit.go   what is written to it
//   - branchproposal.go what is proposed by a pull request
//
// And how:
//
//   - server.go         which repository on which GitHub, and who asks
//   - client.go         the API's client, and whose token it has
//   - transport.go      waits out limits and faults of the API
//   - refusal.go        what an error of the API means, and what to do
//
// Texts are pure functions, so that golden files show them. Numbers are written
// by package report.
package pullrequest
