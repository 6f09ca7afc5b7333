package trial

import "github.com/benchgate/benchgate/baselines"

// noteContradicted flags telemetry that tells of lines which nobody wrote. Of what an
// agent's tools added and did not remove again, the lines that the working directory
// has are there, however few tokens they took: a tool can repeat a line many times,
// or move a file. All others went when a program removed the file, or are beyond the
// working directory; those the model must have written, and a line takes it a token
// at least. Tokens are the meter's: an agent cannot forge them.
//
// Removed lines alone contradict nothing, because a tool can replace a large file
// that a program made.
func (a *attempt) noteContradicted() {
	lines := a.trial.Lines
	written := int64(0)
	if a.trial.Sources["tokens"] == "meter" && a.trial.Tokens != nil {
		written = a.trial.Tokens.Output
	}
	if a.trial.Flagged(baselines.UsageUnknown) {
		return // how much the model wrote is not known
	}
	if lines.Added-lines.Removed > *lines.Kept+written {
		a.flag(baselines.Contradicted)
	}
}
