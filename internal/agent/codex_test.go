package agent_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/leak"
)

// The whole of what Codex is told, on its command line and in the configuration that
// goes before all others: no key, and no place but the meter and the receiver.
func TestStartingCodex(t *testing.T) {
	s := start(baselines.Settings{Effort: "high", Arguments: []string{"--add-dir", "/data"}})
	s.Variant.Model = "gpt-6-sol"
	row := lookup(t, "codex")
	program, err := row.Command(s)
	if err != nil {
		t.Fatal(err)
	}
	files, err := row.Settings(s)
	if err != nil {
		t.Fatal(err)
	}
	text := describe(t, program)
	for _, f := range files {
		text += fmt.Sprintf("file  %s\n%s", f.Path, f.Content)
	}
	goldenCommand(t, "codex", text)
}

func TestWhereCodexFindsAVariantsFiles(t *testing.T) {
	for file, want := range map[string]string{
		"AGENTS.md": "/logs/agent/codex/AGENTS.md", ".codex/config.toml": "/logs/agent/codex/config.toml",
		"docs/AGENTS.md": "", ".claude/x": "",
	} {
		if got := lookup(t, "codex").Locate(file); got != want {
			t.Errorf("%s goes to %q, want %q", file, got, want)
		}
	}
}

// npm has the program for each platform as a version of one package.
func TestTheCodexPackage(t *testing.T) {
	packed := packCodex(t, map[string]string{
		"package/package.json": "{}", "package/vendor/x-linux-musl/bin/codex": "program", "package/vendor/x-linux-musl/codex-path/rg": "rg",
		"package/vendor/x-linux-musl/codex-resources/voice/lib/a.so": "large",
	})
	var asked []string
	cache := agent.Cache{Dir: t.TempDir(), Download: func(_ context.Context, pkg, version string) (io.ReadCloser, error) {
		asked = append(asked, pkg+"@"+version)
		return io.NopCloser(bytes.NewReader(packed)), nil
	}}
	tools, err := lookup(t, "codex").Tools("0.169.0", agent.Platform{OS: "linux", Arch: "amd64", Libc: "musl"}, cache)
	if err != nil {
		t.Fatal(err)
	}
	var filled bytes.Buffer
	if err := tools.Fill(t.Context(), &filled); err != nil {
		t.Fatal(err)
	}
	var got []string
	for in := tar.NewReader(&filled); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s %o", h.Name, h.Mode))
	}
	slices.Sort(got)
	if want := []string{"bin/codex 755", "codex-path/rg 755"}; !slices.Equal(got, want) || tools.Name != "codex-0.169.0-linux-x64" || !slices.Equal(asked, []string{"@openai/codex@0.169.0-linux-x64"}) {
		t.Errorf("%s has %q, asked were %q", tools.Name, got, asked)
	}
	for _, broken := range [][]byte{nil, []byte("no archive"), packCodex(t, map[string]string{"package/package.json": "{}"})} {
		packed, cache.Dir = broken, t.TempDir()
		tools, _ := lookup(t, "codex").Tools("0.169.0", agent.Platform{OS: "linux", Arch: "amd64"}, cache)
		if err := tools.Fill(t.Context(), io.Discard); err == nil {
			t.Errorf("%q was taken for the package", broken)
		}
	}
	for _, bad := range []agent.Platform{{OS: "windows", Arch: "amd64"}, {OS: "linux", Arch: "s390x"}} {
		if _, err := lookup(t, "codex").Tools("0.169.0", bad, cache); err == nil || !strings.Contains(err.Error(), "Codex") {
			t.Errorf("%v: %v", bad, err)
		}
	}
	if _, err := lookup(t, "codex").Tools("latest", agent.Platform{OS: "linux", Arch: "amd64"}, cache); err == nil {
		t.Error("a tag was taken for a version")
	}
}

func packCodex(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	gz := gzip.NewWriter(&b)
	out := tar.NewWriter(gz)
	for name, content := range files {
		if err := out.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(content)), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(out, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(out.Close(), gz.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Lines of real runs of Codex CLI 0.169.0, and how they ended.
func TestReadingCodexRuns(t *testing.T) {
	const begun = `{"type":"thread.started","thread_id":"01a21c95-d0d5-7c11-be9c-8bbe74ad182c"}
{"type":"item.completed","item":{"id":"item_0","type":"error","message":"Model metadata not found."}}
{"type":"turn.started"}
{"type":"item.completed","item":{"id":"item_1","type":"command_execution","command":"/bin/bash -lc 'echo hi; exit 3'","aggregated_output":"hi\n","exit_code":3,"status":"failed"}}
{"type":"item.completed","item":{"id":"item_2","type":"web_search","query":"answers","status":"completed"}}
{"type":"item.completed","item":{"id":"item_3","type":"agent_message","text":"Done."}}
`
	failed := func(message string) string {
		return begun + `{"type":"error","message":"Reconnecting... 5/5"}` + "\n" + `{"type":"turn.failed","error":{"message":"` + message + `"}}`
	}
	for name, test := range map[string]struct {
		out    string
		exit   int
		ended  baselines.Ended
		reason string
	}{
		"finished":          {begun + `{"type":"turn.completed","usage":{"input_tokens":2000,"cached_input_tokens":1200,"cache_write_input_tokens":100,"output_tokens":100,"reasoning_output_tokens":40}}`, 0, baselines.Finished, ""},
		"its exit code":     {begun + `{"type":"turn.completed"}`, 1, baselines.AgentError, "exit code 1"},
		"killed":            {begun, 137, baselines.AgentError, "exit code 137, without an end of its turn"},
		"a limit":           {failed("Quota exceeded. Check your plan and billing details."), 1, baselines.Budget, "the trial's dollar limit was reached, or the API has no credit left"},
		"500 for ever":      {failed("unexpected status 500 Internal Server Error: x, url: http://x"), 1, baselines.InfraError, "the model API answered 500"},
		"400":               {failed("unexpected status 400 Bad Request: x"), 1, baselines.AgentError, "the model API answered 400"},
		"429 for ever":      {failed("exceeded retry limit, last status: 429 Too Many Requests"), 1, baselines.InfraError, "the model API refused each try"},
		"overloaded":        {failed("Selected model is at capacity. Please try a different model."), 1, baselines.InfraError, "the model API is overloaded"},
		"the window":        {failed("Codex ran out of room in the model's context window. Start a new thread."), 1, baselines.AgentError, "the conversation exceeded the context window"},
		"anything else":     {failed("the moon\\u001b[2J is full"), 1, baselines.AgentError, "the agent reports an error: the moon[2J is full"},
		"nothing was said":  {"", 1, baselines.AgentError, "exit code 1, without an end of its turn"},
		"what is no events": {"{\n[]\nnull\n\x00", 0, baselines.AgentError, "exit code 0, without an end of its turn"},
	} {
		t.Run(name, func(t *testing.T) {
			got := lookup(t, "codex").Read(agent.Exit{Code: test.exit}, strings.NewReader(test.out))
			if got.Ended != test.ended || got.Reason != test.reason {
				t.Errorf("it ended as %s: %s", got.Ended, got.Reason)
			}
			if !strings.HasPrefix(test.out, begun) {
				return
			}
			r := got.Result
			uses := []leak.Use{{Tool: leak.Shell, Text: "/bin/bash -lc 'echo hi; exit 3'", Failed: true}, {Tool: leak.Search, Text: "answers"}}
			if diff := cmp.Diff(uses, r.Uses); diff != "" || *r.ToolCalls != 2 || *r.ToolErrors != 1 || r.SessionID != "01a21c95-d0d5-7c11-be9c-8bbe74ad182c" {
				t.Errorf("%d calls, %d failed, session %s: %s", *r.ToolCalls, *r.ToolErrors, r.SessionID, diff)
			}
			if name == "finished" && *r.Tokens != (baselines.Tokens{Input: 700, CacheRead: 1200, CacheWrite5m: 100, Output: 100}) {
				t.Errorf("tokens %+v", r.Tokens)
			}
		})
	}
}

func FuzzReadCodex(f *testing.F) {
	f.Add([]byte(`{"type":"turn.completed","usage":{"input_tokens":-5,"cached_input_tokens":9}}`))
	f.Add([]byte(`{"type":"item.completed","item":{"type":"command_execution","status":"failed"}}`))
	row, err := agent.Lookup("codex")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, out []byte) {
		r := row.Read(agent.Exit{}, bytes.NewReader(out)).Result
		if r.Tokens != nil && min(r.Tokens.Input, r.Tokens.Output, r.Tokens.CacheRead, r.Tokens.CacheWrite5m) < 0 || *r.ToolErrors > *r.ToolCalls {
			t.Errorf("%+v, %d of %d calls failed", r.Tokens, *r.ToolErrors, *r.ToolCalls)
		}
	})
}
