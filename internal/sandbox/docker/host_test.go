package docker_test

import (
	"crypto/sha256"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/realparts"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/sandbox/docker"
	"github.com/benchgate/benchgate/internal/suite"
)

func TestAnEngineThatCannotBeFoundSaysWhy(t *testing.T) {
	for name, test := range map[string]struct {
		config, meta, host, context string
		want                        string
	}{
		"a context that is not there":   {context: "gone", want: `the Docker context "gone" does not exist`},
		"one in use that is not there":  {config: `{"currentContext":"gone"}`, want: `the Docker context "gone" does not exist`},
		"one that is broken":            {context: "far", meta: `{`, want: "meta.json"},
		"one without an engine":         {context: "far", meta: `{"Endpoints":{}}`, want: "names no host"},
		"one that checks nobody":        {context: "far", meta: `{"Endpoints":{"docker":{"Host":"tcp://127.0.0.1:1","SkipTLSVerify":true}}}`, want: "skip-tls-verify"},
		"one that leads nowhere":        {context: "far", meta: `{"Endpoints":{"docker":{"Host":"tcp://127.0.0.1:1"}}}`, want: "no Docker engine answers at tcp://127.0.0.1:1"},
		"one in use that leads nowhere": {config: `{"currentContext":"far"}`, meta: `{"Endpoints":{"docker":{"Host":"tcp://127.0.0.1:1"}}}`, want: "no Docker engine answers at tcp://127.0.0.1:1"},
		"the host is stronger":          {host: "tcp://127.0.0.1:2", context: "gone", want: "no Docker engine answers at tcp://127.0.0.1:2"},
		"a password":                    {host: "ssh://root:hunter2@far", want: "use a key"},
		"ssh without a host":            {host: "ssh://", want: "want ssh://"},
		"ssh that fails":                {host: "ssh://root@far.test", want: "no route to far.test"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			writeFile(t, filepath.Join(dir, "bin", "ssh"), "#!/bin/sh\necho no route to far.test >&2\nexit 255\n")
			t.Setenv("PATH", filepath.Join(dir, "bin")+":"+os.Getenv("PATH"))
			t.Setenv("DOCKER_CONFIG", dir)
			t.Setenv("DOCKER_HOST", test.host)
			t.Setenv("DOCKER_CONTEXT", test.context)
			if test.config != "" {
				writeFile(t, filepath.Join(dir, "config.json"), test.config)
			}
			if test.meta != "" {
				writeFile(t, filepath.Join(dir, "contexts", "meta", fmt.Sprintf("%x", sha256.Sum256([]byte("far"))), "meta.json"), test.meta)
			}
			_, err := docker.New(t.Context(), docker.Options{})
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("it says %v, want %q", err, test.want)
			}
		})
	}
}

func writeFile(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

// A context that leads through ssh, which here leads to this machine. Docker's own
// client is at the other end.
func TestAnEngineThroughAContextAndSSH(t *testing.T) {
	image := probeImage(t)
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "bin", "ssh"), `#!/bin/sh
echo "$@" >> "`+dir+`/said"
while [ "$1" != -- ]; do shift; done
shift 2
DOCKER_HOST= DOCKER_CONTEXT= exec "$@"
`)
	t.Setenv("PATH", filepath.Join(dir, "bin")+":"+os.Getenv("PATH"))
	host := raw(t).DaemonHost()
	socket, local := strings.CutPrefix(host, "unix://")
	if !local {
		realparts.Lacking(t, realparts.Docker, "the engine is behind no socket")
	}
	t.Setenv("DOCKER_CONFIG", dir)
	t.Setenv("DOCKER_HOST", "")
	writeFile(t, filepath.Join(dir, "config.json"), `{"currentContext":"far"}`)
	writeFile(t, filepath.Join(dir, "contexts", "meta", fmt.Sprintf("%x", sha256.Sum256([]byte("far"))), "meta.json"),
		`{"Name":"far","Endpoints":{"docker":{"Host":"ssh://somebody@far.test:2222`+socket+`"}}}`)
	e, err := docker.New(t.Context(), docker.Options{Run: "test"})
	if err != nil {
		t.Fatal(err)
	}
	spec := sandbox.Spec{Run: "test-ssh", Trial: "trial", Image: image, Network: suite.NoNetwork}
	t.Cleanup(func() { nothingLeft(t, e, spec.Run) })
	gateway, err := e.Gateway(t.Context(), spec.Run, spec.Network)
	if err != nil {
		t.Fatal(err)
	}
	spec.Reach = []string{serve(t, gateway)}
	sb, err := e.Create(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	dials(t, sb, spec.Reach[0], "meter")
	if err := sb.Remove(t.Context()); err != nil {
		t.Error(err)
	}
	said, err := os.ReadFile(filepath.Join(dir, "said"))
	if want := "-T -l somebody -p 2222 -- far.test docker --host unix://" + socket + " system dial-stdio\n"; err != nil || !strings.Contains(string(said), want) {
		t.Errorf("ssh was asked\n%s%v, want %s", said, err, want)
	}
}

// A context brings the keys by which its engine is known.
func TestAnEngineOfAContextIsKnownByItsKeys(t *testing.T) {
	engine := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Api-Version", "1.51")
		fmt.Fprint(w, `{"OSType":"linux","Architecture":"x86_64","ServerVersion":"29.0"}`)
	}))
	t.Cleanup(engine.Close)
	engine.Config.ErrorLog = log.New(io.Discard, "", 0) // that a client turns away is meant
	dir := t.TempDir()
	t.Setenv("DOCKER_CONFIG", dir)
	t.Setenv("DOCKER_HOST", "")
	t.Setenv("DOCKER_CONTEXT", "far")
	id := fmt.Sprintf("%x", sha256.Sum256([]byte("far")))
	writeFile(t, filepath.Join(dir, "contexts", "meta", id, "meta.json"), `{"Endpoints":{"docker":{"Host":"tcp://`+engine.Listener.Addr().String()+`"}}}`)
	if _, err := docker.New(t.Context(), docker.Options{}); err == nil {
		t.Error("it is reached without TLS")
	}
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: engine.Certificate().Raw})
	writeFile(t, filepath.Join(dir, "contexts", "tls", id, "docker", "ca.pem"), string(ca))
	e, err := docker.New(t.Context(), docker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if info, err := e.Info(t.Context()); err != nil || info.Engine != "docker 29.0" {
		t.Errorf("%+v, %v", info, err)
	}
}
