package dashboard

import (
	"os"
	"strings"
	"testing"
)

// Each line takes the dashboard as it is, changes one thing, and says what is then
// told. A SigNoz server takes all of these but the last, and shows empty panels.
func TestMistakesInADashboardForSigNoz(t *testing.T) {
	for _, c := range []struct{ name, old, changed, want string }{
		{"filter", `model IN $model AND session.id`, `model IN (( AND session.id`, `the filter cannot be read: character 11, "(": want a value`},
		{"variable used", "\"name\": \"run\"\n    }", "\"name\": \"rum\"\n    }", `variable $run is used and not defined; did you mean "rum"?`},
		{"variable unused", "\"name\": \"run\"\n    }", "\"name\": \"rum\"\n    }", `variable "rum" is defined and used nowhere: choosing a value would change nothing`},
		{"metric", `"metricName": "claude_code.token.usage"`, `"metricName": "claude_code.tokens.usage"`, `neither Claude Code nor benchgate sends a metric "claude_code.tokens.usage"; did you mean "claude_code.token.usage"?`},
		{"missing panel", `"$ref": "#/spec/panels/cost"`, `"$ref": "#/spec/panels/costs"`, `there is no panel "#/spec/panels/costs"`},
		{"unplaced panel", `"$ref": "#/spec/panels/cost"`, `"$ref": "#/spec/panels/tokens"`, `panel "cost" has no place in any layout: nobody sees it`},
		{"twice placed", `"$ref": "#/spec/panels/cost"`, `"$ref": "#/spec/panels/tokens"`, `panel "tokens" has a place twice`},
		{"overlap", `"x": 3,`, `"x": 2,`, `the panel lies over that of line`},
		{"width", `"width": 9,`, `"width": 10,`, `the panel's place (x 3, y 0, width 10, height 6) is not within 12 columns`},
		{"legend", `"legend": "{{type}}"`, `"legend": "{{typ}}"`, `the legend names "typ", by which nothing is grouped`},
		{"reduceTo", `"reduceTo": "sum"`, `"reduceTo": ""`, `reduceTo is missing`},
		{"key", `"disabled"`, `"disable"`, `unknown key "disable"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := changed(t, "testdata/accepted.json", c.old, c.changed)
			if err := LintSigNoz("d.json", text); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v\nwant %s", err, c.want)
			}
		})
	}
}

// A variable can be used in what is no filter.
func TestVariablesInOtherLanguagesAreUsed(t *testing.T) {
	for _, use := range []string{"$spare", "{{.spare}}", "[[spare]]", "{{ .spare }}"} {
		text := changed(t, "testdata/accepted.json", `"description": "d"`, `"description": "of `+use+`"`)
		text = []byte(strings.Replace(string(text), `"variables": [`, `"variables": [{"kind": "TextVariable", "spec": {"name": "spare", "display": {"name": "", "description": ""}, "value": "x"}},`, 1))
		if err := LintSigNoz("d.json", text); err != nil {
			t.Errorf("%s: %v", use, err)
		}
	}
}

func TestFormulasComputeWithQueries(t *testing.T) {
	text := changed(t, "testdata/signoz.json", `"expression": "A / B"`, `"expression": "abs(A) / Q"`)
	if err := LintSigNoz("d.json", text); err == nil || !strings.Contains(err.Error(), `the formula computes with "Q", and no query has that name`) {
		t.Error(err)
	}
}

func TestMistakesInADashboardForGrafana(t *testing.T) {
	for _, c := range []struct{ name, old, changed, want string }{
		{"bracket", `[$__range]`, `[$__range`, `the expression cannot be read: character`},
		{"variable used", `"name": "run"`, `"name": "rum"`, `variable $run is used and not defined; did you mean "rum"?`},
		{"variable unused", `"name": "run"`, `"name": "rum"`, `variable "rum" is defined and used nowhere: choosing a value would change nothing`},
		{"metric", `claude_code_cost_usage_USD_total{`, `claude_code_cost_usage_total{`, `neither Claude Code nor benchgate sends a metric "claude_code_cost_usage_total"; did you mean "claude_code_cost_usage_USD_total"?`},
		{"overlap", `"y": 1`, `"y": 0`, `the panel lies over that of line`},
		{"width", `"w": 24`, `"w": 25`, `is not within 24 columns`},
		{"id", `"id": 2,`, `"id": 1,`, `another panel has the id 1, too`},
		{"another file", `"schemaVersion": 39`, `"schemaVersion": 0`, `this is no Grafana dashboard: it has no schemaVersion or no panels`},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := changed(t, "testdata/grafana.json", c.old, c.changed)
			if err := LintGrafana("d.json", text); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v\nwant %s", err, c.want)
			}
		})
	}
}

// changed is a file with the first of what is old changed.
func changed(t *testing.T, file, old, new string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s has no %s", file, old)
	}
	return []byte(strings.Replace(string(text), old, new, 1))
}

func FuzzLint(f *testing.F) {
	for _, file := range []string{"testdata/accepted.json", "testdata/grafana.json"} {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"schemaVersion":"v6","spec":{"panels":{"a":{"spec":{"queries":[{},{}]}}},"layouts":[{"spec":{"items":[{},{}]}}]}}`))
	f.Fuzz(func(t *testing.T, text []byte) { // whatever it is, it is told about without a panic
		for _, err := range []error{LintSigNoz("d.json", text), LintGrafana("d.json", text)} {
			if err != nil && !strings.Contains(err.Error(), "d.json") {
				t.Errorf("a mistake without its place: %v", err)
			}
		}
	})
}
