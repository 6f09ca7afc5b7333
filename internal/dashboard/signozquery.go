package dashboard

import (
	"fmt"
	"slices"
	"strings"
)

// columnUnits are the units of the numbers of a table, by the name of the query.
func columnUnits(p panel) map[string]unit {
	units := make(map[string]unit)
	for _, t := range p.terms {
		if shown(t.head) {
			name := t.name
			if t.signal != metrics { // its column is named after what was computed, too
				name += "." + signozDo(t).Expression
			}
			units[name] = orElse(t.unit, p.unit)
		}
	}
	for _, f := range p.computed {
		units[f.name] = f.unit
	}
	return units
}

func orElse(u, otherwise unit) unit {
	if u == "" {
		return otherwise
	}
	return u
}

// legend names a group by its attributes, a single number or a column by its head.
func legend(p panel, head string) string {
	if p.show != lines && p.show != bars {
		return head
	}
	var parts []string
	for _, attribute := range p.by {
		parts = append(parts, "{{"+attribute+"}}")
	}
	return strings.Join(parts, " ")
}

func signozTerm(p panel, t term) signozAsk {
	empty := ""
	ask := signozAsk{
		Name: t.name, Signal: string(t.signal), Source: &empty, Aggregations: []signozAggregation{signozDo(t)},
		Filter: &signozExpression{signozFilter(t)}, Having: &signozExpression{}, Legend: legend(p, t.head), Limit: p.most,
	}
	if p.show == list {
		ask.Aggregations, ask.Having = nil, nil
		ask.Order = []signozOrder{{Key: signozField{Name: "timestamp"}, Direction: "desc"}}
		return ask
	}
	for _, name := range p.by {
		ask.GroupBy = append(ask.GroupBy, signozField{Name: name})
	}
	if p.most > 0 {
		ask.Order = []signozOrder{{Key: signozField{Name: ask.Aggregations[0].Expression}, Direction: "desc"}}
	}
	return ask
}

// context is where SigNoz keeps an attribute of a span.
func context(name string) string {
	switch {
	case slices.Contains(intrinsic, name):
		return "span"
	case slices.Contains(resourceAttributes, name):
		return "resource"
	}
	return "attribute"
}

func signozDo(t term) signozAggregation {
	if t.signal != metrics {
		expression := "count()"
		if t.do != howMany {
			expression = fmt.Sprintf("%s(%s)", t.do, t.field)
		}
		return signozAggregation{Expression: expression}
	}
	any := ""
	a := signozAggregation{MetricName: t.of, Temporality: &any, TimeAggregation: "increase", SpaceAggregation: "sum", ReduceTo: "sum"}
	if mustMetric(t.of).shape == gauge { // a point a trial: each is in one step only
		a.TimeAggregation = "max"
	}
	if t.do == howMany {
		a.SpaceAggregation = "count"
	}
	return a
}

// signozFilter is the term's own conditions, then the variables that what it asks for
// can be filtered by.
func signozFilter(t term) string {
	var all []string
	switch {
	case t.of == anySpan:
	case t.signal == spans:
		all = append(all, "name = "+quoted(t.of))
	case t.signal == logs:
		all = append(all, "event.name = "+quoted(t.of))
	}
	for _, c := range t.where {
		all = append(all, signozCondition(c))
	}
	for _, v := range variables {
		if has(t.signal, t.of, v.attribute) {
			all = append(all, v.attribute+" IN $"+v.name)
		}
	}
	return strings.Join(all, " AND ")
}

func signozCondition(c condition) string {
	not := map[bool]string{true: "NOT "}[c.not]
	switch len(c.values) {
	case 0:
		return c.attribute + " " + not + "EXISTS"
	case 1:
		value := quoted(c.values[0])
		if c.attribute == "has_error" { // the one that is no text
			value = c.values[0]
		}
		return c.attribute + " " + map[bool]string{true: "!=", false: "="}[c.not] + " " + value
	}
	var list []string
	for _, v := range c.values {
		list = append(list, quoted(v))
	}
	return c.attribute + " " + not + "IN (" + strings.Join(list, ", ") + ")"
}

func quoted(text string) string { return "'" + text + "'" }
