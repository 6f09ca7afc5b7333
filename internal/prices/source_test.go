package prices

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file and an address give the same bytes and digest; another digest than the one
// that was reviewed is an error.
func TestASourceIsPinned(t *testing.T) {
	const text, digest = "{}\n", "sha256:ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/prices.json" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(text))
	}))
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "prices.json")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, source := range []string{file, server.URL + "/prices.json"} {
		for _, want := range []string{"", digest} {
			data, got, err := ReadSource(t.Context(), source, want)
			if err != nil || string(data) != text || got != digest {
				t.Errorf("%s pinned to %q: %q, %s, %v", source, want, data, got, err)
			}
		}
		if data, _, err := ReadSource(t.Context(), source, "sha256:00"); err == nil || data != nil {
			t.Errorf("%s: another digest is no error", source)
		}
	}
	_, _, err := ReadSource(t.Context(), server.URL+"/moved.json", "")
	if err == nil || !strings.Contains(err.Error(), "/moved.json answered 404 Not Found") {
		t.Errorf("an address without a table: %v", err)
	}
}
