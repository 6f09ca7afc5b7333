package meter_test

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/realparts"
)

// The real Codex works through the meter on scripted answers: it runs commands, is
// limited, meets a broken server, and is cut off in between. The ledger must have
// exactly what was served, request by request.
func TestTheRealCodexIsMeteredExactly(t *testing.T) {
	work := t.TempDir()
	server, upstream := scripted(t, `
conversations:
  - match: write the greeting
    turns:
      - text: I will write it.
        tool_uses: [{name: exec_command, input: {cmd: "echo 'echo hello from the script' > greeting.sh"}}]
        usage: {input: 500, output: 120, cache_read: 9000}
      - tool_uses: [{name: exec_command, input: {cmd: "sh greeting.sh > out.txt; exit 3"}}]
        usage: {input: 700, output: 60, cache_read: 9500}
        errors: [{status: 429, retry_after: "1"}, {status: 500}]
      - text: It says hello.
        tool_uses: [{name: exec_command, input: {cmd: "cat out.txt"}}]
        usage: {input: 300, output: 80, cache_read: 9800}
        errors: [{reset: true}, {event: server_error}]
      - text: All done.
        usage: {input: 900, output: 20, cache_read: 9900}
`)
	r := newRig(t, nil, func(o *meter.Options) { o.OpenAI = openAIAt(upstream); o.Upstream = upstream })
	out := runCodex(t, work, r.admit("candidate/greeting/1.1"), "Please write the greeting")
	if got, err := os.ReadFile(filepath.Join(work, "out.txt")); err != nil || string(got) != "hello from the script\n" {
		t.Fatalf("the agent did not do its work: %q, %v\n%s", got, err, out)
	}
	truth, lines := server.Truth(), r.settled("candidate/greeting/1.1")
	classes := make(map[meter.RetryClass]int)
	cut := 0
	for _, e := range lines {
		if e.Kind == meter.Finished {
			classes[e.Retry]++
			if e.Cut {
				cut++
			}
		}
		if e.SessionID == "" || e.AgentID != "" {
			t.Errorf("the request is of session %q, agent %q", e.SessionID, e.AgentID)
		}
	}
	if len(truth) != 8 || classes[""] != 4 || classes[meter.RateLimited] != 1 || classes[meter.ServerError] != 2 || classes[meter.Network] != 1 || cut != 2 {
		t.Errorf("%d were served; classes %v, %d cut", len(truth), classes, cut)
	}
	byID := make(map[string]meter.Entry)
	for _, e := range lines {
		if e.Kind == meter.Finished {
			byID[e.RequestID] = e
		}
	}
	for _, s := range truth {
		line := byID[s.RequestID]
		switch {
		case s.Complete && (line.Tokens == nil || *line.Tokens != s.Tokens || line.USD == nil):
			t.Errorf("served were %+v, the line is %+v", s, line)
		case !s.Complete && line.Tokens != nil:
			t.Errorf("an answer without its end has tokens: %+v", line)
		}
	}
	if !strings.Contains(string(out), `"turn.completed"`) || !strings.Contains(string(out), `"input_tokens":40600,"cached_input_tokens":38200`) {
		t.Errorf("the agent says\n%s", out)
	}
	if strings.Contains(string(out), secretKey) || strings.Contains(r.file(), secretKey) {
		t.Error("the key is in the agent's output or the ledger")
	}
}

// A limit of the meter's ends the real Codex at once: it does not ask again.
func TestTheRealCodexStopsWhenTheDollarsAreGone(t *testing.T) {
	_, upstream := scripted(t, `
conversations:
  - match: work for ever
    turns:
      - tool_uses: [{name: exec_command, input: {cmd: "true"}}]
        usage: {input: 100000, output: 1000}
`)
	r := newRig(t, nil, func(o *meter.Options) { o.OpenAI = openAIAt(upstream); o.Upstream = upstream })
	base := r.url + "/" + r.Admit(meter.Trial{ID: "t", BudgetUSD: 0.5}) // a turn costs 0.189
	begun := time.Now()
	out := runCodex(t, t.TempDir(), base, "work for ever")
	refused := 0
	for _, e := range r.settled("t") {
		if e.Retry == meter.OverBudget {
			refused++
		}
	}
	if usd := r.SpentUSD(); refused != 1 || usd < 0.5 || usd > 0.5+0.189 || !strings.Contains(string(out), `"turn.failed"`) {
		t.Errorf("spent $%v, refused %d; the agent said:\n%s", usd, refused, out)
	}
	if took := time.Since(begun); took > 30*time.Second {
		t.Errorf("the agent went on for %v after its money was gone", took)
	}
}

func runCodex(t *testing.T, work, base, prompt string) []byte {
	t.Helper()
	program := realparts.CodexProgram(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := codexCommand(ctx, program, work, t.TempDir(), base, "exec", "--json", "--skip-git-repo-check", prompt)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Logf("codex: %v\n%s", err, out.Bytes()) // an exit code of 1 may be what the test wants
	}
	return out.Bytes()
}

// codexCommand is the program as a trial starts it, with its sandbox off. The arguments
// begin with the program's own, before exec.
func codexCommand(ctx context.Context, program, work, home, base string, args ...string) *exec.Cmd {
	provider := fmt.Sprintf(`model_providers.benchgate = { name = "benchgate", base_url = %q, wire_api = "responses", env_key = "OPENAI_API_KEY" }`, base+"/v1")
	cmd := exec.CommandContext(ctx, program, append([]string{
		"--config", `model_provider = "benchgate"`, "--config", provider, "--config", "analytics.enabled = false", "--config", fmt.Sprintf("model = %q", codexModel),
		"--config", `approval_policy = "never"`, "--config", `sandbox_mode = "danger-full-access"`,
	}, args...)...)
	cmd.Dir = work
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "CODEX_HOME=" + home, "OPENAI_API_KEY=placeholder"}
	return cmd
}

func openAIAt(base *url.URL) *meter.Upstream {
	return &meter.Upstream{URL: base, Credential: meter.Bearer(secretKey)}
}
