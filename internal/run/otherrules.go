package run

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

// shown are trials that were judged by other rules, and what they say to these.
type shown struct {
	verdict             gate.Verdict
	baseline, candidate *baselines.Run
}

// underOtherRules looks for the newest run that measured what this one would, and
// gave its verdict by other rules of the gate: with another margin, say. Its trials
// are shown under the new rules, without a verdict and without paying again. Nil
// where there is none.
func (d *Design) underOtherRules(o Options, want identity) (*shown, error) {
	dir, err := findMeasured(o.RunsDir, want)
	if err != nil || dir == "" {
		return nil, err
	}
	candidate, err := baselines.ReadFile(JournalIn(dir, baselines.Candidate))
	if err != nil {
		return nil, fmt.Errorf("reading earlier run: %w", err)
	}
	if d.Stored == nil && o.Now().Sub(candidate.Header.Created) > o.liveAge() {
		return nil, nil
	}
	found := &shown{baseline: d.Stored, candidate: candidate}
	if found.baseline == nil {
		if found.baseline, err = baselines.ReadFile(JournalIn(dir, baselines.Baseline)); err != nil {
			return nil, fmt.Errorf("reading earlier run: %w", err)
		}
	}
	found.verdict = gate.AfterTheData(gate.Decide(d.Policy, found.baseline, candidate), candidate.Header.ID)
	report.Explain(&found.verdict)
	found.verdict.Warnings = slices.Concat(recordingNotes(d.subjects), found.verdict.Warnings)
	o.Notice(fmt.Sprintf("the gate's rules were changed after the run in %s was judged: its trials are shown under the new ones, without a verdict, and nothing is paid; %s measures anew, the old rules give the old verdict", dir, o.again()))
	return found, nil
}

// findMeasured looks for its directory; empty where there is none.
func findMeasured(runsDir string, want identity) (dir string, err error) {
	files, err := filepath.Glob(filepath.Join(runsDir, "*", planFile))
	if err != nil {
		return "", err
	}
	slices.Sort(files) // names begin with the time
	for _, file := range slices.Backward(files) {
		var id identity
		if err := readJSON(file, &id); err != nil {
			return "", err
		}
		if id.Measured == "" || id.Measured != want.Measured || id.Prices != want.Prices || id.Baseline != want.Baseline {
			continue
		}
		if id.Process == want.Process { // the newest was judged by these rules
			return "", nil
		}
		_, err := os.Stat(VerdictIn(filepath.Dir(file)))
		switch {
		case err == nil:
			return filepath.Dir(file), nil
		case !errors.Is(err, fs.ErrNotExist):
			return "", fmt.Errorf("reading earlier run: %w", err)
		}
	}
	return "", nil
}
