package agent_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/internal/agent"
)

// registry is an npm registry with one package.
type registry struct {
	*httptest.Server
	tarball   []byte
	integrity string // of the metadata
	cut       bool   // breaks the tarball off in its middle
	requests  atomic.Int32
	asked     atomic.Value // the last metadata path
}

func newRegistry(t *testing.T, tarball []byte) *registry {
	t.Helper()
	sum := sha512.Sum512(tarball)
	r := &registry{tarball: tarball, integrity: "sha512-" + base64.StdEncoding.EncodeToString(sum[:])}
	r.Server = httptest.NewServer(http.HandlerFunc(r.serve))
	t.Cleanup(r.Close)
	return r
}

func (r *registry) serve(w http.ResponseWriter, req *http.Request) {
	r.requests.Add(1)
	if req.URL.Path != "/tarball.tgz" {
		r.asked.Store(req.URL.EscapedPath())
		err := json.NewEncoder(w).Encode(map[string]any{
			"dist": map[string]string{"tarball": r.URL + "/tarball.tgz", "integrity": r.integrity},
		})
		if err != nil {
			panic(err)
		}
		return
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(r.tarball)))
	if r.cut {
		_, _ = w.Write(r.tarball[:len(r.tarball)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(r.tarball)
}

func (r *registry) cache(dir string) agent.Cache {
	return agent.Cache{Dir: dir, Download: agent.NPM{Registry: r.URL, Client: r.Client()}.Download}
}

func pack(t *testing.T, headers []tar.Header, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	gz := gzip.NewWriter(&b)
	w := tar.NewWriter(gz)
	for _, h := range headers {
		if h.Typeflag == tar.TypeReg {
			h.Size = int64(len(content))
		}
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg {
			if _, err := io.WriteString(w, content); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := errors.Join(w.Close(), gz.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func claudeTarball(t *testing.T) []byte {
	return pack(t, []tar.Header{
		{Typeflag: tar.TypeReg, Name: "package/package.json", Mode: 0o644},
		{Typeflag: tar.TypeReg, Name: "package/claude", Mode: 0o644},
	}, "the binary")
}

// fill returns the names and contents of what would be mounted.
func fill(t *testing.T, cache agent.Cache, on agent.Platform) (map[string]string, error) {
	t.Helper()
	tools, err := lookup(t, "claude-code").Tools("2.1.330", on, cache)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := tools.Fill(t.Context(), &b); err != nil {
		return nil, err
	}
	files := make(map[string]string)
	for r := tar.NewReader(&b); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[fmt.Sprintf("%s %o", h.Name, h.Mode)] = string(content)
	}
}

var linux = agent.Platform{OS: "linux", Arch: "amd64", Libc: "glibc"}

func TestPackageForEachPlatform(t *testing.T) {
	tests := []struct {
		on   agent.Platform
		want string // of the package's name; empty: there is none
	}{
		{agent.Platform{OS: "linux", Arch: "amd64", Libc: "glibc"}, "linux-x64"},
		{agent.Platform{OS: "linux", Arch: "amd64"}, "linux-x64"},
		{agent.Platform{OS: "linux", Arch: "amd64", Libc: "musl"}, "linux-x64-musl"},
		{agent.Platform{OS: "linux", Arch: "arm64", Libc: "musl"}, "linux-arm64-musl"},
		{agent.Platform{OS: "darwin", Arch: "arm64"}, "darwin-arm64"},
		{agent.Platform{OS: "windows", Arch: "amd64"}, ""},
		{agent.Platform{OS: "linux", Arch: "s390x"}, ""},
	}
	for _, tt := range tests {
		r := newRegistry(t, claudeTarball(t))
		files, err := fill(t, r.cache(t.TempDir()), tt.on)
		if tt.want == "" {
			if err == nil || !strings.Contains(err.Error(), tt.on.OS+"/"+tt.on.Arch) {
				t.Errorf("%+v: %v, want an error that names the platform", tt.on, err)
			}
			continue
		}
		if diff := cmp.Diff(map[string]string{"claude 755": "the binary"}, files); err != nil || diff != "" {
			t.Errorf("%+v: %v (-want +got):\n%s", tt.on, err, diff)
		}
		if got, want := r.asked.Load(), "/@anthropic-ai%2fclaude-code-"+tt.want+"/2.1.330"; got != want {
			t.Errorf("%+v: asked the registry for %v, want %s", tt.on, got, want)
		}
	}
}

func TestVersionsThatAreNone(t *testing.T) {
	for _, version := range []string{"", "latest", "2.1", "../../x", "2.1.330/../x", "2.1.330?x=y"} {
		if _, err := lookup(t, "claude-code").Tools(version, linux, agent.Cache{}); err == nil {
			t.Errorf("version %q was accepted", version)
		}
	}
}

func TestCacheIsAskedFirst(t *testing.T) {
	r, dir := newRegistry(t, claudeTarball(t)), t.TempDir()
	for range 2 {
		if _, err := fill(t, r.cache(dir), linux); err != nil {
			t.Fatal(err)
		}
	}
	if n := r.requests.Load(); n != 2 { // metadata and tarball, once
		t.Errorf("%d requests, want 2", n)
	}
	r.Close()
	if _, err := fill(t, r.cache(dir), linux); err != nil {
		t.Errorf("with the registry gone: %v", err)
	}
}

// What the registry does not vouch for is refused and leaves nothing that a
// later run would take for a package.
func TestBadDownloadsLeaveNothing(t *testing.T) {
	other := sha512.Sum512([]byte("other bytes"))
	tests := []struct {
		name   string
		change func(*registry)
		want   string
	}{
		{"other bytes than vouched for", func(r *registry) {
			r.integrity = "sha512-" + base64.StdEncoding.EncodeToString(other[:])
		}, "the package's sha512 is"},
		{"a digest too weak to vouch", func(r *registry) { r.integrity = "sha1-abc=" }, "no sha512 integrity"},
		{"cut off", func(r *registry) { r.cut = true }, "downloading: unexpected EOF"},
		{"a registry that is down", func(r *registry) { r.Close() }, "getting @anthropic-ai/claude-code-linux-x64@2.1.330"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, dir := newRegistry(t, claudeTarball(t)), t.TempDir()
			tt.change(r)
			_, err := fill(t, r.cache(dir), linux)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want an error with %q", err, tt.want)
			}
			left, err := os.ReadDir(dir)
			if err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

func TestSeveralDigestsInOneIntegrity(t *testing.T) {
	r := newRegistry(t, claudeTarball(t))
	r.integrity = "sha1-abc= " + r.integrity
	if _, err := fill(t, r.cache(t.TempDir()), linux); err != nil {
		t.Error(err)
	}
}

// Of the package exactly one file is used; names that lead elsewhere, and a
// link in the binary's place, come to nothing.
func TestHostilePackages(t *testing.T) {
	evil := []tar.Header{
		{Typeflag: tar.TypeReg, Name: "../../../../etc/cron.d/evil", Mode: 0o755},
		{Typeflag: tar.TypeReg, Name: "/etc/passwd", Mode: 0o755},
		{Typeflag: tar.TypeReg, Name: "package/../package/claude2", Mode: 0o755},
		{Typeflag: tar.TypeSymlink, Name: "package/claude", Linkname: "/bin/sh"},
	}
	r := newRegistry(t, pack(t, evil, "evil"))
	if files, err := fill(t, r.cache(t.TempDir()), linux); err == nil || !strings.Contains(err.Error(), "no file package/claude") {
		t.Errorf("%v, %v; want it refused", files, err)
	}
	r = newRegistry(t, pack(t, append(evil, tar.Header{Typeflag: tar.TypeReg, Name: "package/claude"}), "fine"))
	files, err := fill(t, r.cache(t.TempDir()), linux)
	if diff := cmp.Diff(map[string]string{"claude 755": "fine"}, files); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	r = newRegistry(t, []byte("no gzip"))
	if _, err := fill(t, r.cache(t.TempDir()), linux); err == nil {
		t.Error("a package that is no archive was taken")
	}
}

func TestStoringAtOnce(t *testing.T) {
	r, dir := newRegistry(t, claudeTarball(t)), t.TempDir()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			files, err := fill(t, r.cache(dir), linux)
			if diff := cmp.Diff(map[string]string{"claude 755": "the binary"}, files); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
	wg.Wait()
	if left, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(left) != 1 {
		t.Errorf("in the cache: %v, %v; want the one package", left, err)
	}
}

// A registry's password must not get into an error message.
func TestRegistryPasswordIsNotShown(t *testing.T) {
	r := newRegistry(t, nil)
	with := strings.Replace(r.URL, "http://", "http://ci:hunter2@", 1)
	npm := agent.NPM{Registry: with + "/nothing\x7f", Client: r.Client()}
	_, err := npm.Download(t.Context(), "@anthropic-ai/x", "1.0.0")
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("malformed: %v", err)
	}
	r.Config.Handler = http.NotFoundHandler()
	npm.Registry = with
	_, err = npm.Download(t.Context(), "@anthropic-ai/x", "1.0.0")
	if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "404") {
		t.Errorf("%v; want the status and no password", err)
	}
}
