// Package action is what the Action does in a job on GitHub.
//
//   - action.go         the whole job, by what its event asks
//   - ask.go            what an event asks: docs/events.md is written from its test
//   - subject.go        what is judged, and by whose files
//   - workspace.go      the pull request's base is checked out
//   - commit.go         which commit that is, without git
//   - unchanged.go      nothing to measure, where a workflow leaves that out
//   - restore.go        what earlier jobs measured is brought back
//   - unpack.go         out of an artifact, which is foreign
//   - tell.go           GitHub is told what goes on, and the post step what is left
//   - live.go           whole trials are counted for that
//   - measure.go        trials until the verdict
//   - finish.go         the outcome is told everywhere
//   - circumstances.go  how it came about, and where its rules stand
//   - particulars.go    what the job's page has beside the report
//   - save.go           a baseline is stored
//   - alarm.go          without a pull request: drift of stored nights, and issues
//   - upload.go         what the next step may upload
//   - judged.go         of what a run is, for later jobs
//   - owner.go          files are given back to the workspace's owner
//
// Other deeds:
//
//   - accept.go         a regression is accepted by a label; nothing is run
//   - relay.go          what a fork's run measured is posted
//   - stranger.go       its verdict, of which the numbers are taken
//   - post.go           the post step: what died is finished
//
// Below them stand the facts: flags.go and outputs.go (inputs and outputs),
// outcome.go (exit codes), server.go (which GitHub), mask.go (secrets).
package action
