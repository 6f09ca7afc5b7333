package otlp

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

func (r *Rewriter) metrics(md pmetric.Metrics) {
	for _, resource := range md.ResourceMetrics().All() {
		r.resource(resource.Resource())
		of := canonical(resource.Resource().Attributes())
		for _, scope := range resource.ScopeMetrics().All() {
			r.clean(scope.Scope().Attributes())
			within := of + fmt.Sprintf("%q%q", scope.Scope().Name(), scope.Scope().Version())
			for _, m := range scope.Metrics().All() {
				r.metric(m, within)
			}
		}
	}
}

// metric rewrites one metric, whose resource and scope are written in within.
func (r *Rewriter) metric(m pmetric.Metric, within string) {
	if r.isOurs(m.Name()) {
		m.SetName(agents + m.Name())
	}
	key := within + fmt.Sprintf("%q%q", m.Name(), m.Unit())
	switch m.Type() {
	case pmetric.MetricTypeSum:
		r.numbers(m.Sum().DataPoints())
		r.convertSum(m.Sum(), key)
	case pmetric.MetricTypeGauge:
		r.numbers(m.Gauge().DataPoints())
	case pmetric.MetricTypeHistogram:
		for _, p := range m.Histogram().DataPoints().All() {
			r.clean(p.Attributes())
			r.exemplars(p.Exemplars())
		}
		r.convertHistogram(m.Histogram(), key)
	case pmetric.MetricTypeExponentialHistogram:
		for _, p := range m.ExponentialHistogram().DataPoints().All() {
			r.clean(p.Attributes())
			r.exemplars(p.Exemplars())
		}
		r.convertExponential(m.ExponentialHistogram(), key)
	case pmetric.MetricTypeSummary:
		for _, p := range m.Summary().DataPoints().All() {
			r.clean(p.Attributes())
		}
	}
}

func (r *Rewriter) numbers(points pmetric.NumberDataPointSlice) {
	for _, p := range points.All() {
		r.clean(p.Attributes())
		r.exemplars(p.Exemplars())
	}
}

// exemplars are single measurements behind a point, which name the span they are of.
func (r *Rewriter) exemplars(all pmetric.ExemplarSlice) {
	for _, e := range all.All() {
		r.clean(e.FilteredAttributes())
		if !e.TraceID().IsEmpty() {
			e.SetTraceID(pcommon.TraceID(r.rewriting.TraceID))
		}
	}
}

// canonical writes attributes so that equal ones are written equally.
func canonical(attributes pcommon.Map) string {
	raw := attributes.AsRaw()
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		fmt.Fprintf(&b, "%q=%T:%q;", key, raw[key], fmt.Sprint(raw[key])) // fmt sorts the keys of maps
	}
	return b.String()
}
