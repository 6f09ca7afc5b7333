package meter_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/meter"
)

// A probe is one request with the key, for one token. It is in the ledger, and
// its cost counts against the run's dollars.
func TestAProbeIsMetered(t *testing.T) {
	var got []string
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		var asked struct {
			Model     string
			MaxTokens int `json:"max_tokens"`
		}
		_ = json.NewDecoder(req.Body).Decode(&asked)
		got = append(got, fmt.Sprint(req.URL.Path, " ", asked.Model, " ", asked.MaxTokens, " ", req.Header.Get("X-Api-Key"), " ", req.Header.Get("Anthropic-Version")))
		fmt.Fprintf(w, `{"model":%q,"stop_reason":"max_tokens","usage":{"input_tokens":8,"output_tokens":1}}`, asked.Model)
	}))
	line, _ := r.Probe(t.Context(), opus)
	if line.Retry != "" || line.USD == nil || *line.USD != (8*5+25)/1e6 || line.Trial != meter.ProbeTrial {
		t.Errorf("the line is %+v", line)
	}
	if want := "/v1/messages " + opus + " 1 " + secretKey + " 2023-06-01"; len(got) != 1 || got[0] != want {
		t.Errorf("the API was asked %q, want %q", got, want)
	}
	if lines := r.Entries(meter.ProbeTrial); len(lines) != 2 || strings.Count(r.file(), meter.ProbeTrial) != 2 {
		t.Errorf("the ledger has %+v, want a started and a finished line", lines)
	}
	if spent := r.SpentUSD(); spent != *line.USD {
		t.Errorf("spent $%v, want $%v", spent, *line.USD)
	}
}

func TestCountingTokensTellsOfKeyAndModel(t *testing.T) {
	for status, want := range map[int]meter.RetryClass{200: "", 401: meter.KeyRefused, 404: meter.NoModel, 405: meter.Rejected, 529: meter.Overloaded} {
		r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if req.URL.Path != "/v1/messages/count_tokens" {
				t.Errorf("asked for %s", req.URL.Path)
			}
			w.WriteHeader(status)
			fmt.Fprint(w, `{"input_tokens":8}`)
		}))
		if line, _ := r.CountTokens(t.Context(), opus); line.Retry != want || line.Status != status {
			t.Errorf("status %d gives %+v, want class %q", status, line, want)
		}
		if r.file() != "" || r.SpentUSD() != 0 {
			t.Errorf("counting is in the ledger: %s", r.file())
		}
	}
}

func TestAProbeThatGetsNoAnswer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	nobody := newRig(t, nil, func(o *meter.Options) { o.Upstream = &url.URL{Scheme: "http", Host: l.Addr().String()} })
	if line, err := nobody.Probe(t.Context(), opus); line.Retry != meter.Network || line.Cut || !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("where nobody listens: %+v", line)
	}

	ctx, cancel := context.WithCancel(t.Context())
	silent := newRig(t, http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		cancel()
		hang(req)
	}))
	if line, _ := silent.Probe(ctx, opus); line.Retry != meter.Aborted {
		t.Errorf("when the time is over: %+v", line)
	}

	arrived := make(chan struct{}, 2)
	busy := newRig(t, http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		arrived <- struct{}{}
		hang(req)
	}), func(o *meter.Options) { o.BudgetUSD = 1e-9 })
	token := busy.Admit(meter.Trial{ID: "t", Model: opus})
	go func() { _, _, _ = busy.ask(busy.url+"/"+token, opus) }()
	<-arrived
	soon, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	if line, _ := busy.Probe(soon, opus); line.Retry != meter.Aborted {
		t.Errorf("when there is no room for it: %+v", line)
	}
	busy.Revoke(token)

	poor := newRig(t, http.HandlerFunc(answering), func(o *meter.Options) { o.BudgetUSD = 1e-9 })
	if line, _ := poor.Probe(t.Context(), opus); line.Retry != "" {
		t.Errorf("with some dollars left: %+v", line)
	}
	if line, _ := poor.Probe(t.Context(), opus); line.Retry != meter.OutOfMoney {
		t.Errorf("without a dollar left: %+v", line)
	}
}
