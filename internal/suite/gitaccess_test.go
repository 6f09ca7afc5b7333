package suite

import (
	"crypto/tls"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const gitToken = "a-token-made-up-for-this-test"

func lookupIn(env map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := env[name]; return v, ok }
}

// gitServer serves repositories of a directory over HTTPS, through git's own
// program, to who has the token. It keeps what it was sent.
type gitServer struct {
	*httptest.Server
	mu    sync.Mutex
	heard []string // authorization of each request
}

func newGitServer(t *testing.T, dir string) *gitServer {
	t.Helper()
	at, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		t.Fatal(err)
	}
	backend := &cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(at)), "git-http-backend"),
		Env:  []string{"GIT_PROJECT_ROOT=" + dir, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"},
	}
	s := &gitServer{}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.heard = append(s.heard, r.Header.Get("Authorization"))
		s.mu.Unlock()
		if _, password, _ := r.BasicAuth(); password != gitToken {
			w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		backend.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	s.trust(t)
	return s
}

// trust makes git believe the server's certificate.
func (s *gitServer) trust(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GIT_SSL_CAINFO", file)
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_SYSTEM", os.DevNull)
}

func (s *gitServer) host() string { return strings.TrimPrefix(s.URL, "https://") }

// fetch loads a task of a repository of the server, into an empty cache.
func (s *gitServer) fetch(t *testing.T, env map[string]string, cache string) error {
	t.Helper()
	loaded, err := Load(t.Context(), t.TempDir(), "s", []Source{{Git: s.URL + "/tasks.git", Ref: "main", Path: "tasks/one"}},
		LoadOptions{CacheDir: cache, Lookup: lookupIn(env)})
	if err == nil && (len(loaded.Tasks) != 1 || loaded.Tasks[0].ID != "one") {
		t.Errorf("tasks are %+v", loaded.Tasks)
	}
	return err
}

func TestTasksOfAPrivateRepository(t *testing.T) {
	remote := newGitRemote(t)
	s := newGitServer(t, filepath.Dir(remote.url))
	for _, tt := range []struct {
		name string
		env  map[string]string
		want string
	}{
		{"no token", nil, "if it is private, set BENCHGATE_GIT_TOKEN"},
		{"a token for another host", map[string]string{"BENCHGATE_GIT_TOKEN": gitToken}, "is for github.com only: set BENCHGATE_GIT_HOST=" + s.host()},
		{"a wrong token", map[string]string{"BENCHGATE_GIT_TOKEN": "another-token-made-up", "BENCHGATE_GIT_HOST": s.host()}, "was sent: it may be wrong"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := s.fetch(t, tt.env, t.TempDir())
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), gitToken) {
				t.Errorf("error is %v, want %s", err, tt.want)
			}
		})
	}
	cache := t.TempDir()
	env := map[string]string{"BENCHGATE_GIT_TOKEN": gitToken, "BENCHGATE_GIT_HOST": s.host()}
	if err := s.fetch(t, env, cache); err != nil {
		t.Fatal(err)
	}
	holdsNoToken(t, cache)
	asked := len(s.heard)
	if err := s.fetch(t, env, cache); err != nil || len(s.heard) == asked {
		t.Errorf("a branch is not asked for again (%v)", err)
	}
}

func holdsNoToken(t *testing.T, dir string) {
	t.Helper()
	encoded := base64.StdEncoding.EncodeToString([]byte("x-access-token:" + gitToken))
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(file)
		if strings.Contains(string(text), gitToken) || strings.Contains(string(text), encoded) {
			t.Errorf("%s holds the token", file)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// A server that sends git elsewhere does not send the token along.
func TestATokenFollowsNoRedirection(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	var mu sync.Mutex
	var elsewhere []string
	thief := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		elsewhere = append(elsewhere, fmt.Sprint(r.Header["Authorization"]))
		w.WriteHeader(http.StatusUnauthorized)
	}))
	thief.StartTLS()
	t.Cleanup(thief.Close)
	s := &gitServer{}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, thief.URL+r.URL.Path+"?"+r.URL.RawQuery, http.StatusMovedPermanently)
	}))
	s.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	s.StartTLS()
	t.Cleanup(s.Close)
	s.trust(t) // httptest has one certificate for all
	err := s.fetch(t, map[string]string{"BENCHGATE_GIT_TOKEN": gitToken, "BENCHGATE_GIT_HOST": s.host()}, t.TempDir())
	if err == nil || len(elsewhere) > 0 {
		t.Errorf("error is %v, and elsewhere was heard %q", err, elsewhere)
	}
}

// A task names the host's variables that it takes. Those which open other servers
// than its own it does not get.
func TestATaskGetsNoCredentialOfTheJob(t *testing.T) {
	for _, name := range []string{"BENCHGATE_GIT_TOKEN", "DOCKER_AUTH_CONFIG", "GITHUB_TOKEN", "ACTIONS_RUNTIME_TOKEN", "INPUT_GITHUB-TOKEN"} {
		dir := filepath.Join(t.TempDir(), "task")
		writeTask(t, dir)
		toml, err := os.ReadFile(filepath.Join(dir, "task.toml"))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, "task.toml"), string(toml)+"\n[solution.env]\nX = \"${"+name+"}\"\n")
		_, err = Load(t.Context(), filepath.Dir(dir), "s", []Source{{Path: "task"}}, LoadOptions{Lookup: func(string) (string, bool) { return "secret", true }})
		if err == nil || !strings.Contains(err.Error(), "solution.env.X takes "+name+", which belongs to benchgate or to the job") {
			t.Errorf("error is %v", err)
		}
	}
}
