package config_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/problem"
	"github.com/google/go-cmp/cmp"
)

// A secret in the file is an error wherever it stands, and no message or
// snippet repeats it.
func TestASecretInTheFileIsAnErrorAndIsNotRepeated(t *testing.T) {
	const head = "suite: {tasks: [{path: a}]}\ncandidate: {agent: nop}\n"
	long := strings.Repeat("Ab3", 12)
	for _, tt := range []struct{ name, text, secret string }{
		{"an Anthropic key as a header", `telemetry: {forward: {endpoint: "https://x.example", headers: {x-api-key: "sk-ant-` + long + `"}}}`, "sk-ant-" + long},
		{"a GitHub token as an argument", `compare: ghp_` + long, "ghp_" + long},
		{"a token in a comment", "# old token: github_pat_" + long, "github_pat_" + long},
		{"a key under an unknown key", "api_key: sk-" + long, "sk-" + long},
		{"a header with a name that tells", `telemetry: {forward: {endpoint: "https://x.example", headers: {signoz-ingestion-key: "plainsecret"}}}`, "plainsecret"},
		{"the same beside another mistake", `telemetry: {forward: {endpoint: "https://x.example", hedaers: 1, headers: {Authorization: "Bearer plainsecret"}}}`, "plainsecret"},
		{"a header that is a number", `telemetry: {forward: {endpoint: "https://x.example", headers: {token: 123456789}}}`, "123456789"},
		{"a short one", `telemetry: {forward: {endpoint: "https://x.example", headers: {token: "1n2"}}}`, "1n2"},
		{"one written with escapes", `telemetry: {forward: {endpoint: "https://x.example", headers: {token: "plain\x73ecret"}}}`, `plain\x73ecret`},
		{"a password in the endpoint", `telemetry: {forward: {endpoint: "https://me:plainsecret@x.example"}}`, "plainsecret"},
		{"a password in an endpoint that is wrong anyway", `telemetry: {forward: {endpoint: "ftp://me:plainsecret@%zz"}}`, "plainsecret"},
		{"a key in the endpoint's query", `telemetry: {forward: {endpoint: "https://x.example/?k=plainsecret"}}`, "plainsecret"},
		{"a key in a file that is no YAML", "a: [" + "\nb: AKIAABCDEFGHIJKLMNOP", "AKIAABCDEFGHIJKLMNOP"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := config.Parse([]byte(head+tt.text+"\n"), "benchgate.yaml", "/repo", config.Flags{})
			var problems *problem.List
			if !errors.As(err, &problems) {
				t.Fatalf("error is %v, want a list of problems", err)
			}
			if strings.Contains(problems.Error()+problems.Text(), tt.secret) {
				t.Errorf("the secret is repeated:\n%s", problems.Text())
			}
		})
	}
}

func TestHeadersThatTellNothingMayBeWritten(t *testing.T) {
	parse(t, small+`telemetry: {forward: {endpoint: "http://localhost:4318", headers: {x-scope-orgid: team, authorization: "Bearer ${TOKEN}"}}}`)
}

func TestResolveTakesSecretsFromTheEnvironment(t *testing.T) {
	c := parse(t, small+`
telemetry:
  forward:
    endpoint: https://ingest.example
    headers: {authorization: "Basic ${USER_NAME}:${PASS}", x-key: "${PASS}", x-team: evals}
`)
	env := map[string]string{"USER_NAME": "me", "PASS": "s3cret"}
	headers, secrets, err := c.Forward[0].Headers.Resolve(lookup(env))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"Authorization": "Basic me:s3cret", "X-Key": "s3cret", "X-Team": "evals"}
	if diff := cmp.Diff(want, headers); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"me", "s3cret"}, secrets); diff != "" {
		t.Errorf("secrets to redact (-want +got):\n%s", diff)
	}
}

func TestResolveNamesEveryVariableThatIsMissing(t *testing.T) {
	c := parse(t, small+`telemetry: {forward: {endpoint: "https://x.example", headers: {a: "${ONE}", b: "${TWO}${THREE}"}}}`)
	_, _, err := c.Forward[0].Headers.Resolve(lookup(map[string]string{"TWO": "", "THREE": "x\ny"}))
	if err == nil {
		t.Fatal("no error")
	}
	want := []string{
		"benchgate.yaml:4:67: header A needs the environment variable ONE, which is not set; set it, or remove the header",
		"benchgate.yaml:4:80: header B needs the environment variable TWO, which is not set; set it, or remove the header",
		"benchgate.yaml:4:80: the environment variable THREE for header B contains a line break; set it without",
	}
	if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}

func TestResolveWithoutHeaders(t *testing.T) {
	headers, secrets, err := parse(t, small).API.Headers.Resolve(lookup(nil))
	if len(headers)+len(secrets) > 0 || err != nil {
		t.Errorf("got %v, %v, %v; want nothing", headers, secrets, err)
	}
}

func lookup(env map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		v, ok := env[name]
		return v, ok
	}
}
