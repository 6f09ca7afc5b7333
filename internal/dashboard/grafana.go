package dashboard

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/benchgate/benchgate/internal/forward"
)

const (
	grafanaSchema  = 39
	grafanaColumns = 24
	datasource     = "datasource" // the variable that says which Prometheus
	everyMetric    = `{__name__=~"(claude_code|benchgate)_.+"}`
	everything     = ".*" // a variable's value for All: also what has no such label
)

var prometheus = grafanaSource{Type: "prometheus", UID: "${" + datasource + "}"}

// Grafana is the dashboard as Grafana imports it, JSON with a line break at its end,
// asking a Prometheus that takes OTLP and promotes the attributes of trials. Panels that
// Prometheus cannot answer are left out: docs/dashboards.md says which and why.
func Grafana() []byte {
	file := grafanaFile{
		UID: "benchgate", Title: title, Description: description, Tags: []string{"benchgate"},
		SchemaVersion: grafanaSchema, Editable: true, Timezone: "browser", Time: grafanaTime{"now-24h", "now"}, Refresh: "",
		Annotations: grafanaAnnotations{[]grafanaAnnotation{verdicts()}},
		Templating:  grafanaTemplating{grafanaVariables()},
		Links:       []json.RawMessage{},
	}
	id, y := 1, 0
	for _, r := range rows() {
		panels := onGrafana(r)
		file.Panels = append(file.Panels, grafanaPanel{
			ID: id, Type: "row", Title: r.title, GridPos: grafanaPos{H: 1, W: grafanaColumns, Y: y}, Collapsed: new(bool),
		})
		boxes := arrange(panels)
		for i, b := range boxes {
			p := grafanaPanelOf(panels[i].panel)
			p.ID, p.GridPos = id+1+i, grafanaPos{H: b.height, W: b.width * grafanaColumns / columns, X: b.x * grafanaColumns / columns, Y: y + 1 + b.y}
			file.Panels = append(file.Panels, p)
		}
		id, y = id+1+len(panels), y+1+bottom(boxes)
	}
	return encode(file)
}

// verdicts marks where a run ended, and with what.
func verdicts() grafanaAnnotation {
	return grafanaAnnotation{
		Name: "verdicts", Datasource: prometheus, Enable: true, IconColor: "purple",
		Expr: promMetric(mustMetric(forward.MetricVerdict)) + `{benchgate_run_id=~"$run"}`, Step: "60s",
		TitleFormat: "{{benchgate_verdict}}", TextFormat: "{{benchgate_suite}}: {{benchgate_candidate}} against {{benchgate_baseline}}",
		TagKeys: "benchgate_verdict",
	}
}

func grafanaVariables() []grafanaVariable {
	all := []grafanaVariable{{Type: "datasource", Name: datasource, Label: "Prometheus", Query: text("prometheus"), Refresh: 1}}
	for _, v := range variables {
		ask := fmt.Sprintf("label_values(%s, %s)", everyMetric, promLabel(v.attribute))
		all = append(all, grafanaVariable{
			Type: "query", Name: v.name, Label: v.name, Description: v.why, Datasource: prometheus, Definition: ask,
			Query: object(grafanaAsk{ask, v.name}), Refresh: 2, Sort: 1, Multi: true, IncludeAll: true, AllValue: everything,
			Current: object(map[string][]string{"text": {"All"}, "value": {"$__all"}}),
		})
	}
	return all
}

func text(s string) json.RawMessage { return object(s) }

func object(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic("dashboard: " + err.Error())
	}
	return b
}

var grafanaShows = map[show]string{number: "stat", lines: "timeseries", bars: "timeseries", table: "table"}

func grafanaPanelOf(p panel) grafanaPanel {
	g := grafanaPanel{
		Type: grafanaShows[p.show], Title: p.title, Description: p.why, Datasource: prometheus,
		FieldConfig: &grafanaFields{Defaults: grafanaDefaults{Unit: string(p.unit)}, Overrides: []grafanaOverride{}},
	}
	overTime := p.show == lines || p.show == bars
	for _, e := range promQL(p) {
		t := grafanaTarget{RefID: e.name, Datasource: prometheus, Expr: e.text, Instant: !overTime, Range: overTime, Format: "time_series", LegendFormat: e.head}
		switch {
		case overTime:
			t.LegendFormat = promLegend(p)
		case p.show == table:
			t.Format, t.LegendFormat = "table", ""
		}
		g.Targets = append(g.Targets, t)
	}
	switch p.show {
	case number:
		g.Options = map[string]any{"reduceOptions": map[string]any{"calcs": []string{"lastNotNull"}, "fields": "", "values": false}}
	case table:
		g.Transformations = columnsOf(p)
		for _, e := range promQL(p) {
			g.FieldConfig.Overrides = append(g.FieldConfig.Overrides, grafanaOverride{
				grafanaOption{"byName", e.head}, []grafanaProperty{{"unit", string(e.unit)}},
			})
		}
	case bars:
		// Running totals of the trials in the dashboard's time, one upon another.
		g.Description += " The curves are running totals."
		g.FieldConfig.Defaults.Custom = map[string]any{
			"fillOpacity": 40, "drawStyle": "line", "lineInterpolation": "stepAfter", "stacking": map[string]string{"mode": "normal", "group": "A"},
		}
	}
	return g
}

func promLegend(p panel) string {
	var parts []string
	for _, attribute := range p.by {
		parts = append(parts, "{{"+promLabel(attribute)+"}}")
	}
	return strings.Join(parts, " ")
}

// columnsOf makes one table of the answers: a row a group, columns by name.
func columnsOf(p panel) []grafanaTransformation {
	order, names := make(map[string]int), make(map[string]string)
	for i, attribute := range p.by {
		order[promLabel(attribute)] = i
		names[promLabel(attribute)] = strings.TrimPrefix(attribute, "benchgate.")
	}
	asked := promQL(p)
	for i, e := range asked {
		column := "Value"
		if len(asked) > 1 {
			column = "Value #" + e.name
		}
		order[column], names[column] = len(p.by)+i, e.head
	}
	return []grafanaTransformation{
		{"merge", map[string]any{}},
		{"organize", map[string]any{"excludeByName": map[string]bool{"Time": true}, "indexByName": order, "renameByName": names}},
	}
}
