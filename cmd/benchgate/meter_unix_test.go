//go:build unix

package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/realparts"
	"github.com/benchgate/benchgate/internal/scriptedmodel"
)

// meterCommand is benchgate meter with a shell command, in a process group of its own.
func meterCommand(t *testing.T, model string, arguments ...string) (c *exec.Cmd, stderr *bytes.Buffer) {
	t.Helper()
	c = exec.Command(benchgateCommand(t), append([]string{"meter"}, arguments...)...)
	c.Dir = t.TempDir()
	c.Env = append(os.Environ(), "ANTHROPIC_BASE_URL="+model, "ANTHROPIC_API_KEY="+storyKey)
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // no terminal
	stderr = new(bytes.Buffer)
	c.Stderr = stderr
	t.Cleanup(func() { _ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) })
	return c, stderr
}

// awaitFile waits until a file of the command's has come.
func awaitFile(t *testing.T, c *exec.Cmd, name string) {
	t.Helper()
	for range 600 {
		if _, err := os.Stat(filepath.Join(c.Dir, name)); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("no %s came within half a minute", name)
}

// Signals reach the command, each once, and the bill is printed whatever comes of it.
func TestMeterPassesSignalsOnAndStillBills(t *testing.T) {
	const traps = `trap 'echo INT >>got; exit 7' INT; trap 'echo TERM >>got; exit 8' TERM; trap 'echo HUP >>got; exit 9' HUP; `
	for _, test := range []struct {
		signal syscall.Signal
		trap   string
		code   int
		got    string
	}{
		{syscall.SIGINT, traps, 7, "INT\n"},
		{syscall.SIGTERM, traps, 8, "TERM\n"},
		{syscall.SIGHUP, traps, 9, "HUP\n"},
		{syscall.SIGTERM, "", 128 + 15, ""},
		{syscall.SIGTERM, "trap '' TERM; ", 128 + 9, ""}, // killed at last
	} {
		t.Run(test.signal.String()+test.trap[:min(len(test.trap), 8)], func(t *testing.T) {
			t.Parallel()
			model := interruptingModel(t, 1, func() {})
			c, stderr := meterCommand(t, model.URL, "--", "sh", "-c", test.trap+"ask claude-opus-4-7 </dev/null >/dev/null; touch asked; while :; do sleep 0.05; done")
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			awaitFile(t, c, "asked")
			for range 2 { // GNU timeout does as much
				if err := c.Process.Signal(test.signal); err != nil {
					t.Fatal(err)
				}
			}
			_ = c.Wait()
			if code := c.ProcessState.ExitCode(); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			if got, _ := os.ReadFile(filepath.Join(c.Dir, "got")); string(got) != test.got {
				t.Errorf("the command got %q, want %q", got, test.got)
			}
			if !requestOfTheBill.MatchString(stderr.String()) {
				t.Errorf("the bill is\n%s", stderr)
			}
		})
	}
}

// requestOfTheBill is its line of one model: requests, input, output.
var requestOfTheBill = regexp.MustCompile(`claude-opus-4-7 +1 +100 +4 `)

// The real Claude Code with a proxy in its environment: what it sends to the meter and
// the receiver does not pass there, what it did is known from its telemetry, and both
// agree.
func TestTheRealClaudeIsMetered(t *testing.T) {
	program := realparts.ClaudeProgram(t)
	work := t.TempDir()
	script, err := scriptedmodel.Decode(strings.NewReader(fmt.Sprintf(`
conversations:
  - turns:
      - tool_uses: [{name: Write, input: {file_path: %[1]q, content: "one\ntwo\nthree\n"}}]
        usage: {input: 5, output: 120, cache_write_5m: 9000}
      - tool_uses: [{name: Bash, input: {command: "exit 3", description: Fail}}]
        usage: {input: 7, output: 60, cache_read: 9000}
        errors: [{status: 529}]
      - text: All done.
        usage: {input: 9, output: 20, cache_read: 9060}
`, filepath.Join(work, "greeting.txt"))), "test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	server := scriptedmodel.New(script, scriptedmodel.Options{Key: storyKey})
	address, stop, err := server.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stop() }()
	var mu sync.Mutex
	var proxied []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		proxied = append(proxied, r.Method+" "+r.RequestURI)
		http.Error(w, "no way", http.StatusForbidden)
	}))
	defer proxy.Close()

	home := t.TempDir()
	for _, test := range []struct{ format, want string }{{"json", ""}, {"text", "\ntools     2 calls, 1 failed\n"}} {
		c, stderr := meterCommand(t, address, "--format", test.format, "--output", "bill", "--",
			program, "-p", "write the greeting", "--model", "claude-opus-4-8", "--dangerously-skip-permissions")
		c.Dir = work
		c.Env = append(c.Env, "HOME="+home, "CLAUDE_CONFIG_DIR="+filepath.Join(home, "config"), "IS_SANDBOX=1",
			"HTTP_PROXY="+proxy.URL, "http_proxy="+proxy.URL, "HTTPS_PROXY="+proxy.URL, "https_proxy="+proxy.URL, "ALL_PROXY="+proxy.URL)
		out, err := c.Output()
		if err != nil || !strings.Contains(string(out), "All done.") {
			t.Fatalf("claude: %v\n%s%s", err, out, stderr)
		}
		bill, err := os.ReadFile(filepath.Join(work, "bill"))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s", bill)
		if test.format == "text" {
			if !strings.Contains(string(bill), test.want) {
				t.Errorf("the bill lacks %q", test.want)
			}
			continue
		}
		checkClaudesTrial(t, bill, server.Truth())
		if err := os.Remove(filepath.Join(work, "greeting.txt")); err != nil {
			t.Fatal(err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if slices.ContainsFunc(proxied, func(what string) bool { return strings.Contains(what, "127.0.0.1") }) {
		t.Errorf("the proxy saw %q", proxied)
	}
}

func checkClaudesTrial(t *testing.T, bill []byte, truth []scriptedmodel.Served) {
	t.Helper()
	var got baselines.Trial
	if err := json.Unmarshal(bill, &got); err != nil {
		t.Fatal(err)
	}
	var served baselines.Tokens
	for _, s := range truth {
		served = served.Add(s.Tokens)
	}
	switch {
	case got.Tokens == nil || *got.Tokens != served:
		t.Errorf("tokens %+v, served were %+v", got.Tokens, served)
	case got.Requests == nil || *got.Requests != 3 || *got.Retries != 1 || got.Seconds.RateLimited <= 0:
		t.Errorf("requests %v, retries %v", got.Requests, got.Retries)
	case got.ToolCalls == nil || *got.ToolCalls != 2 || *got.ToolErrors != 1:
		t.Errorf("tools %v, failed %v", got.ToolCalls, got.ToolErrors)
	case got.Seconds.Active == nil || got.Lines == nil || got.Lines.Kept == nil || *got.Lines.Kept < 3:
		t.Errorf("active %v, lines %+v", got.Seconds.Active, got.Lines)
	case got.Agreement == nil || got.Agreement.TelemetryUSD == nil || cmp.Compare(*got.Agreement.MeterUSD, 0) <= 0 || got.Agreement.Explained != "":
		t.Errorf("agreement %+v", got.Agreement)
	case len(got.Flags) > 0:
		t.Errorf("flags %v", got.Flags)
	}
}
