package dashboard

import (
	"bytes"
	"encoding/json"
	"strings"
)

const (
	title       = "benchgate: cost per solved task"
	description = "What solved tasks of coding agents cost, and where the money went. Made by benchgate."

	refPrefix = "#/spec/panels/"
	signozV6  = "v6"
)

// SigNoz is the dashboard as SigNoz imports it (schema v6), JSON with a line break
// at its end.
func SigNoz() []byte {
	file := signozFile{
		SchemaVersion: signozV6, GenerateName: true, Tags: []signozTag{{"tool", "benchgate"}},
		Spec: signozSpec{
			Display: signozDisplay{Name: title, Description: description},
			Panels:  make(map[string]signozPanel), Duration: "1d", Links: json.RawMessage("[]"),
		},
	}
	for _, v := range variables {
		file.Spec.Variables = append(file.Spec.Variables, signozVariable{Kind: "ListVariable", Spec: signozVariableSpec{
			Name: v.name, Display: signozDisplay{Name: v.name, Description: v.why},
			AllowAllValue: true, AllowMultiple: true, Sort: "alphabetical-asc",
			Plugin: &signozSource{Kind: "signoz/DynamicVariable", Spec: signozSourceSpec{Name: v.attribute, Signal: string(metrics)}},
		}})
	}
	for _, r := range rows() {
		layout := signozLayoutSpec{Display: signozLayoutDisplay{Title: r.title, Collapse: signozCollapse{Open: true}}}
		for i, box := range arrange(r.panels) {
			p := r.panels[i].panel
			file.Spec.Panels[p.key] = signozPanelOf(p)
			layout.Items = append(layout.Items, signozItem{
				X: box.x, Y: box.y, Width: box.width, Height: box.height, Content: signozRef{refPrefix + p.key},
			})
		}
		file.Spec.Layouts = append(file.Spec.Layouts, signozLayout{Kind: "Grid", Spec: layout})
	}
	return encode(file)
}

// encode writes a file of this package's own types, which always succeeds.
func encode(file any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(file); err != nil {
		panic("dashboard: " + err.Error())
	}
	return b.Bytes()
}

// signozShows are the panel kinds, and the kinds of what they ask.
var signozShows = map[show]struct{ panel, query string }{
	number: {"signoz/NumberPanel", "scalar"},
	lines:  {"signoz/TimeSeriesPanel", "time_series"},
	bars:   {"signoz/BarChartPanel", "time_series"},
	table:  {"signoz/TablePanel", "scalar"},
	list:   {"signoz/ListPanel", "raw"},
}

func signozPanelOf(p panel) signozPanel {
	kinds := signozShows[p.show]
	spec := signozPanelSpec{
		Display: signozDisplay{Name: p.title, Description: p.why},
		Plugin:  signozShow{Kind: kinds.panel, Spec: signozShowOf(p)},
		Links:   json.RawMessage("[]"),
	}
	query := signozQuerySpec{Name: p.terms[0].name, Plugin: signozQueryKind{Kind: "signoz/BuilderQuery"}}
	if len(p.terms) == 1 && len(p.computed) == 0 {
		query.Plugin.Spec = signozTerm(p, p.terms[0])
	} else {
		query = signozQuerySpec{Plugin: signozQueryKind{Kind: "signoz/CompositeQuery", Spec: signozAsk{Queries: signozParts(p)}}}
	}
	spec.Queries = []signozQuery{{Kind: kinds.query, Spec: query}}
	return signozPanel{Kind: "Panel", Spec: spec}
}

func signozParts(p panel) []signozPart {
	var parts []signozPart
	for _, t := range p.terms {
		ask := signozTerm(p, t)
		ask.Disabled = !shown(t.head)
		parts = append(parts, signozPart{"builder_query", ask})
	}
	for _, f := range p.computed {
		parts = append(parts, signozPart{"builder_formula", signozAsk{
			Name: f.name, Expression: strings.Join(f.of, " "+f.op+" "), Legend: legend(p, f.head), Having: &signozExpression{},
		}})
	}
	return parts
}

func signozShowOf(p panel) signozShowSpec {
	spec := signozShowSpec{Visualization: &signozVisualization{TimePreference: "global_time"}}
	switch p.show {
	case list:
		spec.Visualization = nil
		for _, name := range p.by {
			spec.SelectFields = append(spec.SelectFields, signozField{Name: name, Signal: string(spans), FieldContext: context(name)})
		}
	case table:
		spec.Formatting = &signozFormatting{ColumnUnits: make(map[string]string), DecimalPrecision: "4"}
		for name, u := range columnUnits(p) {
			spec.Formatting.ColumnUnits[name] = string(u)
		}
	case bars:
		spec.Visualization.StackedBarChart = true
		fallthrough
	default:
		spec.Formatting = &signozFormatting{Unit: string(p.unit), DecimalPrecision: "2"}
	}
	return spec
}
