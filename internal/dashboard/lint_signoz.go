package dashboard

import (
	"regexp"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/internal/problem"
)

// LintSigNoz checks a dashboard for SigNoz (schema v6) for what its server takes and
// shows as an empty panel: mistakes in filters, variables that are not defined or
// change nothing, panels that are missing or lie over each other, metrics that
// nobody sends. All mistakes are in one [problem.List], with places in the file of
// that name.
func LintSigNoz(file string, text []byte) error {
	l := newLinter(file, text)
	var d signozFile
	if !l.decode(&d, true) {
		return l.list.Err()
	}
	if d.SchemaVersion != signozV6 {
		l.add("schemaVersion", "schemaVersion is %s, want %q", problem.Quote(d.SchemaVersion), signozV6)
		return l.list.Err()
	}
	for i, v := range d.Spec.Variables {
		l.define(v.Spec.Name, at("spec.variables[%d].spec.name", i))
	}
	for key, p := range d.Spec.Panels {
		l.signozPanel("spec.panels."+key+".spec", p.Spec)
	}
	l.signozLayouts(d.Spec)
	l.mentioned(l.root, signozUse)
	l.unused()
	return l.list.Err()
}

// signozUse is a variable in PromQL and ClickHouse SQL.
var signozUse = regexp.MustCompile(`\$(\w+(?:\.\w+)*)|\{\{\s*\.([\w.]+)\s*\}\}|\[\[\s*\.?([\w.]+)\s*\]\]`)

func (l *linter) signozPanel(path string, p signozPanelSpec) {
	if p.Plugin.Kind == signozShows[table].panel && p.Plugin.Spec.Formatting != nil && p.Plugin.Spec.Formatting.Unit != "" {
		l.add(path+".plugin.spec.formatting.unit", "a table has no unit of its own, only columnUnits")
	}
	if len(p.Queries) != 1 {
		l.add(path+".queries", "a panel has one query, this one %d: put several into a signoz/CompositeQuery", len(p.Queries))
	}
	for i, q := range p.Queries {
		asks, paths := []signozAsk{q.Spec.Plugin.Spec}, []string{path + at(".queries[%d].spec.plugin.spec", i)}
		for j, part := range q.Spec.Plugin.Spec.Queries {
			asks, paths = append(asks, part.Spec), append(paths, paths[0]+at(".queries[%d].spec", j))
		}
		var names []string
		for _, ask := range asks {
			names = append(names, ask.Name)
		}
		for j, ask := range asks {
			l.signozAsk(paths[j], q.Kind, ask)
			l.signozFormula(paths[j], ask, names)
		}
	}
}

// grouped are the attributes that a legend names.
var grouped = regexp.MustCompile(`\{\{\s*([^{}]+?)\s*\}\}`)

func (l *linter) signozAsk(path, kind string, ask signozAsk) {
	if ask.Filter != nil {
		variables, err := readFilter(ask.Filter.Expression)
		if err != nil {
			l.add(path+".filter.expression", "the filter cannot be read: %v", err)
		}
		l.uses(variables, path+".filter.expression")
	}
	for i, a := range ask.Aggregations {
		here := path + at(".aggregations[%d]", i)
		if ask.Signal == string(metrics) {
			l.knows(a.MetricName, here+".metricName", metricNames())
		}
		if ask.Signal == string(metrics) && kind == signozShows[number].query && a.ReduceTo == "" {
			l.add(here, "reduceTo is missing: it makes one number of what a metric is over time")
		}
	}
	for _, m := range grouped.FindAllStringSubmatch(ask.Legend, -1) {
		isIt := func(f signozField) bool { return f.Name == m[1] }
		if ask.Expression == "" && ask.Query == "" && !slices.ContainsFunc(ask.GroupBy, isIt) {
			l.add(path+".legend", "the legend names %s, by which nothing is grouped", problem.Quote(m[1]))
		}
	}
}

var formulaName = regexp.MustCompile(`[A-Za-z]\w*(\s*\()?`)

// signozFormula checks that a formula computes with queries that are there.
func (l *linter) signozFormula(path string, ask signozAsk, names []string) {
	for _, name := range formulaName.FindAllString(ask.Expression, -1) {
		if !strings.HasSuffix(name, "(") && !slices.Contains(names, name) {
			l.add(path+".expression", "the formula computes with %s, and no query has that name", problem.Quote(name))
		}
	}
}

func (l *linter) signozLayouts(spec signozSpec) {
	shown := make(map[string]bool)
	for i, layout := range spec.Layouts {
		var spots []spot
		for j, item := range layout.Spec.Items {
			path := at("spec.layouts[%d].spec.items[%d]", i, j)
			spots = append(spots, spot{box{item.X, item.Y, item.Width, item.Height}, path})
			key, ok := strings.CutPrefix(item.Content.Ref, refPrefix)
			if _, there := spec.Panels[key]; !ok || !there {
				l.add(path+".content.$ref", "there is no panel %s", problem.Quote(item.Content.Ref))
			}
			if shown[key] {
				l.add(path+".content.$ref", "panel %s has a place twice", problem.Quote(key))
			}
			shown[key] = true
		}
		l.fits(spots, columns)
	}
	for key := range spec.Panels {
		if !shown[key] {
			l.add("spec.panels."+key, "panel %s has no place in any layout: nobody sees it", problem.Quote(key))
		}
	}
}

func metricNames() []string {
	var all []string
	for _, m := range sent {
		all = append(all, m.name)
	}
	return all
}
