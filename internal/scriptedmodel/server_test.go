package scriptedmodel_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/scriptedmodel"
)

func serve(t *testing.T) (*scriptedmodel.Server, string) {
	t.Helper()
	file, err := os.Open("testdata/story.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	script, err := scriptedmodel.Decode(file, "story.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s := scriptedmodel.New(script, scriptedmodel.Options{Key: "K"})
	url, stop, err := s.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return s, url
}

// ask is a request as an agent makes it: an instruction, and turns answers
// already in the conversation.
type ask struct {
	prompt, model, session string
	turns                  int
	stream, noTools        bool
}

func (a ask) body() string {
	messages := []map[string]any{{"role": "user", "content": []map[string]string{
		{"type": "text", "text": "<system-reminder>the date</system-reminder>"}, {"type": "text", "text": a.prompt},
	}}}
	for range a.turns {
		messages = append(messages, map[string]any{"role": "assistant", "content": "said"}, map[string]any{"role": "user", "content": "result"})
	}
	req := map[string]any{"model": a.model, "stream": a.stream, "messages": messages}
	if !a.noTools {
		req["tools"] = []map[string]string{{"name": "Bash"}}
	}
	b, err := json.Marshal(req)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func (a ask) send(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/v1/messages?beta=true", strings.NewReader(a.body()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Api-Key", "K")
	req.Header.Set("X-Claude-Code-Session-Id", a.session)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body) // may break off: that is a test's subject
	return resp, string(b)
}

func TestTheTurnFollowsFromTheConversation(t *testing.T) {
	_, url := serve(t)
	for name, test := range map[string]struct {
		ask  ask
		want string
	}{
		"an unknown prompt":              {ask{prompt: "Hello", model: "model-a"}, "a title"},
		"another model":                  {ask{prompt: "Repair the parser", model: "model-x"}, "a title"},
		"a title for the same prompt":    {ask{prompt: "Repair the parser", model: "model-a", noTools: true}, "a title"},
		"the second turn":                {ask{prompt: "Please Repair the parser now", model: "model-a", turns: 1}, "Fixed."},
		"past the end":                   {ask{prompt: "Repair the parser", model: "model-a", turns: 7}, "Fixed."},
		"attempts, no session":           {ask{prompt: "Evict", model: "any"}, "first course"},
		"no tools, none needed":          {ask{prompt: "Evict", model: "any", noTools: true}, "first course"},
		"the prompt is in a later turn?": {ask{prompt: "result", model: "model-a", turns: 1}, "a title"},
	} {
		if _, got := test.ask.send(t, url); !strings.Contains(got, test.want) {
			t.Errorf("%s: got %s, want %q", name, got, test.want)
		}
	}
}

func TestEverySessionHasItsAttempt(t *testing.T) {
	_, url := serve(t)
	for i, step := range []struct{ session, want string }{
		{"s1", "first"}, {"s2", "second"}, {"s1", "first"}, {"s3", "first"}, {"s2", "second"}, {"s4", "second"},
	} {
		if _, got := (ask{prompt: "Evict", session: step.session}).withModel("m").send(t, url); !strings.Contains(got, step.want+" course") {
			t.Errorf("step %d, session %s: got %s, want the %s course", i, step.session, got, step.want)
		}
	}
}

func (a ask) withModel(m string) ask { a.model = m; return a }

func TestErrorsComeBeforeSuccessAndForEachSession(t *testing.T) {
	s, url := serve(t)
	for _, session := range []string{"s1", "s2"} {
		var got []int
		for range 5 {
			resp, _ := ask{prompt: "Repair the parser", model: "model-a", session: session}.send(t, url)
			got = append(got, resp.StatusCode)
			if resp.StatusCode == 429 && resp.Header.Get("Retry-After") != "1" {
				t.Error("429 without Retry-After")
			}
		}
		if diff := cmp.Diff([]int{429, 529, 529, 200, 200}, got); diff != "" {
			t.Errorf("session %s (-want +got):\n%s", session, diff)
		}
	}
	for _, served := range s.Truth() {
		if (served.Status == 200) != (served.Tokens != baselines.Tokens{}) {
			t.Errorf("status %d is billed %+v", served.Status, served.Tokens)
		}
	}
}

func TestAStreamIsTheMessageInPieces(t *testing.T) {
	_, url := serve(t)
	a := ask{prompt: "Repair the parser", model: "model-a", session: "s"}
	for range 3 {
		a.send(t, url) // the scripted errors
	}
	_, plain := a.send(t, url)
	var whole struct {
		Content []struct {
			Type, Text, ID, Name string
			Input                json.RawMessage
		}
		StopReason string         `json:"stop_reason"`
		Usage      map[string]any `json:"usage"`
	}
	if err := json.Unmarshal([]byte(plain), &whole); err != nil {
		t.Fatal(err)
	}
	a.stream = true
	resp, stream := a.send(t, url)
	if kind := resp.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/event-stream") {
		t.Errorf("content type %q", kind)
	}

	var names []string
	contents := make(map[int]string)
	for event := range strings.SplitSeq(strings.TrimSpace(stream), "\n\n") {
		name, data, _ := strings.Cut(strings.TrimPrefix(event, "event: "), "\ndata: ")
		var e struct {
			Type  string
			Index int
			Delta struct {
				Text        string
				PartialJSON string `json:"partial_json"`
			}
		}
		if err := json.Unmarshal([]byte(data), &e); err != nil || e.Type != name {
			t.Fatalf("event %q: %v", event, err)
		}
		if len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
		contents[e.Index] += e.Delta.Text + e.Delta.PartialJSON
	}
	block := []string{"content_block_start", "content_block_delta", "content_block_stop"}
	want := append([]string{"message_start", "ping"}, block...)
	want = append(append(append(want, block...), block...), "message_delta", "message_stop")
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if len(whole.Content) != 3 || whole.StopReason != "tool_use" {
		t.Fatalf("message %s", plain)
	}
	for i, c := range whole.Content {
		if contents[i] != c.Text+string(c.Input) {
			t.Errorf("block %d: streamed %q, whole %q", i, contents[i], c.Text+string(c.Input))
		}
		if c.Type == "tool_use" && !strings.Contains(stream, c.ID) {
			t.Errorf("tool use %s has another id when it is told again", c.ID)
		}
	}
}

func TestTruth(t *testing.T) {
	s, url := serve(t)
	ask{prompt: "Repair the parser", model: "model-a", session: "s", turns: 1, stream: true}.send(t, url)
	ask{prompt: "Hello", model: "m"}.send(t, url)
	// The second turn has no usage of its own: 12,000 of prompt are read, and
	// the first turn with 400 of tool results is written. That turn's output is
	// ("I'll look first. é" 19) + (Bash 4 + its JSON 98) + (Read 4 + its JSON 22) = 147 bytes / 4 + 8 = 44.
	// "Fixed." is 6 / 4 + 8 = 9.
	want := []scriptedmodel.Served{
		{
			Path: "/v1/messages", SessionID: "s", Model: "model-a", Answered: "model-b", Status: 200, Stream: true, Complete: true,
			Tokens: baselines.Tokens{Input: 4, Output: 9, CacheRead: 12000, CacheWrite5m: 444},
		},
		{Path: "/v1/messages", Model: "m", Answered: "m", Status: 200, Complete: true, Tokens: baselines.Tokens{Input: 3, Output: 2}},
	}
	got := s.Truth()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(scriptedmodel.Served{}, "RequestID")); diff != "" {
		t.Errorf("truth (-want +got):\n%s", diff)
	}
	resp, err := http.Get(url + "/truth")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for i := 0; lines.Scan(); i++ {
		var served scriptedmodel.Served
		if err := json.Unmarshal(lines.Bytes(), &served); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(got[i], served); diff != "" {
			t.Errorf("/truth, line %d (-want +got):\n%s", i+1, diff)
		}
	}
}

func TestAnswersThatGoWrong(t *testing.T) {
	s, url := serve(t)
	a := ask{prompt: "goes wrong", model: "m", session: "s", stream: true}
	if _, got := a.send(t, url); !strings.Contains(got, "event: error") || !strings.Contains(got, "overloaded_error") {
		t.Errorf("error event: %s", got)
	}
	if _, got := a.send(t, url); strings.Contains(got, "message_stop") || !strings.Contains(got, "content_block_delta") {
		t.Errorf("reset: %s", got)
	}
	if _, got := a.send(t, url); strings.Contains(got, "message_stop") || !strings.Contains(got, "content_block_delta") {
		t.Errorf("cut: %s", got)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodPost, url+"/v1/messages", strings.NewReader(a.body()))
	req.Header.Set("X-Api-Key", "K")
	req.Header.Set("X-Claude-Code-Session-Id", "s")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	if err == nil {
		t.Error("hang: the answer ended")
	}
	for i, served := range s.Truth() {
		if served.Complete {
			t.Errorf("request %d is told as complete: %+v", i+1, served)
		}
	}
	if _, got := a.send(t, url); !strings.Contains(got, "in the end") || !strings.Contains(got, "message_stop") {
		t.Errorf("after all errors: %s", got)
	}
}

func TestWhatTheServerRefuses(t *testing.T) {
	_, url := serve(t)
	for name, test := range map[string]struct {
		method, path, key, body string
		want                    int
	}{
		"no key":      {"POST", "/v1/messages", "", "{}", 401},
		"a wrong key": {"POST", "/v1/messages", "placeholder", "{}", 401},
		"elsewhere":   {"POST", "/v1/complete", "K", "{}", 404},
		"GET":         {"GET", "/v1/messages", "K", "", 404},
		"no JSON":     {"POST", "/v1/messages", "K", "{", 400},
		"no messages": {"POST", "/v1/messages", "K", `{"model":"m"}`, 400},
		"hello":       {"HEAD", "/api/hello", "", "", 200},
		"count":       {"POST", "/v1/messages/count_tokens", "K", ask{model: "m"}.body(), 200},
	} {
		req, _ := http.NewRequest(test.method, url+test.path, strings.NewReader(test.body))
		req.Header.Set("X-Api-Key", test.key)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != test.want {
			t.Errorf("%s: %d, want %d", name, resp.StatusCode, test.want)
		}
	}
}

func ExampleServer_Listen() {
	script, err := scriptedmodel.Decode(strings.NewReader(`
conversations:
  - match: capital of France
    turns: [{text: "Paris.", usage: {input: 12, output: 3}}]
`), "example.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	server := scriptedmodel.New(script, scriptedmodel.Options{})
	url, stop, err := server.Listen(context.Background(), "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	resp, err := http.Post(url+"/v1/messages", "application/json", strings.NewReader(
		`{"model": "model-a", "messages": [{"role": "user", "content": "What is the capital of France?"}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	var message struct{ Content []struct{ Text string } }
	if err := json.NewDecoder(resp.Body).Decode(&message); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(message.Content[0].Text)
	for _, served := range server.Truth() {
		fmt.Println(served.Answered, served.Tokens.Input, served.Tokens.Output)
	}
	if err := stop(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// Paris.
	// model-a 12 3
}

// A broken connection before an answer, and one on which nothing comes, cost nothing;
// searches are reported with the usage.
func TestFaultsBeforeAnAnswerAndSearches(t *testing.T) {
	script, err := scriptedmodel.Decode(strings.NewReader(`
conversations:
  - match: find
    turns: [{text: Found., usage: {input: 9, output: 2, web_searches: 3}, errors: [{drop: true}, {silent: true}]}]
`), "s.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s := scriptedmodel.New(script, scriptedmodel.Options{})
	server := httptest.NewServer(s)
	defer server.Close()
	client := http.Client{Timeout: 200 * time.Millisecond}
	asked := `{"model":"m","messages":[{"role":"user","content":"find it"}]}`
	for range 2 {
		if _, err := client.Post(server.URL+"/v1/messages", "application/json", strings.NewReader(asked)); err == nil {
			t.Error("an answer came")
		}
	}
	_, body := ask{prompt: "find it", model: "m", stream: true}.send(t, server.URL)
	if !strings.Contains(body, `"server_tool_use":{"web_search_requests":3}`) {
		t.Errorf("the answer is %s", body)
	}
	truth := s.Truth()
	if len(truth) != 3 || truth[0].Status != 0 || truth[1].Status != 0 || truth[1].WebSearches != 0 || truth[2].WebSearches != 3 {
		t.Errorf("truth %+v", truth)
	}
}
