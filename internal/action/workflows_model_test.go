package action_test

import (
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// modelAPI lets everybody in and writes down where and with which secret it was
// asked. It stands for all hosts of example.com, behind a proxy.
type modelAPI struct {
	certificate string // in PEM form
	proxy       string // its address

	mu    sync.Mutex
	asked []string // "HOST with SECRET", each once
}

func newModelAPI(t *testing.T) *modelAPI {
	m := &modelAPI{}
	api := httptest.NewTLSServer(http.HandlerFunc(m.answer)) // its certificate is for example.com
	t.Cleanup(api.Close)
	m.certificate = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: api.Certificate().Raw}))
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { tunnel(w, r, api.Listener.Addr().String()) }))
	t.Cleanup(proxy.Close)
	m.proxy = proxy.URL
	return m
}

// answer counts tokens, by which benchgate finds out whether it is let in.
func (m *modelAPI) answer(w http.ResponseWriter, r *http.Request) {
	secret := r.Header.Get("X-Api-Key")
	if bearer, is := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); is {
		secret = bearer
	}
	m.mu.Lock()
	if line := r.Host + " with " + secret; !slices.Contains(m.asked, line) {
		m.asked = append(m.asked, line)
	}
	m.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprint(w, `{"input_tokens": 8}`)
}

// take gives what was asked since the last time.
func (m *modelAPI) take() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	asked := m.asked
	m.asked = nil
	return asked
}

// tunnel does what a proxy does for CONNECT, but leads to one address only.
func tunnel(w http.ResponseWriter, r *http.Request, address string) {
	if r.Method != http.MethodConnect {
		http.Error(w, "want CONNECT", http.StatusMethodNotAllowed)
		return
	}
	to, err := net.Dial("tcp", address)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer to.Close()
	from, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return // the client is gone
	}
	defer from.Close()
	fmt.Fprint(from, "HTTP/1.1 200 Connection established\r\n\r\n")
	var ways sync.WaitGroup
	ways.Go(func() { _, _ = io.Copy(to, from); to.Close() })
	ways.Go(func() { _, _ = io.Copy(from, to); from.Close() })
	ways.Wait()
}
