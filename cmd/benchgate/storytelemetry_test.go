package main

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/benchgate/benchgate/internal/otlp"
)

// sink is an OTLP endpoint of the user's, which wants a header.
type sink struct {
	server   *httptest.Server
	receiver *otlp.Receiver
}

var sinks sync.Map // by their URL, which stories have in SINK

// serveSink serves one for requests that have a header with the value: its address is
// in SINK. "sink close" ends it.
func serveSink(ts *testscript.TestScript, neg bool, args []string) {
	plainly(ts, neg, args, 1, "sink HEADER VALUE | sink close")
	if args[0] == "close" {
		s, _ := sinks.Load(ts.Getenv("SINK"))
		s.(sink).server.Close()
		return
	}
	s := sink{receiver: otlp.NewReceiver(otlp.Options{})}
	token := s.receiver.Admit("story")
	handler := s.receiver.Handler()
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(args[0]) != args[1] {
			http.Error(w, "no such key", http.StatusUnauthorized)
			return
		}
		handler.ServeHTTP(w, r)
	}))
	ts.Defer(s.server.Close)
	url := s.server.URL + "/" + token
	sinks.Store(url, s)
	ts.Setenv("SINK", url)
}

// arrived writes what the sink got so far into a file, a line for each name and how
// many records have it.
func arrived(ts *testscript.TestScript, neg bool, args []string) {
	plainly(ts, neg, args, 1, "arrived FILE")
	s, _ := sinks.Load(ts.Getenv("SINK"))
	records, errs := otlp.DecodeAll(s.(sink).receiver.Payloads("story"))
	if len(errs) > 0 {
		ts.Fatalf("what arrived cannot be read: %v", errs)
	}
	counts := make(map[string]int)
	for _, e := range records.Events {
		counts["log "+e.Name]++
	}
	for _, span := range records.Spans {
		counts["span "+span.Name]++
	}
	for _, p := range records.Points {
		counts["point "+p.Name]++
		if verdict, ok := p.Attributes["benchgate.verdict"]; ok {
			counts[fmt.Sprint("verdict ", verdict)]++
		}
	}
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&out, "%s: %d\n", name, counts[name])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(out.String()), 0o644))
}
