package run

import (
	"errors"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/site"
)

func TestAMissingKeyIsKnownBeforeAnythingIsSpent(t *testing.T) {
	const claude = "baseline: {agent: claude-code, model: m1}\ncandidate: {agent: claude-code, model: m2}\n"
	const gateway = claude + `api: {base_url: "https://gateway.example", headers: {x-key: "${GATEWAY_KEY}", x-team: "${TEAM} ${GATEWAY_KEY}"}}` + "\n"
	for _, tt := range []struct {
		name, arms string
		env        map[string]string
		want       *site.MissingKey
	}{
		{"none", claude, nil, &site.MissingKey{Agent: "claude-code", Variables: []string{"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"}}},
		{"an empty one, as of a secret that a fork does not get", claude, map[string]string{"ANTHROPIC_API_KEY": ""}, &site.MissingKey{Agent: "claude-code", Variables: []string{"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"}}},
		{"a key", claude, map[string]string{"ANTHROPIC_API_KEY": "k"}, nil},
		{"a token of a subscription", claude, map[string]string{"CLAUDE_CODE_OAUTH_TOKEN": "k"}, nil},
		{"a header of the environment", claude, map[string]string{"ANTHROPIC_CUSTOM_HEADERS": "x-key: k"}, nil},
		{"what headers are made of", gateway, map[string]string{"ANTHROPIC_API_KEY": "k"}, &site.MissingKey{Agent: "claude-code", Variables: []string{"GATEWAY_KEY", "TEAM"}, All: true}},
		{"headers in the place of a key", gateway, map[string]string{"GATEWAY_KEY": "k", "TEAM": "t"}, nil},
		{"an agent that asks nothing", "candidate: {agent: oracle}\n", nil, nil},
		{"a program without a model", "candidate: {agent: command, settings: {command: [a]}}\n", nil, nil},
		{"only the baseline asks", "baseline: {agent: command, model: m, settings: {command: [a]}}\ncandidate: {agent: nop}\n", nil, &site.MissingKey{Agent: "command", Variables: []string{"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := config.Parse([]byte("suite: {tasks: [{path: a}]}\n"+tt.arms), "benchgate.yaml", "/repo", config.Flags{})
			if err != nil {
				t.Fatal(err)
			}
			err = Options{Config: c, LookupEnv: func(name string) (string, bool) { v, ok := tt.env[name]; return v, ok }}.NeedKey()
			var missing *site.MissingKey
			if errors.As(err, &missing); (err == nil) != (tt.want == nil) || missing == nil != (tt.want == nil) {
				t.Fatalf("error is %v, want %v", err, tt.want)
			}
			if missing != nil && (missing.Error() != tt.want.Error() || !strings.Contains(err.Error(), missing.Variables[0])) {
				t.Errorf("it says %q, want %q", missing, tt.want)
			}
		})
	}
}
