package agent

import (
	"fmt"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/leak"
	"github.com/google/go-cmp/cmp"
)

// What is asked of tools is read from the transcript, each call once, with whether it
// failed.
func TestReadingWhatToolsWereAskedFor(t *testing.T) {
	use := func(id, name, input string) string {
		return fmt.Sprintf(`{"type":"tool_use","id":%q,"name":%q,"input":%s}`, id, name, input)
	}
	message := func(kind string, blocks ...string) string {
		return fmt.Sprintf(`{"type":%q,"message":{"id":"m","content":[%s]}}`, kind, strings.Join(blocks, ",")) + "\n"
	}
	stdout := message("assistant", use("a", "Bash", `{"command":"ls"}`), use("b", "WebFetch", `{"url":"https://a.example","prompt":"x"}`)) +
		message("assistant", use("b", "WebFetch", `{"url":"https://a.example","prompt":"x"}`), use("c", "Write", `{"file_path":"x","content":"curl"}`)) +
		message("user", `{"type":"tool_result","tool_use_id":"b","is_error":true}`, `{"type":"tool_result","tool_use_id":"z","is_error":true}`) +
		message("assistant", use("d", "WebSearch", `{"query":"how"}`), use("e", "mcp__web__read", `{"url":"https://b.example"}`)) +
		message("assistant", use("f", "Bash", `["no object"]`), use("g", "Bash", `{"command":7}`), use("h", "Skill", `{"command":"x"}`), use("i", "Bash", `null`))
	want := []leak.Use{
		{Tool: leak.Shell, Text: "ls"},
		{Tool: leak.Fetch, Text: "https://a.example", Failed: true},
		{Tool: leak.Search, Text: "how"},
		{Tool: leak.Fetch, Text: "https://b.example"},
	}
	if diff := cmp.Diff(want, readClaude(Exit{}, strings.NewReader(stdout)).Result.Uses); diff != "" {
		t.Errorf("uses (-want +got):\n%s", diff)
	}
	if got := readClaude(Exit{}, strings.NewReader(`{"type":"result","subtype":"success"}`)).Result.Uses; got != nil {
		t.Errorf("without a message of the conversation there are uses: %v", got)
	}
	if got := readClaude(Exit{}, strings.NewReader(message("assistant", `{"type":"text"}`))).Result.Uses; got == nil || len(got) > 0 {
		t.Errorf("of a conversation without tools the uses are %#v, want none, and not unknown", got)
	}
}

// A transcript that is made to be huge is kept in bounds.
func TestUsesAreBounded(t *testing.T) {
	u := newClaudeUses()
	for i := range 3 * maxUsesAll / maxUseText {
		u.add(claudeBlock{ID: fmt.Sprint("l", i), Name: "Bash", Input: map[string]any{"command": strings.Repeat("x", 2*maxUseText)}})
	}
	if u.bytes > maxUsesAll || len(u.all[0].Text) != maxUseText {
		t.Errorf("%d bytes are kept, of one %d", u.bytes, len(u.all[0].Text))
	}
	many := newClaudeUses()
	for i := range 2 * maxUses {
		many.add(claudeBlock{ID: fmt.Sprint("s", i), Name: "Bash", Input: map[string]any{"command": "x"}})
	}
	if len(many.all) != maxUses {
		t.Errorf("%d are kept, want %d", len(many.all), maxUses)
	}
}
