package dashboard

import (
	"fmt"
	"slices"
	"strings"
)

// expression is a number of a panel in PromQL.
type expression struct {
	name, head, text string
	unit             unit
}

// promQL has the numbers that a panel shows.
func promQL(p panel) []expression {
	asked := make(map[string]string)
	var all []expression
	for _, t := range p.terms {
		asked[t.name] = promTerm(p, t)
		if shown(t.head) {
			all = append(all, expression{t.name, t.head, asked[t.name], orElse(t.unit, p.unit)})
		}
	}
	for _, f := range p.computed {
		all = append(all, expression{f.name, f.head, promFormula(f, asked), f.unit})
	}
	return all
}

// promTerm adds up the last values of all series that have one in the dashboard's
// time. rate() and increase() would need two points of a series, and a trial's
// series has often one: all that an agent sends at its end. What is left is each
// trial's whole, since its counters begin at zero.
func promTerm(p panel, t term) string {
	over := "sum"
	if t.do == howMany {
		over = "count"
	}
	if len(p.by) > 0 {
		var labels []string
		for _, attribute := range p.by {
			labels = append(labels, promLabel(attribute))
		}
		over += " by (" + strings.Join(labels, ", ") + ")"
	}
	return fmt.Sprintf("%s (last_over_time(%s%s[$__range]))", over, promMetric(mustMetric(t.of)), promSelector(t))
}

func promSelector(t term) string {
	var all []string
	for _, c := range t.where {
		all = append(all, promCondition(c))
	}
	for _, v := range variables {
		if has(metrics, t.of, v.attribute) {
			all = append(all, fmt.Sprintf(`%s=~"$%s"`, promLabel(v.attribute), v.name))
		}
	}
	return "{" + strings.Join(all, ", ") + "}"
}

func promCondition(c condition) string {
	op := map[bool]string{true: "!=", false: "="}[c.not]
	if len(c.values) > 1 {
		op = map[bool]string{true: "!~", false: "=~"}[c.not]
	}
	return fmt.Sprintf("%s%s%q", promLabel(c.attribute), op, strings.Join(c.values, "|"))
}

// promFormula computes with terms. Where what is divided is not there, it is zero: no
// trial was unsolved, no tool failed.
func promFormula(f formula, asked map[string]string) string {
	var parts []string
	for _, name := range f.of {
		parts = append(parts, "("+asked[name]+")")
	}
	if f.op == "/" {
		parts[0] = "(" + asked[f.of[0]] + " or 0 * " + parts[1] + ")"
	}
	return strings.Join(parts, " "+f.op+" ")
}

// onGrafana are the panels that Prometheus can answer.
func onGrafana(r row) []placed {
	return slices.DeleteFunc(slices.Clone(r.panels), func(p placed) bool { return p.noMetric != "" })
}
