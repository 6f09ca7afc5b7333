// Package workflow speaks the protocol between a step of GitHub Actions and the
// runner that started it. It asks nothing of GitHub's API.
//
//   - inputs.go    the table of inputs, as action.yml has them
//   - values.go    the inputs of this step, read and judged
//   - outputs.go   the table of outputs, and what each may hold
//   - job.go       what the environment says of the job
//   - event.go     what the event's payload says
//   - log.go       the one stream that the runner reads: ours and what others wrote
//   - commands.go  masks, annotations
//   - files.go     outputs, state and summary, through files of the runner
//
// Outside GitHub Actions nothing is written but text for people.
//
// What the runner does with all of it is read from its source, github.com/actions/runner
// at 258d6c857 (src/Runner.Worker and src/Runner.Common); names of its files in this
// package's comments are of that commit.
package workflow
