package scriptedmodel

import (
	"net/http"
	"slices"
	"sync"
)

// gate decides who gets an answer at all, before any conversation is looked for.
type gate struct {
	script Script

	mu  sync.Mutex
	let int // messages that were let through
}

// refusal is the answer to a request that gets none of the script's; nil when it
// may pass. counts says that it is for count_tokens.
func (g *gate) refusal(model string, counts bool) *Refusal {
	s := g.script
	g.mu.Lock()
	defer g.mu.Unlock()
	if r := s.Refuse; r != nil && g.let >= r.After && (!counts || r.ofKey()) {
		return r
	}
	if counts && s.CountTokens != 0 {
		return &Refusal{Status: s.CountTokens, Message: http.StatusText(s.CountTokens)}
	}
	if len(s.Models) > 0 && !slices.Contains(s.Models, model) {
		return &Refusal{Status: http.StatusNotFound, Message: "model: " + model}
	}
	if !counts {
		g.let++
	}
	return nil
}

func (r Refusal) ofKey() bool {
	return r.Status == http.StatusUnauthorized || r.Status == http.StatusForbidden
}
