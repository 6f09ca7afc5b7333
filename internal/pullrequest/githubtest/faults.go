package githubtest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
)

// Fault is how requests go wrong. The zero value is none.
type Fault struct {
	On    *regexp.Regexp // "METHOD /path" of the requests
	Times int            // how many of them; 0: all

	Status  int               // answer this and do nothing; 0: no
	Message string            // with Status
	Header  map[string]string // of the answer, also of one that is as usual

	Done   bool // with Status, Reset or Hang: what was asked for is done all the same
	Reset  bool // close the connection instead of an answer
	Hang   bool // answer nothing until the client leaves
	Broken bool // end the connection within the answer
	Twice  bool // carry it out twice, as something on the way may that repeats requests

	before func()
}

// Fail makes requests go wrong from now on. Of several faults of a request the
// one that was told first is next.
func (g *GitHub) Fail(f Fault) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if f.Times == 0 {
		f.Times = -1
	}
	g.faults = append(g.faults, &f)
}

// due is the fault of a request; nil when it has none.
func (g *GitHub) due(r *http.Request) *Fault {
	for _, f := range g.faults {
		if f.Times != 0 && f.On.MatchString(r.Method+" "+r.URL.Path) {
			f.Times--
			return f
		}
	}
	return nil
}

func (f *Fault) serve(w http.ResponseWriter, r *http.Request, carryOut func() *httptest.ResponseRecorder) {
	if f.before != nil {
		f.before()
	}
	failed := f.Status != 0 || f.Reset || f.Hang
	var answer *httptest.ResponseRecorder
	if !failed || f.Done {
		answer = carryOut()
	}
	if f.Twice {
		answer = carryOut()
	}
	switch {
	case f.Hang:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case f.Reset:
		panic(http.ErrAbortHandler) // the server closes the connection
	case f.Status != 0:
		f.headers(w)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(f.Status)
		_ = json.NewEncoder(w).Encode(map[string]string{"message": f.Message})
		return
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	f.headers(w)
	if f.Broken {
		w.Header().Set("Content-Length", "1000000")
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

func (f *Fault) headers(w http.ResponseWriter) {
	for name, value := range f.Header {
		w.Header().Set(name, value)
	}
}

// Heal ends all faults.
func (g *GitHub) Heal() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.faults = nil
}

// OnCall calls a function at the first request of this kind, and leaves it without
// an answer: a client that dies there. Done: it is carried out.
func (g *GitHub) OnCall(on *regexp.Regexp, done bool, do func()) {
	g.Fail(Fault{On: on, Times: 1, Hang: true, Done: done, before: do})
}
