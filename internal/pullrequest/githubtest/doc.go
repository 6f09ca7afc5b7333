// Package githubtest is for tests only: a GitHub that keeps pull requests,
// comments and check runs in memory, asks tokens for permissions, and fails
// where it is told to. Each request that it gets and each answer that it gives
// is held against GitHub's own description of its API, and its answers are that
// description's examples with other values in them.
package githubtest
