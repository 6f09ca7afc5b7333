package run

import (
	"errors"
	"fmt"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/report"
)

// priced refuses a run that would ask a model without a price while dollars are to
// bound or to judge it: no limit would hold, and its end would be inconclusive.
func (d *Design) priced(o Options) error {
	var without []report.ModelPrice
	measured := 0
	for _, arm := range []baselines.Arm{baselines.Baseline, baselines.Candidate} {
		s, ok := d.subjects[arm]
		if !ok || arm == baselines.Baseline && d.Stored != nil { // stored costs are known
			continue
		}
		measured++
		if !s.Agent.AsksModel() || s.Variant.Model == "" {
			continue
		}
		if s.AskedModel() == "" {
			o.Notice(fmt.Sprintf("%s is a name that only %s can resolve: which model answers, and its price, are known after the first request; write the model's full name", s.Variant.Model, s.Agent.Name))
			continue
		}
		if p := priceOf(s.Variant.Model, d.Prices, o); p.PerMillion == nil && !named(without, p.Model) {
			without = append(without, p)
		}
	}
	if len(without) == 0 || Uncosted(o.Config) {
		return nil
	}
	return errors.New(unpriced(without, o.Config, measured*len(d.Steps), o.Now()))
}
