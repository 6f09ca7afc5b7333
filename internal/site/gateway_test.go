package site_test

import (
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/site"
)

// gateway is a model API behind a path and a header, as companies have one.
func gateway(t *testing.T, serve func(http.Handler) *httptest.Server) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /llm/anthropic/v1/", func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("X-Gateway-Key") != "gw-secret-0123":
			http.Error(w, "<html>forbidden</html>", http.StatusForbidden)
		case strings.HasSuffix(r.URL.Path, "/count_tokens"):
			fmt.Fprint(w, tokens)
		default:
			fmt.Fprint(w, message)
		}
	})
	mux.HandleFunc("/elsewhere/", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://login.example/", http.StatusFound)
	})
	server := serve(mux)
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug) // refused handshakes are what is tested
	t.Cleanup(server.Close)
	return server
}

// connectProxy is a real HTTP proxy, which knows the names of a company's network:
// it leads each to one address. Without a password it asks for one.
type connectProxy struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string // host:port of each CONNECT that was let through
}

func newConnectProxy(t *testing.T, leadsTo net.Addr, user string) *connectProxy {
	t.Helper()
	p := new(connectProxy)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			http.Error(w, "CONNECT only", http.StatusMethodNotAllowed)
			return
		}
		if got := r.Header.Get("Proxy-Authorization"); got != "Basic "+base64.StdEncoding.EncodeToString([]byte(user)) {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		to, err := net.Dial("tcp", leadsTo.String())
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		p.mu.Lock()
		p.asked = append(p.asked, r.Host)
		p.mu.Unlock()
		client, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			to.Close()
			return
		}
		fmt.Fprint(client, "HTTP/1.1 200 Connection established\r\n\r\n")
		go func() {
			_, _ = io.Copy(to, buffered) // which may hold the client's first bytes
			to.Close()
		}()
		_, _ = io.Copy(client, to)
		client.Close()
	}))
	t.Cleanup(p.Close)
	return p
}

// certificateOf writes the certificate that signed the server's into a file.
func certificateOf(t *testing.T, server *httptest.Server) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "company-ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// A company's network: the API is known by name to the proxy alone, and has a
// certificate of the company's own authority.
func TestThroughAProxyToACertificateOfOnesOwn(t *testing.T) {
	server := gateway(t, httptest.NewTLSServer)
	proxy := newConnectProxy(t, server.Listener.Addr(), "worker:pr0xy-secret")
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	address := "https://example.com:" + port + "/llm/anthropic" // the test server's certificate is for this name
	proxyURL := strings.Replace(proxy.URL, "http://", "http://worker:pr0xy-secret@", 1)
	ca, empty := certificateOf(t, server), filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("no certificate"), 0o644); err != nil {
		t.Fatal(err)
	}
	headers := map[string]string{"X-Gateway-Key": "gw-secret-0123"}
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()

	proxyHost := strings.TrimPrefix(proxy.URL, "http://")
	t.Run("each", func(t *testing.T) { // which waits for all
		for name, test := range map[string]struct {
			api    site.API
			env    map[string]string
			err    string // after the API's host; empty: it answers
			remedy string
			made   string // the error of making it
		}{
			"all is well":                {api: site.API{CAFile: ca}, env: map[string]string{"HTTPS_PROXY": proxyURL}},
			"as Claude Code is told":     {env: map[string]string{"https_proxy": proxyURL, "NODE_EXTRA_CA_CERTS": ca}},
			"the file wins":              {api: site.API{CAFile: ca}, env: map[string]string{"HTTPS_PROXY": proxyURL, "NODE_EXTRA_CA_CERTS": "/nowhere.pem"}},
			"an authority nobody knows":  {env: map[string]string{"HTTPS_PROXY": proxyURL}, err: `shows a certificate of an authority that this machine does not know`, remedy: "put that authority's certificate into a PEM file and name it: api: {ca_file: FILE}, or NODE_EXTRA_CA_CERTS"},
			"another name's certificate": {api: site.API{CAFile: ca, BaseURL: "https://gateway.test:" + port}, env: map[string]string{"HTTPS_PROXY": proxyURL}, err: "shows a certificate that is not valid: certificate is valid for example.com", remedy: "look at the network, and at api.base_url"},
			"no proxy there":             {api: site.API{CAFile: ca}, env: map[string]string{"HTTPS_PROXY": "http://" + gone.Addr().String()}, err: "cannot be reached: the proxy " + gone.Addr().String() + " (HTTPS_PROXY) does not answer: connection refused", remedy: "correct HTTPS_PROXY (http://USER:PASSWORD@HOST:PORT), or except example.com from it with NO_PROXY"},
			"a proxy with a password":    {api: site.API{CAFile: ca}, env: map[string]string{"HTTPS_PROXY": proxy.URL}, err: "cannot be reached through the proxy " + proxyHost + " (HTTPS_PROXY): it answered 407 Proxy Authentication Required", remedy: "correct HTTPS_PROXY (http://USER:PASSWORD@HOST:PORT), or except example.com from it with NO_PROXY"},
			"TLS to a plain server":      {api: site.API{CAFile: ca, BaseURL: "https://" + proxyHost}, env: nil, err: "does not speak TLS", remedy: "write http:// in api.base_url if it is meant to have none"},
			"no such file":               {api: site.API{CAFile: "/nowhere.pem"}, made: "reading certificates (api.ca_file): open /nowhere.pem: no such file or directory"},
			"no certificate in it":       {env: map[string]string{"NODE_EXTRA_CA_CERTS": empty}, made: "reading certificates (NODE_EXTRA_CA_CERTS): " + empty + " holds no certificate: want PEM, which begins with -----BEGIN CERTIFICATE-----"},
			"a proxy that is no address": {env: map[string]string{"HTTPS_PROXY": "http://worker:pr0xy-secret@host name/"}, made: "HTTPS_PROXY is no address of a proxy: want one like http://proxy.example:3128"},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test.api.Headers = headers
				if test.api.BaseURL == "" {
					test.api.BaseURL = address
				}
				a, err := site.NewAdmission(test.api, nil, environment(test.env), slog.New(slog.DiscardHandler))
				if test.made != "" {
					if err == nil || err.Error() != test.made {
						t.Errorf("the error is %v, want %s", err, test.made)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				doubt, err := a.Check(t.Context(), "m")
				if test.err == "" && (err != nil || doubt != "") {
					t.Errorf("the answer is %v, %q", err, doubt)
				}
				if test.err != "" && (!errors.Is(err, site.ErrNoAdmission) || !strings.Contains(err.Error(), " "+test.err) || site.Remedy(err) != test.remedy) {
					t.Errorf("the error is %v (%s)\nwant %s (%s)", err, site.Remedy(err), test.err, test.remedy)
				}
				if err != nil && strings.Contains(err.Error()+site.Remedy(err), "pr0xy-secret") {
					t.Errorf("the proxy's password is in %v", err)
				}
			})
		}
	})
	if len(proxy.asked) == 0 {
		t.Error("nothing went through the proxy")
	}
	for _, host := range proxy.asked {
		if !strings.HasSuffix(host, ":"+port) {
			t.Errorf("the proxy was asked for %s", host)
		}
	}

	// An address that is excepted is asked without the proxy, which is the only one
	// that knows its name.
	a, err := site.NewAdmission(site.API{BaseURL: "https://gateway.invalid/", Headers: headers}, nil, environment(map[string]string{"HTTPS_PROXY": proxyURL, "NO_PROXY": ".invalid"}), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Check(t.Context(), "m"); err == nil || !strings.HasPrefix(err.Error(), "the model API at gateway.invalid cannot be reached: looking up the name: ") {
		t.Errorf("the error is %v, want one about the name", err)
	}
}

// What a gateway wants, and what is said where it does not get it.
func TestAGatewayWithAPathAndAHeader(t *testing.T) {
	server := gateway(t, httptest.NewServer)
	right := map[string]string{"X-Gateway-Key": "gw-secret-0123"}
	for name, test := range map[string]struct {
		api    site.API
		env    map[string]string
		err    string
		remedy string
	}{
		"by the configuration": {api: site.API{BaseURL: server.URL + "/llm/anthropic/", Headers: right}},
		"by the environment": {env: map[string]string{
			"ANTHROPIC_BASE_URL": server.URL + "/llm/anthropic", "ANTHROPIC_CUSTOM_HEADERS": "x-team: tools\nX-Gateway-Key: old\nno header\n x-gateway-key : gw-secret-0123 \r\n",
		}},
		"the configuration wins": {
			api: site.API{BaseURL: server.URL + "/llm/anthropic", Headers: right},
			env: map[string]string{"ANTHROPIC_BASE_URL": "http://127.0.0.1:1", "ANTHROPIC_CUSTOM_HEADERS": "x-gateway-key: wrong"},
		},
		"no header": {
			api: site.API{BaseURL: server.URL + "/llm/anthropic"}, env: map[string]string{"ANTHROPIC_API_KEY": "sk-the-key-0123456789"},
			err: "refuses the key (403)", remedy: "set ANTHROPIC_API_KEY to a key that may use m; a gateway that wants a header of its own gets it from api.headers",
		},
		"a wrong header": {
			api: site.API{BaseURL: server.URL + "/llm/anthropic", Headers: map[string]string{"X-Gateway-Key": "old-secret-9876"}},
			err: "refuses a request without a key (403)", remedy: "correct the headers, or set ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN or CLAUDE_CODE_OAUTH_TOKEN; sent besides: x-gateway-key (api.headers)",
		},
		"a wrong path": {
			api: site.API{BaseURL: server.URL + "/llm", Headers: right},
			err: "has nothing at /llm/v1/messages, or does not know the model m (404)", remedy: "correct the path in api.base_url, behind which /v1/messages is asked, or the model's name",
		},
		"the API's own path given twice": {
			env: map[string]string{"ANTHROPIC_BASE_URL": server.URL + "/v1", "ANTHROPIC_CUSTOM_HEADERS": "x-gateway-key: gw-secret-0123"},
			err: "has nothing at /v1/v1/messages, or does not know the model m (404)", remedy: "correct the path in ANTHROPIC_BASE_URL, behind which /v1/messages is asked, or the model's name",
		},
		"a page to log in": {
			api: site.API{BaseURL: server.URL + "/elsewhere", Headers: right},
			err: "sends requests on to another address (302)", remedy: "correct api.base_url: scheme, host, and the path before /v1/messages",
		},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := site.NewAdmission(test.api, nil, environment(test.env), slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			_, err = a.Check(t.Context(), "m")
			if test.err == "" && err != nil {
				t.Errorf("the error is %v", err)
			}
			want := "the model API at " + strings.TrimPrefix(server.URL, "http://") + " " + test.err
			if test.err != "" && (err == nil || err.Error() != want || site.Remedy(err) != test.remedy) {
				t.Errorf("the error is %v (%s)\nwant %s (%s)", err, site.Remedy(err), want, test.remedy)
			}
			if text := fmt.Sprint(err, site.Remedy(err)); strings.Contains(text, "secret") {
				t.Errorf("a header's value is in %q", text)
			}
		})
	}
	subscription := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer sk-ant-oat01-0123" || r.Header.Get("Anthropic-Beta") != "oauth-2025-04-20" || r.Header.Get("X-Api-Key") != "" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, refuses("invalid_request_error", "This credential is only authorized for use with Claude Code and cannot be used for other API requests."))
	}))
	defer subscription.Close()
	for token, want := range map[string]string{
		"sk-ant-oat01-0123": "the model API at HOST takes the token of CLAUDE_CODE_OAUTH_TOKEN, and may answer it for Claude Code only (400); the trials will tell",
		"sk-ant-oat01-old":  `the model API at HOST refuses the key (401): set CLAUDE_CODE_OAUTH_TOKEN to what "claude setup-token" prints; a gateway that wants a header of its own gets it from api.headers`,
	} {
		a, err := site.NewAdmission(site.API{BaseURL: subscription.URL}, nil, environment(map[string]string{"CLAUDE_CODE_OAUTH_TOKEN": token}), slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		got, err := a.Check(t.Context(), "m")
		if err != nil {
			got = err.Error() + ": " + site.Remedy(err)
		}
		if want = strings.Replace(want, "HOST", strings.TrimPrefix(subscription.URL, "http://"), 1); got != want {
			t.Errorf("token %s: %s\nwant %s", token, got, want)
		}
	}
	for text, want := range map[string]string{
		"x-a: 1\nHost: other":           "line 2 of ANTHROPIC_CUSTOM_HEADERS sets the header Host, which is the connection's own: remove the line",
		"Accept-Encoding: gzip":         "line 1 of ANTHROPIC_CUSTOM_HEADERS sets the header Accept-Encoding, which is the connection's own: remove the line",
		"x gateway: gw-secret-0123":     "line 1 of ANTHROPIC_CUSTOM_HEADERS has no name of an HTTP header before its colon: want lines like \"X-Gateway-Key: value\"",
		"x-gateway: gw-secret\x00-0123": "making the meter: the value of header x-gateway holds a line break or another control character",
	} {
		_, err := site.NewAdmission(site.API{}, nil, environment(map[string]string{"ANTHROPIC_CUSTOM_HEADERS": text}), slog.New(slog.DiscardHandler))
		if err == nil || err.Error() != want {
			t.Errorf("%q: the error is %v, want %s", text, err, want)
		}
	}
}

// The way to the API, as doctor shows it, has no secret.
func TestTheWayIsShownWithoutSecrets(t *testing.T) {
	way, err := site.FindWay(site.API{BaseURL: "https://gateway.example/llm", Headers: map[string]string{"X-Gateway-Key": "gw-secret-0123"}}, agent.AnthropicMessages, environment(map[string]string{
		"ANTHROPIC_CUSTOM_HEADERS": "x-team: tools-secret", "ANTHROPIC_AUTH_TOKEN": "token-secret", "CLAUDE_CODE_OAUTH_TOKEN": "oauth-secret",
		"HTTPS_PROXY": "http://worker:pr0xy-secret@proxy.example:3128",
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := "{ANTHROPIC_AUTH_TOKEN [x-gateway-key (api.headers) x-team (ANTHROPIC_CUSTOM_HEADERS)] https://gateway.example/llm api.base_url proxy.example:3128 (HTTPS_PROXY)  false}"
	if got := fmt.Sprint(way); got != want {
		t.Errorf("the way is %s\nwant %s", got, want)
	}
	if way, err := site.FindWay(site.API{BaseURL: "http://gateway.example"}, agent.AnthropicMessages, environment(nil)); err != nil || !way.Open {
		t.Errorf("an address without TLS: %+v, %v", way, err)
	}
}

func environment(env map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := env[name]; return v, ok }
}
