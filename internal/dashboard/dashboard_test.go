package dashboard

import (
	"os"
	"slices"
	"testing"

	"github.com/benchgate/benchgate/internal/golden"
)

func TestDashboardsAreWhatTheyWere(t *testing.T) {
	golden.Check(t, "testdata/signoz.json", SigNoz())
	golden.Check(t, "testdata/grafana.json", Grafana())
}

func TestOwnDashboardsHaveNoMistakes(t *testing.T) {
	if err := LintSigNoz("signoz.json", SigNoz()); err != nil {
		t.Error(err)
	}
	if err := LintGrafana("grafana.json", Grafana()); err != nil {
		t.Error(err)
	}
}

// A real SigNoz server took this file: what it takes, we must not call wrong.
func TestWhatSigNozTookIsNotWrong(t *testing.T) {
	text, err := os.ReadFile("testdata/accepted.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := LintSigNoz("accepted.json", text); err != nil {
		t.Error(err)
	}
}

// Every attribute that a panel groups or filters by is one that somebody sends with
// what the panel asks for.
func TestPanelsAskForWhatIsSent(t *testing.T) {
	keys, titles := make(map[string]bool), make(map[string]bool)
	for _, p := range allPanels() {
		if keys[p.key] || titles[p.title] {
			t.Errorf("%s: two panels have this key or title", p.key)
		}
		keys[p.key], titles[p.title] = true, true
		for _, term := range p.terms {
			for _, attribute := range attributesOf(p, term) {
				if !has(term.signal, term.of, attribute) {
					t.Errorf("%s: %s has no attribute %s", p.key, term.of, attribute)
				}
			}
			if (term.signal != metrics) != (p.noMetric != "") {
				t.Errorf("%s asks for %s, and says of Prometheus: %q", p.key, term.signal, p.noMetric)
			}
		}
		if p.most > 0 && (len(p.terms) > 1 || len(p.computed) > 0) {
			t.Errorf("%s: each of several queries would be cut at its own %d rows", p.key, p.most)
		}
		for _, f := range p.computed {
			for _, name := range f.of {
				if !slices.ContainsFunc(p.terms, func(t term) bool { return t.name == name }) {
					t.Errorf("%s: %s computes with %s, which is no term", p.key, f.name, name)
				}
			}
		}
	}
}

func allPanels() []panel {
	var all []panel
	for _, r := range rows() {
		for _, p := range r.panels {
			all = append(all, p.panel)
		}
	}
	return all
}

func attributesOf(p panel, t term) []string {
	all := slices.Clone(p.by)
	for _, c := range t.where {
		all = append(all, c.attribute)
	}
	if t.field != "" {
		all = append(all, t.field)
	}
	return all
}

// Whoever chooses a model, task, arm or run sees all panels of trials change.
func TestVariablesFilterAllPanels(t *testing.T) {
	for _, p := range allPanels() {
		for _, term := range p.terms {
			for _, v := range variables {
				if !has(term.signal, term.of, v.attribute) && term.of != "benchgate.verdict" {
					t.Errorf("%s: %s cannot be filtered by %s", p.key, term.of, v.name)
				}
			}
		}
	}
}
