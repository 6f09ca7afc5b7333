package action

import (
	"path/filepath"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/run"
	"github.com/benchgate/benchgate/internal/site"
)

// particulars are those of an outcome that the job's page has below the report.
func particulars(o outcome) report.Particulars {
	var p report.Particulars
	switch {
	case o.result != nil:
		p.Baseline, p.Candidate = o.result.Baseline, o.result.Candidate
	case o.first != nil && o.first.Run.Header.Arm == baselines.Baseline:
		p.Baseline = o.first.Run
	case o.first != nil:
		p.Candidate = o.first.Run
	}
	dir := o.dir()
	if dir == "" {
		return p
	}
	for _, f := range []report.NamedFile{
		{Name: "the baseline's run file", Path: run.JournalIn(dir, baselines.Baseline)},
		{Name: "the candidate's run file", Path: run.JournalIn(dir, baselines.Candidate)},
		{Name: "the ledger of all model requests", Path: filepath.Join(dir, site.LedgerFile)},
		{Name: "the verdict", Path: run.VerdictIn(dir)},
	} {
		if isThere(f.Path) {
			p.Files = append(p.Files, report.NamedFile{Name: f.Name, Path: slashed(f.Path)})
		}
	}
	p.Files = append(p.Files, report.NamedFile{Name: "this report", Path: slashed(filepath.Join(dir, reportFile))})
	return p
}
