package config

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/agent"
)

// A setting that is forgotten on the way from the file to the run's header
// would let arms with different settings pass as comparable.
func TestEverySettingReachesTheHeader(t *testing.T) {
	all := Settings{
		Effort: "high", MaxTurns: 9, Arguments: []string{"-v"}, Files: map[string]File{"CLAUDE.md": {Path: "a"}},
		Command: []string{"sh"}, Recordings: "/r",
	}
	given := reflect.ValueOf(all)
	for i := range given.NumField() {
		if given.Field(i).IsZero() {
			t.Errorf("this test does not set %s", given.Type().Field(i).Name)
		}
	}
	if n := len(all.given()); n != given.NumField() {
		t.Errorf("%d of %d settings are checked against the agent", n, given.NumField())
	}
	v := Variant{Agent: Agent{Name: agent.ClaudeCode}, Settings: all}
	header := reflect.ValueOf(v.Measured().Settings)
	for i := range header.NumField() {
		if header.Field(i).IsZero() {
			t.Errorf("%s is not in the header", header.Type().Field(i).Name)
		}
	}
}

// Every setting that an agent's row names is a key of the file, and every
// agent's name is one that the file takes.
func TestTheFileKnowsEveryAgentAndItsSettings(t *testing.T) {
	for _, row := range agent.Table() {
		if a, problem := parseAgent(row.Name); problem != "" || a.Name != row.Name {
			t.Errorf("%s is not taken: %s", row.Name, problem)
		}
		if row.Configure.Versioned != (row.DefaultVersion != "") && !row.Replays {
			t.Errorf("%s has versions: %v, and is %q without one", row.Name, row.Configure.Versioned, row.DefaultVersion)
		}
		if needs := row.Configure.Needs; needs != "" && !slices.Contains(row.Configure.Takes, needs) {
			t.Errorf("%s needs %s and does not take it", row.Name, needs)
		}
		for _, setting := range row.Configure.Takes {
			text := "suite: {tasks: [{path: a}]}\ncandidate: {agent: " + row.Name + ", model: m, settings: {" + string(setting) + ": {a: b}}}\n"
			_, err := Parse([]byte(text), "benchgate.yaml", "/work-dir", Flags{})
			if err != nil && strings.Contains(err.Error(), "unknown key") {
				t.Errorf("%s takes %s, which the file does not know: %v", row.Name, setting, err)
			}
		}
	}
}

func TestTheTemplateNamesEveryAgent(t *testing.T) {
	text := string(Template(nil))
	for _, name := range agent.Names() {
		if !strings.Contains(text, name) {
			t.Errorf("the template does not name the agent %s", name)
		}
	}
	if strings.Contains(text, "PINNED") || strings.Contains(text, "AGENTS") {
		t.Errorf("something is not filled in:\n%s", text)
	}
}
