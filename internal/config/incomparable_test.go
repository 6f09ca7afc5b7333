package config_test

import (
	"testing"

	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/config"
)

// Arms may differ in one thing. What else they differ in is no mistake of the
// file: it is what makes their verdict "incomparable", and it is said before
// anything is measured.
func TestWhatMakesArmsIncomparable(t *testing.T) {
	pinned, err := agent.Lookup("claude-code")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ arms, want string }{
		"one model against another": {
			"compare: model\nbaseline: {agent: claude-code, model: m1}\ncandidate: {agent: claude-code, model: m2}", "",
		},
		"the one difference is found without compare": {
			"baseline: {agent: claude-code, model: m, settings: {effort: low}}\ncandidate: {agent: claude-code, model: m, settings: {effort: high, max_turns: 9}}",
			"baseline and candidate differ in settings.effort and settings.max_turns, so nobody could say what made the difference; compare is model: let nothing else differ",
		},
		"several settings, announced": {
			"compare: settings\nbaseline: {agent: claude-code, model: m, settings: {effort: low}}\ncandidate: {agent: claude-code, model: m, settings: {effort: high, max_turns: 9}}", "",
		},
		"model and effort": {
			"compare: model\nbaseline: {agent: claude-code, model: m1}\ncandidate: {agent: claude-code, model: m2, settings: {effort: high}}",
			"baseline and candidate differ in model (m1, m2) and settings.effort, so nobody could say what made the difference; compare is model: let nothing else differ",
		},
		"two agents": {
			"baseline: {agent: oracle}\ncandidate: {agent: nop}",
			"baseline and candidate differ in their agent (oracle, nop); benchgate compares models, agent versions and settings of one agent",
		},
		"not what was announced": {
			"compare: model\nbaseline: {agent: claude-code@2.1.330, model: m}\ncandidate: {agent: claude-code@2.2.0, model: m}",
			"compare is model, but baseline and candidate differ in agent version (2.1.330, 2.2.0); write compare: agent_version",
		},
		"the pinned version, written out and not": {
			"baseline: {agent: claude-code@" + pinned.DefaultVersion + ", model: m1}\ncandidate: {agent: claude-code, model: m2}", "",
		},
		"two files of one setting": {
			"baseline: {agent: claude-code, model: m, settings: {files: {CLAUDE.md: a}}}\ncandidate: {agent: claude-code, model: m, settings: {files: {CLAUDE.md: b, .claude/agents/x.md: c}}}", "",
		},
		"no baseline": {"candidate: {agent: nop}", ""},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := config.Parse([]byte("suite: {tasks: [{path: a}]}\n"+tt.arms+"\n"), "benchgate.yaml", "/work-dir", config.Flags{})
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Incomparable(); got != tt.want {
				t.Errorf("it says %q, want %q", got, tt.want)
			}
		})
	}
}
