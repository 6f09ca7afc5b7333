package scriptedmodel

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"github.com/benchgate/benchgate/baselines"
)

// Served is what the server did with one request. Tests compare a meter and an
// agent's telemetry with it.
type Served struct {
	RequestID string `json:"request_id"`
	Path      string `json:"path"`
	SessionID string `json:"session_id,omitempty"`
	AgentID   string `json:"agent_id,omitempty"`
	Model     string `json:"model,omitempty"`    // asked for
	Answered  string `json:"answered,omitempty"` // that answered
	Status    int    `json:"status"`             // 0: the client left before an answer

	Stream bool `json:"stream,omitempty"` // the request asked for a stream

	// WebSearches are those of the model's server, which cost as Tokens do.
	WebSearches int64 `json:"web_searches,omitempty"`

	// Tokens are what the answer costs: nothing unless Status is 200, and all
	// of it when the answer broke off, although the client saw only a part.
	Tokens baselines.Tokens `json:"tokens"`

	// Complete says that every byte of a successful answer was sent.
	Complete bool `json:"complete"`
}

// Truth is everything served so far, in the order in which requests arrived.
func (s *Server) Truth() []Served { return s.truth.all() }

// WriteTruth writes [Server.Truth] as JSON lines.
func (s *Server) WriteTruth(w io.Writer) error {
	enc := json.NewEncoder(w)
	for _, served := range s.Truth() {
		if err := enc.Encode(served); err != nil {
			return fmt.Errorf("writing truth: %w", err)
		}
	}
	return nil
}

type truth struct {
	mu     sync.Mutex
	served []*serving
}

// serving is one request while it is answered.
type serving struct {
	truth  *truth
	entry  Served
	usage  baselines.Tokens
	search int64
}

func (t *truth) begin(s Served) *serving {
	v := &serving{truth: t, entry: s}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.served = append(t.served, v)
	return v
}

func (t *truth) all() []Served {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]Served, len(t.served))
	for i, v := range t.served {
		out[i] = v.entry
	}
	return out
}

func (v *serving) say(asked request, answered string, a answer) {
	v.truth.mu.Lock()
	defer v.truth.mu.Unlock()
	v.entry.Model, v.entry.Stream, v.entry.Answered = asked.Model, asked.Stream, answered
	v.usage, v.search = a.usage, a.search
}

// status notes that the answer's headers went out.
func (v *serving) status(code int) {
	v.truth.mu.Lock()
	defer v.truth.mu.Unlock()
	v.entry.Status = code
	if code == 200 {
		v.entry.Tokens, v.entry.WebSearches = v.usage, v.search
	}
}

// complete is called just before the last bytes are sent, so that a client
// that has read them finds its request complete; and again with false when
// sending them failed.
func (v *serving) complete(is bool) {
	v.truth.mu.Lock()
	defer v.truth.mu.Unlock()
	v.entry.Complete = is
}
