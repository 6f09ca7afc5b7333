package config_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/golden"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/google/go-cmp/cmp"
)

func TestTemplateParsesAndHasTheTasks(t *testing.T) {
	text := config.Template([]config.TemplateTask{
		{Path: "tasks/parse-stack", Tier: "easy"},
		{Path: "tasks/it's, {odd}: #1"},
	})
	got := parse(t, string(text))
	want := []suite.Source{{Path: "tasks/parse-stack", Tier: suite.Easy}, {Path: "tasks/it's, {odd}: #1"}}
	if diff := cmp.Diff(want, got.Suite.Tasks); diff != "" {
		t.Errorf("tasks (-want +got):\n%s", diff)
	}
	golden.Check(t, "testdata/template.yaml", config.Template(nil))
	parse(t, string(config.Template(nil)))
}

// The template says that its values are the defaults, except for what it says
// otherwise about: dollars and the arms.
func TestTemplateShowsTheDefaults(t *testing.T) {
	got := parse(t, string(config.Template(nil)))
	plain := parse(t, "suite: {tasks: [{path: tasks/my-first-task, tier: easy}]}\n"+
		"baseline: {agent: claude-code@2.1.330, model: claude-opus-4-7}\n"+
		"candidate: {agent: claude-code@2.1.330, model: claude-opus-4-8}\n")
	if diff := cmp.Diff(plain.Policy(10), got.Policy(10)); diff != "" {
		t.Errorf("policy (-defaults +template):\n%s", diff)
	}
	got.Limits.USD, got.Limits.USDPerTrial, got.Limits.Attempts = nil, nil, 0
	got.Gate = plain.Gate
	if diff := cmp.Diff(plain, got); diff != "" {
		t.Errorf("the rest (-defaults +template):\n%s", diff)
	}
}

var option = regexp.MustCompile(`(?m)^( *)# ((?:- \{|[a-z_]+: ).*)$`)

// Each option that the template shows switched off is valid once its comment
// sign is gone.
func TestEveryOptionInTheTemplateWorks(t *testing.T) {
	text := string(config.Template(nil))
	options := option.FindAllStringIndex(text, -1)
	if len(options) < 8 {
		t.Fatalf("found %d options that are off", len(options))
	}
	for _, at := range options {
		line := text[at[0]:at[1]]
		t.Run(strings.TrimSpace(line), func(t *testing.T) {
			on := text[:at[0]] + option.ReplaceAllString(line, "$1$2") + text[at[1]:]
			switch {
			case strings.Contains(line, "settings:"): // the text says what to change with it
				on = strings.Replace(on, "\ncompare: model", "\ncompare: settings", 1)
				on = strings.Replace(on, "  model: claude-opus-4-8", "  model: claude-opus-4-7", 1)
			case strings.Contains(line, "branch:"): // instead of the directory above it
				on = strings.Replace(on, "\nbaselines: {dir: .benchgate/baselines}", "", 1)
			}
			parse(t, on)
		})
	}
}

func ExampleTemplate() {
	text := config.Template([]config.TemplateTask{{Path: "tasks/parse-stack", Tier: "easy"}})
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, "parse-stack") {
			fmt.Print(strings.TrimSpace(line))
		}
	}
	// Output: - {path: "tasks/parse-stack", tier: "easy"}
}
