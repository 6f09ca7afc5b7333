package agent

import (
	"github.com/benchgate/benchgate/internal/leak"
)

// How much of what tools were asked for is kept: a transcript can be long.
const (
	maxUses    = 10_000
	maxUseText = 64 << 10 // bytes of one
	maxUsesAll = 4 << 20  // bytes together
)

// claudeUses collects the uses of tools that run commands or reach the network.
type claudeUses struct {
	all   []leak.Use
	index map[string]int // by the call's id
	bytes int
}

func newClaudeUses() claudeUses { return claudeUses{all: []leak.Use{}, index: make(map[string]int)} }

// claudeInputs are Claude Code's tools by the key of their input that says what is
// asked for. Any tool with an address, those of MCP servers too, fetches it.
var claudeInputs = []struct {
	name string // empty: any
	key  string
	tool leak.Tool
}{
	{"Bash", "command", leak.Shell},
	{"Monitor", "command", leak.Shell},
	{"WebSearch", "query", leak.Search},
	{"", "url", leak.Fetch},
}

// add takes a tool_use block. A message that comes twice has the same ids.
func (u *claudeUses) add(b claudeBlock) {
	input, _ := b.Input.(map[string]any)
	if _, twice := u.index[b.ID]; twice {
		return
	}
	for _, c := range claudeInputs {
		text, has := input[c.key].(string)
		if !has || c.name != "" && c.name != b.Name {
			continue
		}
		text = text[:min(len(text), maxUseText)]
		if len(u.all) < maxUses && u.bytes+len(text) <= maxUsesAll {
			u.index[b.ID] = len(u.all)
			u.all = append(u.all, leak.Use{Tool: c.tool, Text: text})
			u.bytes += len(text)
		}
		return
	}
}

// fail notes that the call with an id has failed.
func (u *claudeUses) fail(id string) {
	if i, known := u.index[id]; known {
		u.all[i].Failed = true
	}
}
