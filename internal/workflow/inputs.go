package workflow

import (
	"slices"
	"strings"
)

// Input is one input of the Action, as action.yml describes it.
type Input struct {
	Name        string // as workflows write it, with hyphens
	Default     string // what action.yml gives it; empty: left to the configuration
	Description string
	Choices     []string // the only values; nil: others
}

// Inputs are the inputs of the Action in the order of action.yml. A key of a
// model's API is none of them: it comes from the environment, where the runner
// does not print it.
func Inputs() []Input { return slices.Clone(inputs) }

var inputs = []Input{
	{Name: "config", Default: "benchgate.yaml", Description: "Configuration file, from working-directory on."},
	{Name: "working-directory", Default: ".", Description: "Directory inside the workspace to work in."},
	{Name: "candidate-model", Description: "The candidate's model, instead of the one in the configuration."},
	{Name: "baseline-model", Description: "The baseline's model, instead of the one in the configuration."},
	{Name: "attempts", Description: "Attempts of each task and arm."},
	{Name: "usd", Description: "Dollars that the whole run may cost."},
	{Name: "usd-per-trial", Description: "Dollars that one trial may cost."},
	{Name: "tokens-per-trial", Description: "Tokens, of all kinds, that one trial may use."},
	{Name: "requests", Description: "Model requests that the whole run may make."},
	{Name: "minutes", Description: "Minutes after which the run has ended, with what it has; less than the job's timeout-minutes."},
	{Name: "workers", Description: "Trials at the same time, instead of as many as the machine has CPUs and memory for."},
	{Name: "mode", Description: "How the gate decides: auto, informed, strict or fixed.", Choices: []string{"auto", "informed", "strict", "fixed"}},
	{Name: "from", Description: "Where the baseline comes from: auto, stored or live.", Choices: []string{"auto", "stored", "live"}},
	{Name: "arm", Description: "Measure this arm alone, baseline or candidate, and compare nothing.", Choices: []string{"baseline", "candidate"}},
	{Name: "again", Default: "false", Description: "Measure anew, although an earlier run has an answer to the same question; the comment counts it.", Choices: booleans},
	{Name: "comment", Default: "always", Description: "When to begin a comment on the pull request: always, changes (not for a pass in which no task was lost or won), regression or never. One that is there is kept up to date, but for never.", Choices: []string{"always", "changes", "regression", "never"}},
	{Name: "comment-key", Description: "Tells apart comments of the same workflow, job and suite, as in a matrix."},
	{Name: "check", Default: "true", Description: "Write the check run \"benchgate / SUITE\" on the measured commit.", Choices: booleans},
	{Name: "pull-request", Description: "Number of the pull request to measure and report to, for workflow_dispatch; other events name their own."},
	{Name: "upload", Default: "verdict", Description: "What upload-path holds for actions/upload-artifact, whose artifacts everybody who reads the repository can download: none, verdict (numbers and records of trials) or full (transcripts and logs too).", Choices: []string{"none", "verdict", "full"}},
	{Name: "on-missing-key", Default: "auto", Description: "Without a key for the model's API: fail, skip, or auto, which skips for pull requests of forks and of Dependabot only, as GitHub gives these no secrets.", Choices: []string{"auto", "fail", "skip"}},
	{Name: "unchanged", Default: "measure", Description: "What to do with a pull request that does not change the candidate: measure, or skip, which costs nothing and makes the check run neutral.", Choices: []string{"measure", "skip"}},
	{Name: "accept-label", Default: "benchgate:accept", Description: "Label by which a maintainer who is not the author accepts a regression."},
	{Name: "save-baseline", Default: "false", Description: "Store what was measured as a baseline. Refused for pull requests.", Choices: booleans},
	{Name: "on-alarm", Description: "Without a pull request, as at night: issue keeps the step green for a regression, and opens an issue for it and for drift of the stored nights; fail fails the step for both. Not given: a regression fails the step, and drift is not looked for.", Choices: []string{"issue", "fail"}},
	{Name: "drift-since", Description: "With on-alarm: leave out nights before this date, as 2026-11-23, so that the change which they show is accepted."},
	{Name: "github-token", Default: "${{ github.token }}", Description: "Token that reads the pull request and writes comment, check run and baselines."},
	{Name: "baseline-token", Description: "Token that writes baselines instead of github-token, as an app's: what github-token pushes starts no workflows."},
}

// booleans are those of YAML 1.2's core schema, which actions/toolkit reads.
var booleans = []string{"true", "false"}

func inputNames() []string {
	var names []string
	for _, in := range Inputs() {
		names = append(names, in.Name)
	}
	return names
}

// Variable is the environment variable in which the runner hands over an
// input: spaces become underscores, letters capitals, and hyphens stay
// (Handlers/Handler.cs).
func Variable(input string) string {
	return inputPrefix + strings.ToUpper(strings.ReplaceAll(input, " ", "_"))
}

const inputPrefix = "INPUT_"
