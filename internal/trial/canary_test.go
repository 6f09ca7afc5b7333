package trial_test

import (
	"slices"
	"testing"

	"github.com/benchgate/benchgate/baselines"
)

// The real Claude Code talks and ends: it called no tool and named no reason.
func TestTheRealClaudeOnlyTalks(t *testing.T) {
	r := newRig(t, `fallback: {text: "I would write 42 into answer.txt."}`)
	got := r.run(r.task(nil), r.claude())
	r.want(got, baselines.Finished, "not solved")
	if !got.Flagged(baselines.NoToolCall) || got.Flagged(baselines.TelemetryMissing) || got.Flagged(baselines.OtherModelAsked) {
		t.Errorf("flags %v", got.Flags)
	}
}

// What the real Claude Code's requests and answers say of the models: its own small
// ones and a dated name are as they should be.
func TestTheRealClaudesModels(t *testing.T) {
	const works = `
    turns:
      - tool_uses: [{name: Bash, input: {command: "echo 42 > answer.txt", description: Write the answer}}]
`
	tests := map[string]struct {
		script string
		model  string
		want   []baselines.Flag
	}{
		"a dated name": {
			"conversations:\n  - match: Write the answer" + works + "        answered_model: claude-opus-4-8-20261120\n      - {text: Done., answered_model: claude-opus-4-8-20261120}\n",
			opus, nil,
		},
		"the large context": {
			"conversations:\n  - match: Write the answer" + works + "      - text: Done.\n",
			opus + "[1m]", nil,
		},
		"an alias": {
			"conversations:\n  - match: Write the answer" + works + "      - text: Done.\n",
			"opus", nil,
		},
		"another model answers": {
			"conversations:\n  - match: Write the answer" + works + "        answered_model: claude-haiku-4-5-20251001\n      - text: Done.\n",
			opus,
			[]baselines.Flag{baselines.OtherModel},
		},
		"a subagent asks for another": {
			`
conversations:
  - match: Look around
    turns: [{text: Nothing is here.}]
  - match: Write the answer
    turns:
      - tool_uses: [{name: Agent, input: {description: Look, prompt: Look around, subagent_type: general-purpose, model: sonnet, run_in_background: false}}]
      - tool_uses: [{name: Bash, input: {command: "echo 42 > answer.txt", description: Write the answer}}]
      - text: Done.
`,
			opus,
			[]baselines.Flag{baselines.OtherModelAsked},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, tt.script)
			s := r.claude()
			s.Variant.Model = tt.model
			got := r.run(r.task(nil), s)
			r.want(got, baselines.Finished, "solved")
			flags := slices.DeleteFunc(got.Flags, func(f baselines.Flag) bool { return f == baselines.NoIsolation })
			if !slices.Equal(flags, tt.want) {
				t.Errorf("flags %v, want %v; models %v", flags, tt.want, got.Models)
			}
		})
	}
}

// A program that the agent runs asks for another model with the trial's token: it is
// answered, paid for, and flagged.
func TestAProgramOfTheAgentsAsksForAnotherModel(t *testing.T) {
	r := newRig(t, "")
	s := r.standIn(`echo 42 > answer.txt; "$0" ask > /dev/null; ` + saysDone)
	s.Variant.Model = "claude-sonnet-4-6" // and "ask" asks for another
	got := r.run(r.task(nil), s)
	r.want(got, baselines.Finished, "solved")
	if !got.Flagged(baselines.OtherModelAsked) || got.Flagged(baselines.FallbackModel) || got.Flagged(baselines.OtherModel) {
		t.Errorf("flags %v", got.Flags)
	}
	if usd, known := got.Cost(); !known || usd == 0 {
		t.Errorf("it cost %v, known %v", usd, known)
	}
}
