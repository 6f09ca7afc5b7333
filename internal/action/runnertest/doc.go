// Package runnertest is for tests only: GitHub's runner as a container action
// sees it. It mounts what that mounts, under the same names, hands over the
// environment in the same way, obeys the same commands in the log, reads the
// same files afterwards, and ends a job with the same signals after the same
// times.
//
// Source: actions/runner at 258d6c857, ContainerActionHandler.cs,
// DockerCommandManager.cs, ProcessInvoker.cs, ActionCommandManager.cs,
// FileCommandManager.cs.
package runnertest
