package dashboard

import (
	"encoding/json"
	"slices"
)

// LintGrafana checks a dashboard for Grafana over Prometheus for the same as
// [LintSigNoz]: Grafana takes any JSON. What an expression means only Prometheus can
// say; here its brackets, variables and metrics are looked at.
func LintGrafana(file string, text []byte) error {
	l := newLinter(file, text)
	var d grafanaFile
	if !l.decode(&d, false) {
		return l.list.Err()
	}
	if d.SchemaVersion == 0 || len(d.Panels) == 0 {
		l.add("", "this is no Grafana dashboard: it has no schemaVersion or no panels")
		return l.list.Err()
	}
	for i, v := range d.Templating.List {
		l.define(v.Name, at("templating.list[%d].name", i))
	}
	l.mentioned(l.root, grafanaUse)
	for i, v := range d.Templating.List {
		var ask grafanaAsk
		if json.Unmarshal(v.Query, &ask) == nil { // an object
			l.variablesOf(ask.Query, at("templating.list[%d].query.query", i))
		}
	}
	for i, a := range d.Annotations.List {
		l.promQL(a.Expr, at("annotations.list[%d].expr", i))
	}
	ids := make(map[int]bool)
	l.grafanaPanels("panels", d.Panels, ids)
	l.unused()
	return l.list.Err()
}

func (l *linter) grafanaPanels(path string, panels []grafanaPanel, ids map[int]bool) {
	var spots []spot
	for i, p := range panels {
		here := path + at("[%d]", i)
		spots = append(spots, spot{box{p.GridPos.X, p.GridPos.Y, p.GridPos.W, p.GridPos.H}, here})
		if ids[p.ID] {
			l.add(here+".id", "another panel has the id %d, too", p.ID)
		}
		ids[p.ID] = true
		for j, t := range p.Targets {
			l.promQL(t.Expr, here+at(".targets[%d].expr", j))
		}
		if len(p.Panels) > 0 {
			l.grafanaPanels(here+".panels", p.Panels, ids)
		}
	}
	l.fits(spots, grafanaColumns)
}

func (l *linter) promQL(expression, path string) {
	if expression == "" {
		return
	}
	use, err := scanPromQL(expression)
	if err != nil {
		l.add(path, "the expression cannot be read: %v", err)
	}
	l.uses(use.variables, path)
	for _, name := range use.metrics {
		l.knows(name, path, promNames())
	}
}

func (l *linter) variablesOf(text, path string) {
	use, _ := scanPromQL(text)
	l.uses(use.variables, path)
}

func promNames() []string {
	var all []string
	for _, m := range sent {
		all = append(all, promMetric(m))
	}
	slices.Sort(all)
	return all
}
