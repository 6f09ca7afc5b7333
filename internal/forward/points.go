package forward

import (
	"cmp"
	"maps"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/otlp"
)

// points are the trial's numbers.
func (t Trial) points() []otlp.Point {
	r := t.Record
	var all []otlp.Point
	add := func(name, unit string, value float64, attributes otlp.Attributes) {
		maps.Copy(attributes, t.outcome())
		all = append(all, otlp.Point{Name: name, Unit: unit, Kind: otlp.Gauge, Value: value, Start: r.Started, Time: t.end(), Attributes: attributes})
	}
	if c := r.CostUSD; c != nil {
		add(MetricTrialCost, "USD", c.Main, otlp.Attributes{AttrRole: string(baselines.RoleMain)})
		add(MetricTrialCost, "USD", c.Subagent, otlp.Attributes{AttrRole: string(baselines.RoleSubagent)})
		add(MetricTrialCost, "USD", c.Auxiliary, otlp.Attributes{AttrRole: string(baselines.RoleAuxiliary)})
		add(MetricTrialCost, "USD", c.Unfinished, otlp.Attributes{AttrRole: "unfinished"})
	}
	if r.Solved != nil {
		solved := 0.0
		if *r.Solved {
			solved = 1
		}
		add(MetricTrialSolved, "", solved, otlp.Attributes{})
	}
	s := r.Seconds
	add(MetricTrialSeconds, "s", s.Total, otlp.Attributes{AttrPhase: phaseTotal})
	add(MetricTrialSeconds, "s", s.Setup, otlp.Attributes{AttrPhase: phaseSetup})
	add(MetricTrialSeconds, "s", s.Agent, otlp.Attributes{AttrPhase: phaseAgent})
	add(MetricTrialSeconds, "s", s.Verify, otlp.Attributes{AttrPhase: phaseVerify})
	add(MetricTrialSeconds, "s", s.Queue, otlp.Attributes{AttrPhase: phaseQueue})
	add(MetricTrialSeconds, "s", s.RateLimited, otlp.Attributes{AttrPhase: phaseRateLimited})
	if s.Active != nil {
		add(MetricTrialSeconds, "s", *s.Active, otlp.Attributes{AttrPhase: phaseActive})
	}
	if r.ToolCalls != nil {
		add(MetricTrialToolCalls, "", float64(*r.ToolCalls), otlp.Attributes{})
	}
	if r.ToolErrors != nil {
		add(MetricTrialToolErrors, "", float64(*r.ToolErrors), otlp.Attributes{})
	}
	if a := r.Agreement; a != nil {
		for _, view := range []struct {
			source string
			usd    *float64
		}{{"meter", a.MeterUSD}, {"telemetry", a.TelemetryUSD}, {"agent", a.AgentUSD}} {
			if view.usd != nil {
				add(MetricTrialAgreement, "USD", *view.usd, otlp.Attributes{AttrSource: view.source})
			}
		}
	}
	return append(all, t.requests()...)
}

// requestKind is what requests are counted by.
type requestKind struct {
	class  string
	status int // 0: no answer came
	model  string
}

// requests counts the model requests of the ledger.
func (t Trial) requests() []otlp.Point {
	last := make(map[int]meter.Entry) // by number: the finished line, where there is one
	for _, e := range t.Ledger {
		if _, seen := last[e.Request]; !seen || e.Kind == meter.Finished {
			last[e.Request] = e
		}
	}
	counts := make(map[requestKind]int)
	for _, e := range last {
		counts[requestKind{classOf(e), e.Status, cmp.Or(e.Answered, e.Model)}]++
	}
	kinds := slices.SortedFunc(maps.Keys(counts), func(a, b requestKind) int {
		return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.status, b.status), cmp.Compare(a.model, b.model))
	})
	var all []otlp.Point
	for _, kind := range kinds {
		attributes := otlp.Attributes{AttrClass: kind.class, AttrRequestModel: kind.model}
		if kind.status != 0 {
			attributes[AttrStatus] = int64(kind.status)
		}
		if t.Record.SessionID != "" {
			attributes[AttrSession] = t.Record.SessionID
		}
		all = append(all, otlp.Point{
			Name: MetricRequests, Unit: "{request}", Kind: otlp.Sum, Monotonic: true, Value: float64(counts[kind]),
			Start: t.Record.Started, Time: t.end(), Attributes: attributes,
		})
	}
	return all
}

func classOf(e meter.Entry) string {
	switch {
	case e.Kind == meter.Started:
		return classUnfinished
	case e.Retry == "":
		return classOK
	}
	return string(e.Retry)
}
