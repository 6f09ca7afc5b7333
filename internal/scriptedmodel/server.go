package scriptedmodel

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// maxBody is the real API's limit for a request.
const maxBody = 32 << 20

// Options are what a server needs besides its script.
type Options struct {
	// Key is the API key that a request must carry, as x-api-key or as a
	// bearer token; any other is answered 401. Empty accepts every request.
	Key string
}

// Server is the scripted model API. It is an [http.Handler].
type Server struct {
	choose *chooser
	key    string
	truth  *truth
	gate   gate
}

// New makes a server for a script from [Decode].
func New(script Script, o Options) *Server {
	return &Server{choose: newChooser(script), key: o.Key, truth: new(truth), gate: gate{script: script}}
}

// Listen serves on a TCP address ("127.0.0.1:0" takes any free port) and
// returns the base URL for a client. stop breaks off what is running and
// returns when nothing is served any more.
func (s *Server) Listen(ctx context.Context, address string) (url string, stop func() error, err error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return "", nil, fmt.Errorf("listening for the scripted model: %w", err)
	}
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	stop = func() error {
		closing := server.Close()
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			return errors.Join(fmt.Errorf("serving the scripted model: %w", err), closing)
		}
		return closing
	}
	return "http://" + listener.Addr().String(), stop, nil
}

// ServeHTTP answers POST /v1/messages and /v1/messages/count_tokens, /v1/responses and
// /v1/responses/input_tokens, GET /truth with [Server.WriteTruth], and /api/hello.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/api/hello":
		return // 200: the client only asks whether anybody is there
	case "/truth":
		w.Header().Set("Content-Type", "application/jsonl")
		_ = s.WriteTruth(w) // fails only when the reader is gone
		return
	}
	session, agent := r.Header.Get("X-Claude-Code-Session-Id"), r.Header.Get("X-Claude-Code-Agent-Id")
	if session == "" { // Codex, whose subagents have threads of their own
		session = r.Header.Get("Session-Id")
		if r.Header.Get("X-Codex-Parent-Thread-Id") != "" {
			agent = r.Header.Get("Thread-Id")
		}
	}
	served := s.truth.begin(Served{RequestID: "req_" + rand.Text(), Path: r.URL.Path, SessionID: session, AgentID: agent})
	wire, counts, found := wireOf(r)
	out := &response{w: w, wire: wire, served: served}
	w.Header().Set(wire.idHeader, served.entry.RequestID)

	if s.key != "" && r.Header.Get("X-Api-Key") != s.key && r.Header.Get("Authorization") != "Bearer "+s.key {
		out.fail(http.StatusUnauthorized, "", "invalid x-api-key")
		return
	}
	if !found {
		out.fail(http.StatusNotFound, "", "no such endpoint")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		out.fail(http.StatusRequestEntityTooLarge, "", err.Error())
		return
	}
	asked, err := wire.parse(body)
	if err != nil {
		out.fail(http.StatusBadRequest, "", err.Error())
		return
	}
	if refused := s.gate.refusal(asked.Model, counts); refused != nil {
		out.fail(refused.Status, refused.Type, refused.Message)
		return
	}
	if counts {
		out.json(http.StatusOK, wire.counted(len(body)/4))
		return
	}
	asked.session, asked.agent = served.entry.SessionID, served.entry.AgentID
	s.speak(r.Context(), out, asked)
}

func (s *Server) speak(ctx context.Context, out *response, asked request) {
	a := s.choose.answer(asked)
	answered := asked.Model
	if a.turn.AnsweredModel != "" {
		answered = a.turn.AnsweredModel
	}
	out.served.say(asked, answered, a)
	if !sleep(ctx, a.turn.Delay) {
		return
	}
	if f := a.fault; f != nil && f.Status != 0 {
		if f.RetryAfter != "" {
			out.w.Header().Set("Retry-After", f.RetryAfter)
		}
		out.fail(f.Status, f.Type, cmp.Or(f.Message, "scripted error"))
		return
	}
	m := newMessage(asked, a, answered)
	switch {
	case a.fault != nil && a.fault.Silent:
		<-ctx.Done()
	case a.fault != nil && a.fault.Drop:
		panic(http.ErrAbortHandler)
	case a.fault != nil:
		out.breakOff(ctx, m, *a.fault)
	case asked.Stream:
		out.stream(m)
	default:
		out.whole(m)
	}
}

// toolUseID names a tool call the same way every time the same session is told
// the same turn: an agent that retries must see the same call.
func toolUseID(r request, turn, use int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%s\n%d\n%d", r.session, r.agent, r.prompt(), turn, use))
	return "toolu_" + hex.EncodeToString(sum[:12])
}

func sleep(ctx context.Context, d time.Duration) (slept bool) {
	if d == 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
