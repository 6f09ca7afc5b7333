package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

// Every verdict on something measured says what was found of its trials, what was
// not, and what nothing looked for.
func TestIntegrityIsSaidOfWhatWasMeasured(t *testing.T) {
	for want, integrity := range map[string]*gate.Integrity{
		"": nil,
		"Integrity of the candidate: of its trials none changed what the tests run through, none refused by the model, none answered by another model; not looked for: answers that were fetched.": {PassRateWithout: new(0.5), Tampered: new(0)},
		"Integrity of the candidate: of its trials none refused by the model, none answered by another model; not looked for: changes to what the tests run through, answers that were fetched.":   {PassRateWithout: new(0.5)},
		"Integrity of the candidate: 2 trials changed what the tests run through, 1 trial refused by the model; pass rate without them 41.7%.":                                                     {PassRateWithout: new(5.0 / 12), Tampered: new(2), Refused: 1},
		"Integrity of the candidate: 3 trials went to where the answer is; pass rate without them 50.0%.":                                                                                          {PassRateWithout: new(0.5), AnswersFetched: new(3)},
		"Integrity of the candidate: 1 trial answered by another model; nothing is left without them.":                                                                                             {Fallback: 1},
	} {
		v := regression()
		v.Integrity = integrity
		for name, write := range map[string]func(*bytes.Buffer) error{
			"full":     text(v, report.TextOptions{Full: true, Width: 400}),
			"Markdown": func(b *bytes.Buffer) error { return report.Markdown(b, v, report.MarkdownOptions{}) },
		} {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			if want != "" && !strings.Contains(b.String(), want) || want == "" && strings.Contains(b.String(), "Integrity") {
				t.Errorf("%s does not say %q:\n%s", name, want, b.String())
			}
		}
	}
}

// Each canary has words of its own: what it means and what to do.
func TestEveryCanaryIsExplained(t *testing.T) {
	said := make(map[string]bool)
	for _, f := range baselines.Canaries {
		if baselines.Flags[f] == "" {
			t.Errorf("%s has no meaning in the record", f)
		}
		v := pass()
		v.Integrity = &gate.Integrity{Canaries: map[baselines.Flag]int{f: 2}}
		for name, write := range map[string]func(*bytes.Buffer) error{
			"short":    text(v, report.TextOptions{}),
			"full":     text(v, report.TextOptions{Full: true, Width: 400}),
			"Markdown": func(b *bytes.Buffer) error { return report.Markdown(b, v, report.MarkdownOptions{}) },
		} {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			_, says, found := strings.Cut(strings.ReplaceAll(b.String(), "\\_", "_"), string(f))
			says, _, _ = strings.Cut(says, "\n")
			if !found || name != "short" && len(says) < 60 || said[name+says] && name != "short" {
				t.Errorf("%s says of %s: %q", name, f, says)
			}
			said[name+says] = true
		}
	}
}

// A verdict that another model's work keeps open says so first, and what to do.
func TestAnotherModelsWorkIsNamedFirst(t *testing.T) {
	v := inconclusive()
	doubt := compare.Fact{Code: gate.OtherModelWorks, Arm: baselines.Candidate, Count: 20, Of: 20}
	v.Findings = []gate.Finding{{Metric: compare.PassRate, Status: gate.NoWorse, Says: gate.SaysMarginRuledOut, Doubt: &doubt}}
	v.Held, v.Settle = nil, &gate.Settle{By: gate.NotByTrials}
	report.Explain(&v)
	var b bytes.Buffer
	if err := report.Text(&b, v, report.TextOptions{Width: 400}); err != nil {
		t.Fatal(err)
	}
	for _, says := range []string{
		"Inconclusive: in 20 of the candidate's 20 attempts another model did work than was asked for: the numbers are not about that model",
		"Next: name the model by the name that answers, or ask whoever runs the model API",
	} {
		if !strings.Contains(b.String(), says) {
			t.Errorf("it does not say %q:\n%s", says, b.String())
		}
	}
}
