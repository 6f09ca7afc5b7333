package forward

import (
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/otlp"
)

// Verdict is what a run came to.
type Verdict struct {
	Outcome             string // as the verdict document has it
	Baseline, Candidate baselines.Header
	Trials              []baselines.Trial // the candidate's: the verdict has the time of the last one's end
}

// verdictBatch names the batch in the file of what was sent.
const verdictBatch = "verdict"

func (v Verdict) own() otlp.Telemetry {
	var at time.Time
	for _, t := range v.Trials {
		if end := (Trial{Record: t}).end(); end.After(at) {
			at = end
		}
	}
	run := runID(v.Candidate)
	return otlp.Telemetry{
		Resource: otlp.Attributes{
			AttrService: service, AttrInstance: run, AttrRun: run, AttrSuite: v.Candidate.Suite.Name,
		},
		Scope: service,
		Points: []otlp.Point{{
			Name: MetricVerdict, Kind: otlp.Gauge, Value: 1, Start: v.Candidate.Created, Time: at,
			Attributes: otlp.Attributes{
				AttrOutcome: v.Outcome, AttrBaseline: v.Baseline.Variant.Name, AttrCandidate: v.Candidate.Variant.Name,
			},
		}},
	}
}
