package action

import (
	"errors"
	"math"
	"path/filepath"
	"strconv"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/run"
	"github.com/benchgate/benchgate/internal/workflow"
)

// output is one output of the step.
type output struct{ name, value string }

// outputs are those of an outcome that are known: numbers, words of ours and
// paths of ours. What others wrote is in files only.
func (o outcome) outputs() []output {
	out := []output{{"verdict", string(o.verdict())}, {"exit-code", strconv.Itoa(o.exitCode())}}
	switch {
	case o.result != nil:
		out = append(out, ofVerdict(o.result.Verdict)...)
	case o.first != nil:
		out = append(out, ofFirst(o.first)...)
	}
	dir := o.dir()
	if dir == "" {
		return out
	}
	out = append(out, output{"run-path", slashed(dir)})
	if o.result != nil && isThere(run.VerdictIn(dir)) {
		out = append(out, output{"verdict-path", slashed(run.VerdictIn(dir))})
	}
	if report := filepath.Join(dir, reportFile); isThere(report) {
		out = append(out, output{"report-path", slashed(report)})
	}
	return out
}

func ofVerdict(v gate.Verdict) []output {
	pass, cost := v.Metrics[compare.PassRate], v.Metrics[compare.CostPerSolved]
	out := []output{
		{"trials-used", strconv.Itoa(v.TrialsUsed)}, {"trials-planned", strconv.Itoa(v.TrialsPlanned)},
	}
	for _, number := range []struct {
		name  string
		value *float64
	}{
		{"pass-rate-baseline", pass.Baseline},
		{"pass-rate-candidate", pass.Candidate},
		{"cost-per-solved-baseline", cost.Baseline},
		{"cost-per-solved-candidate", cost.Candidate},
		{"cost-per-solved-ratio", cost.Ratio},
		{"cost-per-solved-low", cost.Low},
		{"cost-per-solved-high", cost.High},
		{"usd-used", v.USDUsed},
		{"usd-saved", v.USDSaved},
	} {
		if number.value != nil {
			out = append(out, output{number.name, decimal(*number.value)})
		}
	}
	return out
}

// ofFirst are the numbers of one variant under its arm's names.
func ofFirst(m *run.Measured) []output {
	s, arm := report.Summarize(m.Run), "candidate"
	if m.Run.Header.Arm == baselines.Baseline {
		arm = "baseline"
	}
	planned := m.Run.Header.Limits.Attempts * len(m.Run.Header.Suite.Tasks)
	out := []output{{"trials-used", strconv.Itoa(s.Trials)}, {"trials-planned", strconv.Itoa(planned)}}
	if usd, known := m.Run.SpentUSD(); known {
		out = append(out, output{"usd-used", decimal(usd)})
	}
	if s.TasksSolved != nil && s.Tasks > 0 {
		out = append(out, output{"pass-rate-" + arm, decimal(*s.TasksSolved / float64(s.Tasks))})
	}
	if s.CostPerSolvedUSD != nil {
		out = append(out, output{"cost-per-solved-" + arm, decimal(*s.CostPerSolvedUSD)})
	}
	return out
}

// decimal has at most six places: a millionth of a dollar is less than any token
// costs.
func decimal(f float64) string { return strconv.FormatFloat(math.Round(f*1e6)/1e6, 'f', -1, 64) }

// slashed is a path from the workspace on, as later steps on any system read it.
func slashed(path string) string { return filepath.ToSlash(filepath.Clean(path)) }

// setOutputs sets them all; one that cannot be set does not keep the others from
// being set.
func setOutputs(log *workflow.Log, all []output) error {
	var errs []error
	for _, o := range all {
		errs = append(errs, log.SetOutput(o.name, o.value))
	}
	return errors.Join(errs...)
}
