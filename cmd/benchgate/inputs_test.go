package main

import (
	"context"
	"errors"
	"flag"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/workflow"
)

// Inputs of the Action mean what flags of the command line mean, under the same
// name but for two, and take the same words.
func TestInputsMirrorFlags(t *testing.T) {
	flags := map[string]*flag.FlagSet{"run": flagsOf(t, runVerb), "publish": flagsOf(t, publishVerb)}
	calledOtherwise := map[string]string{"config": "c", "candidate-model": "model"}
	ofTheActionAlone := []string{
		"working-directory", "upload", "on-missing-key", "unchanged", "accept-label", "save-baseline", "on-alarm", "drift-since", "github-token", "baseline-token",
	}
	for _, in := range workflow.Inputs() {
		name := in.Name
		if other := calledOtherwise[name]; other != "" {
			name = other
		}
		f := flags["run"].Lookup(name)
		if f == nil {
			f = flags["publish"].Lookup(name)
		}
		alone := strings.Contains(" "+strings.Join(ofTheActionAlone, " ")+" ", " "+in.Name+" ")
		if (f == nil) != alone {
			t.Errorf("input %s: the flag --%s is there: %v; only inputs of the Action alone have none", in.Name, name, f != nil)
			continue
		}
		if f == nil || len(in.Choices) == 2 && in.Choices[0] == "true" {
			continue
		}
		for _, choice := range in.Choices {
			if !strings.Contains(f.Usage, choice) {
				t.Errorf("input %s takes %q, and --%s does not say so: %s", in.Name, choice, name, f.Usage)
			}
		}
	}
}

// flagsOf are the flags of a verb, as its help has them.
func flagsOf(t *testing.T, run func(context.Context, *program, []string) error) *flag.FlagSet {
	t.Helper()
	p := &program{LookupEnv: func(string) (string, bool) { return "", false }}
	var help helpAsked
	if err := run(t.Context(), p, []string{"-h"}); !errors.As(err, &help) {
		t.Fatalf("-h gives %v", err)
	}
	return help.set
}
