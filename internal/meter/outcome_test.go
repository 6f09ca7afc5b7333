package meter_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/golden"
	"github.com/benchgate/benchgate/internal/meter"
)

func fails(status int, kind string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Request-Id", fmt.Sprintf("req_%d", status))
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"type":"error","error":{"type":%q,"message":"no"}}`, kind)
	}
}

func breaksOff(events ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		answer(w, "req_1", events...)
		panic(http.ErrAbortHandler)
	}
}

func ends(events ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { answer(w, "req_1", events...) }
}

func TestWhatALineSaysAboutMoney(t *testing.T) {
	full := &baselines.Tokens{Input: 10, Output: 200, CacheRead: 40000, CacheWrite5m: 1000, CacheWrite1h: 300}
	cut := &baselines.Tokens{Input: 10, Output: 1, CacheRead: 40000, CacheWrite5m: 1000, CacheWrite1h: 300}
	impossible := `{"type":"message_delta","usage":{"output_tokens":-5}}`
	for name, test := range map[string]struct {
		upstream http.HandlerFunc
		status   int
		tokens   *baselines.Tokens
		cut      bool
		class    meter.RetryClass
		stop     string
	}{
		"a whole answer":           {answering, 200, full, false, "", "end_turn"},
		"reset after its end":      {breaksOff(start, delta, stop), 200, full, false, "", "end_turn"},
		"reset before message_end": {breaksOff(start, delta), 200, full, true, meter.Network, "end_turn"},
		"reset in the middle":      {breaksOff(start, text), 200, cut, true, meter.Network, ""},
		"an end without an end":    {ends(start, text), 200, cut, true, meter.Network, ""},
		"no usage at the end":      {ends(start, text, stop), 200, cut, true, meter.Network, ""},
		"nothing in it":            {ends(), 200, nil, true, meter.Network, ""},
		"an impossible count":      {ends(start, impossible, stop), 200, cut, true, meter.Network, ""},
		"overloaded in the middle": {ends(start, `{"type":"error","error":{"type":"overloaded_error"}}`), 200, cut, true, meter.Overloaded, ""},
		"limited in the middle":    {ends(start, `{"type":"error","error":{"type":"rate_limit_error"}}`), 200, cut, true, meter.RateLimited, ""},
		"an error without a name":  {ends(start, `{"type":"error"}`), 200, cut, true, meter.ServerError, ""},
		"429":                      {fails(429, "rate_limit_error"), 429, nil, false, meter.RateLimited, ""},
		"529":                      {fails(529, "overloaded_error"), 529, nil, false, meter.Overloaded, ""},
		"500":                      {fails(500, "api_error"), 500, nil, false, meter.ServerError, ""},
		"400":                      {fails(400, "invalid_request_error"), 400, nil, false, meter.Rejected, ""},
		"a redirect":               {fails(307, "moved"), 307, nil, false, meter.Rejected, ""},
		"gone before the headers":  {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 0, nil, true, meter.Network, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, test.upstream)
			resp, _, err := r.ask(r.admit("t"), opus)
			line := r.last("t")
			if line.Status != test.status || line.Cut != test.cut || line.Retry != test.class || line.Stop != test.stop {
				t.Errorf("status %d cut %v class %q stop %q, want %d %v %q %q",
					line.Status, line.Cut, line.Retry, line.Stop, test.status, test.cut, test.class, test.stop)
			}
			if diff := cmp.Diff(test.tokens, line.Tokens); diff != "" {
				t.Errorf("tokens (-want +got):\n%s", diff)
			}
			if (line.USD != nil) != (line.Tokens != nil) {
				t.Errorf("dollars %v for tokens %v", line.USD, line.Tokens)
			}
			if test.status == 0 && (err != nil || resp.StatusCode != 502) {
				t.Errorf("the client got %v, %v; want 502", resp, err)
			}
			if strings.HasPrefix(name, "reset") && err == nil {
				t.Error("the client saw an orderly end of an answer that broke off")
			}
		})
	}
}

func TestAnUpstreamThatIsNotThereCostsNothing(t *testing.T) {
	gone := httptest.NewServer(nil)
	gone.Close()
	r := newRig(t, nil, func(o *meter.Options) { o.Upstream, _ = url.Parse(gone.URL) })
	resp, body, err := r.ask(r.admit("t"), opus)
	if err != nil || resp.StatusCode != 502 || resp.Header.Get("X-Should-Retry") == "false" || !strings.Contains(body, `"api_error"`) {
		t.Errorf("the client got %v %s %v", resp, body, err)
	}
	if line := r.last("t"); line.Status != 0 || line.Cut || line.Retry != meter.Network {
		t.Errorf("line %+v", line)
	}
}

func TestDollarsByHand(t *testing.T) {
	r := newRig(t, http.HandlerFunc(answering))
	base := r.admit("t")
	for range 3 {
		if _, _, err := r.ask(base, opus); err != nil {
			t.Fatal(err)
		}
	}
	if line := r.last("t"); line.USD == nil || math.Abs(*line.USD-answerUSD) > 1e-12 {
		t.Errorf("one answer costs %v, want %v", line.USD, answerUSD)
	}
	if usd := r.SpentUSD(); math.Abs(usd-3*answerUSD) > 1e-12 {
		t.Errorf("spent %v, want %v", usd, 3*answerUSD)
	}
}

func TestTheModelThatAnswersIsBilled(t *testing.T) {
	r := newRig(t, ends(strings.Replace(start, "claude-opus-4-8", "claude-haiku-4-5-20251001", 1), delta, stop))
	if _, _, err := r.ask(r.admit("t"), opus); err != nil {
		t.Fatal(err)
	}
	line := r.last("t") // Haiku 4.5 is 1/5/1.25/2/0.1: a fifth of Opus 4.8 throughout
	if line.Model != opus || line.Answered != "claude-haiku-4-5-20251001" || math.Abs(*line.USD-answerUSD/5) > 1e-12 {
		t.Errorf("line %+v costs %v", line, *line.USD)
	}
}

func TestAModelWithoutAPriceHasTokensAndNoCost(t *testing.T) {
	r := newRig(t, ends(strings.Replace(start, "claude-opus-4-8", "our-model", 1), delta, stop))
	if _, _, err := r.ask(r.admit("t"), "our-model"); err != nil {
		t.Fatal(err)
	}
	line := r.last("t")
	if line.Tokens == nil || line.USD != nil || line.Cut {
		t.Errorf("line %+v", line)
	}
}

func TestAClientThatGoesAwayStopsTheUpstream(t *testing.T) {
	stopped := make(chan struct{})
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		answer(w, "req_1", start)
		hang(req)
		close(stopped)
	}))
	ctx, cancel := context.WithCancel(t.Context())
	base := r.admit("t")
	req, _ := http.NewRequestWithContext(ctx, http.MethodPost, base+"/v1/messages", strings.NewReader(request(opus)))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.ReadFull(resp.Body, make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	cancel()
	select {
	case <-stopped:
	case <-time.After(10 * time.Second):
		t.Fatal("the upstream goes on answering nobody")
	}
	line := r.last("t")
	if line.Retry != meter.Aborted || !line.Cut || line.Tokens == nil || line.Tokens.CacheRead != 40000 {
		t.Errorf("line %+v; want what message_start had told, cut", line)
	}
}

// The whole format, byte by byte.
func TestLedgerGolden(t *testing.T) {
	turn := 0
	story := []http.HandlerFunc{answering, fails(529, "overloaded_error"), ends(start, text), answering}
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		turn++
		story[turn-1](w, req)
	}), func(o *meter.Options) { o.Now = clock() })
	token := r.Admit(meter.Trial{ID: "candidate/countdown-game/1.1", Model: opus})
	base := r.url + "/" + token
	for i := range story {
		req, _ := http.NewRequest(http.MethodPost, base+"/v1/messages", strings.NewReader(request(opus)))
		req.Header.Set("X-Claude-Code-Session-Id", "0a1b2c3d")
		if i == 3 {
			req.Header.Set("X-Claude-Code-Agent-Id", "agent-7")
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	r.settled("candidate/countdown-game/1.1")
	r.Revoke(token)
	if resp, _, err := r.ask(base, opus); err != nil || resp.StatusCode != 403 {
		t.Fatalf("after the end: %v, %v", resp, err)
	}
	golden.Check(t, "testdata/ledger.golden.jsonl", []byte(r.file()))
	entries, err := meter.ReadLedger(strings.NewReader(r.file()), "ledger.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r.Entries("candidate/countdown-game/1.1"), entries); diff != "" {
		t.Errorf("the file and the memory differ (-memory +file):\n%s", diff)
	}
}

func TestWaitGivesUpWithItsContext(t *testing.T) {
	r := newRig(t, http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) { hang(req) }))
	token := r.Admit(meter.Trial{ID: "t"})
	done := make(chan error, 1)
	go func() {
		_, _, err := r.ask(r.url+"/"+token, opus)
		done <- err
	}()
	for len(r.Entries("t")) == 0 {
		time.Sleep(time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := r.Wait(ctx, "t"); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "1 model requests of trial t") {
		t.Errorf("Wait: %v", err)
	}
	r.Revoke(token)
	r.settled("t")
	<-done
}
