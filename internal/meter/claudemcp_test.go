package meter_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/realparts"
)

// asMCPServer, when it is set, makes this test program a server of the Model Context
// Protocol on standard input and output.
const asMCPServer = "BENCHGATE_TEST_MCP_SERVER"

// The tools of an MCP server, and the requests of a web search, are metered like any.
func TestTheRealClaudeUsesAnMCPServerAndSearches(t *testing.T) {
	program := realparts.ClaudeProgram(t)
	server, upstream := scripted(t, `
conversations:
  - match: do it
    turns:
      - tool_uses: [{name: mcp__house__greet, input: {}}]
        usage: {input: 5, output: 120}
      - tool_uses: [{name: WebSearch, input: {query: "what a gate is"}}]
        usage: {input: 6, output: 60}
      - text: Done.
        usage: {input: 7, output: 60}
  - match: web search for the query
    turns: [{text: "A gate judges.", usage: {input: 900, output: 40, web_searches: 2}}]
`)
	r := newRig(t, nil, func(o *meter.Options) { o.Upstream = upstream })
	config, err := json.Marshal(map[string]any{"mcpServers": map[string]any{"house": map[string]any{
		"command": os.Args[0], "args": []string{"-test.run", "TestMCPServer"}, "env": map[string]string{asMCPServer: "1"},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	cmd := claudeCommand(t.Context(), program, t.TempDir(), t.TempDir(), r.admit("t"),
		"-p", "do it", "--model", opus, "--mcp-config", string(config), "--output-format", "stream-json", "--verbose")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "greetings from the house") {
		t.Errorf("%v; the server's answer is not in\n%s", err, out)
	}
	truth := server.Truth()
	compareWithTruth(t, truth, r.settled("t"))
	if len(truth) != 4 {
		t.Errorf("%d requests were served, want three turns and a search", len(truth))
	}
	searches, usd := int64(0), 0.0
	for _, e := range r.Entries("t") {
		if searches += e.WebSearch; e.WebSearch > 0 && e.USD != nil {
			usd += *e.USD
		}
	}
	if want := 900*5e-6 + 40*25e-6 + 2*0.01; searches != 2 || math.Abs(usd-want) > 1e-12 {
		t.Errorf("%d searches; their request cost $%v, want $%v", searches, usd, want)
	}
}

// TestMCPServer is no test: it answers as such a server, with one tool.
func TestMCPServer(*testing.T) {
	if os.Getenv(asMCPServer) == "" {
		return
	}
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		var asked struct {
			ID     json.RawMessage `json:"id"`
			Method string          `json:"method"`
			Params struct {
				Version string `json:"protocolVersion"`
			} `json:"params"`
		}
		if json.Unmarshal(in.Bytes(), &asked) != nil || asked.ID == nil {
			continue // a notification
		}
		result := `{}`
		switch asked.Method {
		case "initialize":
			result = fmt.Sprintf(`{"protocolVersion":%q,"capabilities":{"tools":{}},"serverInfo":{"name":"house","version":"1"}}`, asked.Params.Version)
		case "tools/list":
			result = `{"tools":[{"name":"greet","description":"greets","inputSchema":{"type":"object","properties":{}}}]}`
		case "tools/call":
			result = `{"content":[{"type":"text","text":"greetings from the house"}]}`
		}
		fmt.Printf(`{"jsonrpc":"2.0","id":%s,"result":%s}`+"\n", asked.ID, result)
	}
	os.Exit(0)
}
