package scriptedmodel

import (
	"strings"
	"sync"

	"github.com/benchgate/benchgate/baselines"
)

// chooser finds the answer to a request. Its only memory is which session got
// which attempt, and how often a turn has failed.
type chooser struct {
	script Script

	mu       sync.Mutex
	attempts map[openedBy]int // the session's attempt at the conversation, from 0
	opened   map[int]int      // sessions by conversation
	failed   map[failure]int
}

type openedBy struct {
	conversation int
	session      string
}

type failure struct {
	openedBy
	agent string
	turn  int
}

func newChooser(s Script) *chooser {
	return &chooser{script: s, attempts: make(map[openedBy]int), opened: make(map[int]int), failed: make(map[failure]int)}
}

// answer is one turn with its defaults filled in.
type answer struct {
	turn   Turn
	usage  baselines.Tokens
	search int64  // web searches of the model's server
	fault  *Fault // nil when it succeeds
	number int    // of the turn, from 0
}

func (c *chooser) answer(r request) answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	i, found := c.conversation(r)
	if !found {
		t := c.script.Fallback
		if t.Text == "" && len(t.ToolUses) == 0 {
			t.Text = "ok"
		}
		usage, search := baselines.Tokens{Input: 20, Output: 5}, int64(0)
		if t.Usage != nil {
			usage, search = t.Usage.Tokens(), t.Usage.WebSearches
		}
		return answer{turn: t, usage: usage, search: search, fault: c.fault(failure{openedBy{-1, r.session}, r.agent, 0}, t)}
	}
	turns := c.turns(i, r.session)
	n := min(r.assistantMessages(), len(turns)-1)
	a := answer{turn: turns[n], number: n}
	if u := a.turn.Usage; u != nil {
		a.usage, a.search = u.Tokens(), u.WebSearches
	} else {
		a.usage = defaultUsage(turns, n)
	}
	a.fault = c.fault(failure{openedBy{i, r.session}, r.agent, n}, a.turn)
	return a
}

func (c *chooser) conversation(r request) (index int, found bool) {
	prompt := r.prompt()
	for i, conv := range c.script.Conversations {
		if conv.Model != "" && conv.Model != r.Model {
			continue
		}
		if len(r.Tools) == 0 && conv.usesTools() {
			continue
		}
		if strings.Contains(prompt, conv.Match) {
			return i, true
		}
	}
	return 0, false
}

func (c *chooser) turns(conversation int, session string) []Turn {
	conv := c.script.Conversations[conversation]
	if len(conv.Attempts) == 0 {
		return conv.Turns
	}
	if session == "" {
		return conv.Attempts[0]
	}
	k := openedBy{conversation, session}
	attempt, known := c.attempts[k]
	if !known {
		attempt = c.opened[conversation] % len(conv.Attempts)
		c.opened[conversation]++
		c.attempts[k] = attempt
	}
	return conv.Attempts[attempt]
}

// fault returns the next of the turn's errors that the session has not had yet,
// or nil.
func (c *chooser) fault(k failure, t Turn) *Fault {
	before := c.failed[k]
	for _, f := range t.Errors {
		before -= max(f.Times, 1)
		if before < 0 {
			c.failed[k]++
			return &f
		}
	}
	return nil
}
