package meter_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/realparts"
	"github.com/benchgate/benchgate/internal/scriptedmodel"
)

// The real Claude Code works through the meter on scripted answers: it writes
// a file, runs it, is overloaded and cut off in between, sends a subagent. The
// ledger must have exactly what was served, request by request.
func TestTheRealClaudeIsMeteredExactly(t *testing.T) {
	program := realparts.ClaudeProgram(t)
	work := t.TempDir()
	server, upstream := scripted(t, fmt.Sprintf(`
conversations:
  - match: write the greeting
    turns:
      - text: I will write it.
        tool_uses: [{name: Write, input: {file_path: %[1]q, content: "echo hello from the script\n"}}]
        usage: {input: 5, output: 120, cache_write_5m: 9000, cache_write_1h: 500}
      - tool_uses: [{name: Bash, input: {command: "sh greeting.sh > out.txt", description: Run it}}]
        usage: {input: 7, output: 60, cache_read: 9500, cache_write_5m: 300}
        errors: [{status: 529}, {event: overloaded_error}]
      - tool_uses: [{name: Agent, input: {description: Check, prompt: check the output file, subagent_type: general-purpose, run_in_background: false}}]
        usage: {input: 3, output: 80, cache_read: 9800, cache_write_5m: 100}
      - text: All done.
        usage: {input: 9, output: 20, cache_read: 9900}
  - match: check the output file
    turns:
      - text: It is fine.
        usage: {input: 11, output: 30, cache_write_5m: 4000}
`, filepath.Join(work, "greeting.sh")))
	r := newRig(t, nil, func(o *meter.Options) { o.Upstream = upstream })

	out := runClaude(t, program, work, r.admit("candidate/greeting/1.1"), "Please write the greeting")

	if got, err := os.ReadFile(filepath.Join(work, "out.txt")); err != nil || string(got) != "hello from the script\n" {
		t.Fatalf("the agent did not do its work: %q, %v\n%s", got, err, out)
	}
	truth := server.Truth()
	compareWithTruth(t, truth, r.settled("candidate/greeting/1.1"))
	if len(truth) < 7 {
		t.Errorf("only %d requests were served; want 4 turns, 2 errors and a subagent", len(truth))
	}
	roles := make(map[baselines.Role]int)
	for _, e := range r.Entries("candidate/greeting/1.1") {
		if e.Kind == meter.Finished && e.Retry == "" {
			roles[e.Role(opus, nil)]++
		}
	}
	if roles[baselines.RoleMain] != 4 || roles[baselines.RoleSubagent] != 1 {
		t.Errorf("answered requests by role: %v, want 4 main and 1 subagent", roles)
	}
	if strings.Contains(string(out), secretKey) || strings.Contains(r.file(), secretKey) {
		t.Error("the key is in the agent's output or the ledger")
	}
}

func TestTheRealClaudeStopsWhenTheDollarsAreGone(t *testing.T) {
	program := realparts.ClaudeProgram(t)
	server, upstream := scripted(t, `
conversations:
  - match: work for ever
    turns:
      - tool_uses: [{name: Bash, input: {command: "true", description: Nothing}}]
        usage: {input: 100000, output: 1000}
`)
	r := newRig(t, nil, func(o *meter.Options) { o.Upstream = upstream })
	base := r.url + "/" + r.Admit(meter.Trial{ID: "t", Model: opus, BudgetUSD: 2}) // a turn costs 0.525
	begun := time.Now()
	out := runClaude(t, program, t.TempDir(), base, "work for ever")
	if line := r.last("t"); line.Retry != meter.OverBudget {
		t.Errorf("the last line is %+v; the agent said:\n%s", line, out)
	}
	if usd := r.SpentUSD(); usd < 1.5 || usd > 2+0.525 {
		t.Errorf("spent %v; want the budget, give or take a turn that costs more than its size says", usd)
	}
	compareWithTruth(t, server.Truth(), r.Entries("t"))
	if took := time.Since(begun); took > 30*time.Second {
		t.Errorf("the agent went on for %v after its money was gone", took)
	}
}

func scripted(t *testing.T, script string) (*scriptedmodel.Server, *url.URL) {
	t.Helper()
	decoded, err := scriptedmodel.Decode(strings.NewReader(script), "test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	server := scriptedmodel.New(decoded, scriptedmodel.Options{Key: secretKey})
	address, stop, err := server.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	upstream, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return server, upstream
}

func runClaude(t *testing.T, program, work, base, prompt string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := claudeCommand(ctx, program, work, t.TempDir(), base, "-p", prompt, "--model", opus, "--output-format", "json")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Logf("claude: %v\n%s", err, out.Bytes()) // an exit code of 1 may be what the test wants
	}
	return out.Bytes()
}

// claudeCommand is the program as a trial starts it. It finds itself in PATH as claude.
func claudeCommand(ctx context.Context, program, work, home, base string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, append(args, "--dangerously-skip-permissions")...)
	cmd.Dir = work
	cmd.Env = []string{
		"PATH=" + home + ":" + os.Getenv("PATH"), "HOME=" + home, "CLAUDE_CONFIG_DIR=" + filepath.Join(home, "config"), "IS_SANDBOX=1",
		"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1", "DISABLE_AUTOUPDATER=1",
		"ANTHROPIC_API_KEY=placeholder", "ANTHROPIC_BASE_URL=" + base,
	}
	_ = os.Symlink(program, filepath.Join(home, "claude"))
	return cmd
}

// compareWithTruth holds finished lines against what was served, by request
// id; a search of the model's server costs a cent. Of an answer that was cut the
// ledger can know the input side only.
func compareWithTruth(t *testing.T, truth []scriptedmodel.Served, lines []meter.Entry) {
	t.Helper()
	compareServed(t, truth, lines, 1)
}

// compareServed takes how many tokens of output an answer that was cut reports.
func compareServed(t *testing.T, truth []scriptedmodel.Served, lines []meter.Entry, ofCut int64) {
	t.Helper()
	type billed struct {
		RequestID, Model, Answered, AgentID string
		Status                              int
		WebSearches                         int64
		Tokens                              baselines.Tokens
	}
	var want, got []billed
	wantUSD, gotUSD := 0.0, 0.0
	for _, s := range truth {
		rate, _ := prices.Default().Rate(cmp.Or(s.Answered, s.Model), time.Now()) // nothing where the model has no price
		b := billed{s.RequestID, s.Model, s.Answered, s.AgentID, s.Status, s.WebSearches, s.Tokens}
		if s.Status == 0 {
			b.RequestID, b.Answered = "", "" // the id would have come with an answer
		} else if s.Status != 200 {
			b.Answered = ""
		} else if !s.Complete {
			b.Tokens.Output = ofCut
		}
		wantUSD += rate.USD(b.Tokens) + 0.01*float64(b.WebSearches)
		want = append(want, b)
	}
	for _, e := range lines {
		if e.Kind != meter.Finished || e.Retry == meter.OverBudget {
			continue
		}
		b := billed{RequestID: e.RequestID, Model: e.Model, Answered: e.Answered, AgentID: e.AgentID, Status: e.Status, WebSearches: e.WebSearch}
		if e.Tokens != nil {
			b.Tokens = *e.Tokens
		}
		if e.USD != nil {
			gotUSD += *e.USD
		}
		got = append(got, b)
	}
	byID := func(a, b billed) int { return cmp.Compare(a.RequestID, b.RequestID) }
	slices.SortFunc(want, byID)
	slices.SortFunc(got, byID)
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("the ledger and what was served (-served +ledger):\n%s", diff)
	}
	if math.Abs(wantUSD-gotUSD) > 1e-9 || len(got) == 0 {
		t.Errorf("the ledger has $%v, $%v were served", gotUSD, wantUSD)
	}
}
