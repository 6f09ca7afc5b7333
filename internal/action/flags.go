package action

import (
	"path/filepath"
	"strings"

	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/workflow"
)

// flagsOf are the inputs that win over keys of the configuration, as the flags of
// run do.
func flagsOf(v workflow.Values, workspace string) config.Flags {
	return config.Flags{
		Dir:   filepath.Join(workspace, v.WorkingDirectory),
		Named: inputOf,
		Model: v.CandidateModel, BaselineModel: v.BaselineModel,
		From: v.From, Arm: v.Arm, Mode: v.Mode,
		Attempts: v.Attempts, USD: v.USD, USDPerTrial: v.USDPerTrial, TokensPerTrial: v.TokensPerTrial, Requests: v.Requests, Minutes: v.Minutes, Workers: v.Workers,
	}
}

// inputOf is the input for a flag of run or of publish.
func inputOf(flag string) string {
	name := strings.TrimPrefix(flag, "--")
	if name == "model" {
		name = "candidate-model"
	}
	return "input " + name
}

// configFile is the configuration's path from the workspace on.
func configFile(v workflow.Values) string { return filepath.Join(v.WorkingDirectory, v.Config) }

// filesDir is where this configuration's runs and other files are kept, from the
// workspace on.
func filesDir(v workflow.Values) string {
	return filepath.Join(filepath.Dir(configFile(v)), ".benchgate")
}
