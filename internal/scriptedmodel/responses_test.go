package scriptedmodel_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/scriptedmodel"
)

const responsesScript = `
conversations:
  - match: Repair
    turns:
      - text: I'll look.
        tool_uses: [{name: exec_command, input: {cmd: ls}}]
        usage: {input: 5, output: 7, cache_read: 100, cache_write_5m: 20}
      - text: Done.
        errors: [{status: 429, retry_after: "3"}, {event: server_error}, {reset: true}, {cut: true}]
`

func respond(t *testing.T, url, body string) (int, http.Header, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer K")
	req.Header.Set("Session-Id", "s")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header, string(got), err
}

// The Responses API counts turns as Messages does: by what the model said before,
// however many items it said it in.
func TestResponses(t *testing.T) {
	script, err := scriptedmodel.Decode(strings.NewReader(responsesScript), "script.yaml")
	if err != nil {
		t.Fatal(err)
	}
	server := scriptedmodel.New(script, scriptedmodel.Options{Key: "K"})
	url, stop, err := server.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stop() }()
	const said = `{"role":"developer","content":"rules"},{"role":"user","content":[{"type":"input_text","text":"the date"}]},{"type":"message","role":"user","content":"Repair it"}`
	ask := func(stream bool, more string) string {
		return fmt.Sprintf(`{"model":"m","stream":%v,"tools":[{"type":"function"}],"input":[%s%s]}`, stream, said, more)
	}

	status, header, body, err := respond(t, url+"/v1/responses", ask(false, ""))
	var whole struct {
		Status string
		Output []struct{ Type, Name, Arguments string }
		Usage  struct {
			Input   int64 `json:"input_tokens"`
			Output  int64 `json:"output_tokens"`
			Details struct {
				Cached  int64 `json:"cached_tokens"`
				Written int64 `json:"cache_write_tokens"`
			} `json:"input_tokens_details"`
		}
	}
	if err := json.Unmarshal([]byte(body), &whole); err != nil {
		t.Fatal(err)
	}
	switch u := whole.Usage; {
	case err != nil || status != 200 || header.Get("X-Request-Id") != server.Truth()[0].RequestID:
		t.Errorf("%v, %d, %v", err, status, header)
	case len(whole.Output) != 2 || whole.Output[1].Type != "function_call" || whole.Output[1].Arguments != `{"cmd":"ls"}`:
		t.Errorf("the answer is %s", body)
	case u.Input != 125 || u.Details.Cached != 100 || u.Details.Written != 20 || u.Output != 7:
		t.Errorf("usage %+v", u)
	}

	const turn = `,{"type":"reasoning"},{"type":"message","role":"assistant","content":[]},{"type":"function_call","call_id":"c"},{"type":"function_call_output","call_id":"c","output":"x"}`
	for _, want := range []struct {
		status int
		ends   string // in the last event; empty: the answer ends before
	}{{429, "rate_limit_exceeded"}, {200, "response.failed"}, {200, ""}, {200, ""}, {200, "response.completed"}} {
		status, header, body, err := respond(t, url+"/v1/responses", ask(true, turn))
		last := body[strings.LastIndex(strings.TrimSpace(body), "\n\n")+1:]
		if status != want.status || !strings.Contains(last, want.ends) || want.ends == "" && strings.Contains(body, "response.completed") {
			t.Errorf("%d, %v, want %d ending with %q:\n%s", status, err, want.status, want.ends, body)
		}
		if status == 429 && header.Get("Retry-After") != "3" {
			t.Errorf("retry after %q", header.Get("Retry-After"))
		}
	}
	truth := server.Truth()
	if last := truth[len(truth)-1]; !last.Complete || last.SessionID != "s" || last.Tokens == (baselines.Tokens{}) {
		t.Errorf("the last is %+v", last)
	}
	if status, _, body, _ := respond(t, url+"/v1/responses/input_tokens", ask(false, "")); status != 200 || !strings.Contains(body, "input_tokens") {
		t.Errorf("%d %s", status, body)
	}
	for _, broken := range []string{`{`, `{"model":"m"}`, `{"model":"m","input":7}`, `{"input":"hi"}`} {
		if status, _, body, _ := respond(t, url+"/v1/responses", broken); status != 400 || !strings.Contains(body, `"invalid_request_error"`) {
			t.Errorf("%s: %d %s", broken, status, body)
		}
	}
}
