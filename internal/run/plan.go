package run

import (
	"context"
	"errors"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/site"
	"github.com/benchgate/benchgate/internal/trial"
)

// plan is a run that was decided on and is ready to start.
type plan struct {
	o      Options
	design *Design
	site   *site.Site
	arms   arms
	gate   *gate.Gate

	// done are the candidate's attempts that were carried over from an earlier
	// run and are not made again.
	done map[baselines.Key]bool
}

// close ends whatever was opened.
func (p *plan) close(ctx context.Context) error {
	return errors.Join(p.arms.close(), p.site.Close(ctx))
}

// measuredArms are the arms that run now: the candidate always, the baseline
// when none is stored.
func (p *plan) measuredArms() []baselines.Arm {
	if p.design.Stored != nil {
		return []baselines.Arm{baselines.Candidate}
	}
	return []baselines.Arm{baselines.Candidate, baselines.Baseline}
}

// measured lists their subjects.
func (p *plan) measured() []trial.Subject {
	var now []trial.Subject
	for _, name := range p.measuredArms() {
		now = append(now, p.design.subjects[name])
	}
	return now
}
