package meter_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
)

func TestRoles(t *testing.T) {
	small := []string{"claude-haiku-4-5", "claude-haiku-5-5"}
	for name, test := range map[string]struct {
		entry   meter.Entry
		variant string
		want    baselines.Role
	}{
		"the variant's own model":          {meter.Entry{Model: opus}, opus, baselines.RoleMain},
		"its dated name":                   {meter.Entry{Model: opus + "-20261120"}, opus + "[1m]", baselines.RoleMain},
		"an agent id":                      {meter.Entry{Model: opus, AgentID: "a"}, opus, baselines.RoleSubagent},
		"an agent id and a small model":    {meter.Entry{Model: "claude-haiku-5-5", AgentID: "a"}, opus, baselines.RoleSubagent},
		"a small model":                    {meter.Entry{Model: "claude-haiku-5-5"}, opus, baselines.RoleAuxiliary},
		"a small model's dated name":       {meter.Entry{Model: "claude-haiku-4-5-20251001"}, opus, baselines.RoleAuxiliary},
		"a small model is the variant":     {meter.Entry{Model: "claude-haiku-5-5"}, "claude-haiku-5-5", baselines.RoleMain},
		"the other small model beside it":  {meter.Entry{Model: "claude-haiku-4-5"}, "claude-haiku-5-5", baselines.RoleAuxiliary},
		"a fallback to another big model":  {meter.Entry{Model: "claude-sonnet-5"}, opus, baselines.RoleMain},
		"an alias of a small model":        {meter.Entry{Model: "claude-haiku-5-5-20261007"}, "haiku", baselines.RoleMain},
		"an alias with a large context":    {meter.Entry{Model: "claude-haiku-5-5"}, "haiku[1m]", baselines.RoleMain},
		"an API's alias of a small model":  {meter.Entry{Model: "claude-haiku-5-5"}, "anthropic/claude-haiku-latest", baselines.RoleMain},
		"a small model beside an alias":    {meter.Entry{Model: "claude-haiku-5-5"}, "opus", baselines.RoleAuxiliary},
		"a small model without a variant":  {meter.Entry{Model: "claude-haiku-5-5"}, "", baselines.RoleAuxiliary},
		"a small model that was not asked": {meter.Entry{Model: opus, Answered: "claude-haiku-5-5"}, opus, baselines.RoleMain},
	} {
		if got := test.entry.Role(test.variant, small); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

func TestACredentialNeverPrints(t *testing.T) {
	for _, c := range []meter.Credential{
		meter.APIKey(secretKey), meter.Bearer(secretKey), meter.OAuth(secretKey),
		meter.Credential{}.With(map[string]string{"x-gateway-key": secretKey}),
	} {
		var out bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb+verb+verb, c, &c, struct{ Inner any }{c})
		}
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "c", c, "p", &c)
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "c", c)
		if err := json.NewEncoder(&out).Encode(map[string]any{"c": c}); err != nil {
			t.Fatal(err)
		}
		for _, form := range []string{secretKey, fmt.Sprintf("%x", secretKey), fmt.Sprint([]byte(secretKey))} {
			if strings.Contains(out.String(), form) {
				t.Errorf("the secret is in %s", out.String())
			}
		}
		if !strings.Contains(c.String(), "[redacted]") {
			t.Errorf("String is %q", c)
		}
	}
}
