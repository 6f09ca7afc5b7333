package site_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/site"
)

const (
	tokens  = `{"input_tokens":8}`
	message = `{"model":"m","stop_reason":"max_tokens","usage":{"input_tokens":8,"output_tokens":1}}`
)

func refuses(kind, text string) string {
	return fmt.Sprintf(`{"type":"error","error":{"type":%q,"message":%q}}`, kind, text)
}

// What is asked before the first trial, and what the answers to counting and to the
// message of one token come to. A gateway need not have the free endpoint, and may
// refuse it to a key that it serves otherwise.
func TestBeforeTheFirstTrial(t *testing.T) {
	type answer struct {
		status int
		body   string
	}
	ok := answer{200, message}
	for name, test := range map[string]struct {
		count, ask answer // a status of 0: it must not be asked
		refused    string
		doubt      string
	}{
		"all is well":               {count: answer{200, tokens}},
		"no counting":               {count: answer{404, "404 page not found"}, ask: ok},
		"no such method":            {count: answer{405, ""}, ask: ok},
		"counting is not for us":    {count: answer{403, refuses("permission_error", "this route is closed")}, ask: ok},
		"counting is for another":   {count: answer{404, refuses("not_found_error", "model: m")}, ask: ok},
		"counting is broken":        {count: answer{500, ""}, ask: ok},
		"a wrong key":               {answer{401, refuses("authentication_error", "invalid x-api-key")}, answer{401, refuses("authentication_error", "invalid x-api-key.")}, "refuses the key (401): invalid x-api-key", ""},
		"a wrong key, no counting":  {answer{404, ""}, answer{401, refuses("authentication_error", "invalid x-api-key")}, "refuses the key (401): invalid x-api-key", ""},
		"no such model":             {answer{404, ""}, answer{404, refuses("not_found_error", "model: m")}, "does not know the model m (404): model: m", ""},
		"another server":            {answer{404, "<html>"}, answer{404, "<html>"}, "has nothing at /v1/messages, or does not know the model m (404)", ""},
		"no credit":                 {answer{404, ""}, answer{400, refuses("invalid_request_error", "Your credit balance is too low.")}, "has no credit left for this key (400): Your credit balance is too low", ""},
		"busy":                      {answer{529, ""}, answer{529, ""}, "", "answered 529 to a question of one token; the trials will tell"},
		"limited":                   {answer{429, ""}, answer{429, ""}, "", "answered 429 to a question of one token; the trials will tell"},
		"a model with other wishes": {answer{400, ""}, answer{400, refuses("invalid_request_error", "max_tokens: too small")}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				a := test.ask
				if strings.HasSuffix(r.URL.Path, "/count_tokens") {
					a = test.count
				}
				if a.status == 0 {
					t.Errorf("%s was asked", r.URL.Path)
					return
				}
				w.WriteHeader(a.status)
				fmt.Fprint(w, a.body)
			}))
			defer api.Close()
			doubt, err := admission(t, api.URL).Check(t.Context(), "m")
			host := strings.TrimPrefix(api.URL, "http://")
			if want := "the model API at " + host + " " + test.doubt; doubt != want && doubt+test.doubt != "" {
				t.Errorf("the doubt is %q, want %q", doubt, want)
			}
			if want := "the model API at " + host + " " + test.refused; test.refused != "" && (err == nil || err.Error() != want || !errors.Is(err, site.ErrNoAdmission)) {
				t.Errorf("the error is %v, want %q", err, want)
			}
			if test.refused == "" && err != nil {
				t.Errorf("the error is %v, want none", err)
			}
			if (site.Remedy(err) != "") != (test.refused != "") {
				t.Errorf("the remedy is %q", site.Remedy(err))
			}
		})
	}
}

func TestNobodyIsAtTheAddress(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	_, err = admission(t, "http://"+l.Addr().String()).Check(t.Context(), "m")
	want := "the model API at " + l.Addr().String() + " cannot be reached: connection refused"
	if !errors.Is(err, site.ErrNoAdmission) || err.Error() != want || site.Remedy(err) != "look at the network, and at ANTHROPIC_BASE_URL" {
		t.Errorf("the error is %v (%s), want %q", err, site.Remedy(err), want)
	}
}

func admission(t *testing.T, address string) *site.Admission {
	t.Helper()
	env := map[string]string{"ANTHROPIC_BASE_URL": address, "ANTHROPIC_API_KEY": "sk-the-key-0123456789"}
	a, err := site.NewAdmission(site.API{}, nil, func(name string) (string, bool) { v, ok := env[name]; return v, ok }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return a
}
