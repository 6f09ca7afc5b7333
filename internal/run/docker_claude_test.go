package run_test

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
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/benchgate/benchgate/internal/realparts"
)

// claudeVersion is the version that the configuration of the acceptance test
// pins.
const claudeVersion = "2.1.330"

// claude is the real agent's package, with its native program for Linux.
func claude(t *testing.T) npmPackage {
	t.Helper()
	return npmPackage{"/@anthropic-ai/claude-code-linux-" + npmArch, claudeVersion, claudeProgram(t), "package/claude"}
}

func claudeProgram(t *testing.T) string {
	t.Helper()
	path, err := filepath.EvalSymlinks(realparts.ClaudeProgram(t))
	if err != nil {
		t.Fatal(err)
	}
	head := make([]byte, 4)
	if f, err := os.Open(path); err != nil {
		t.Fatal(err)
	} else {
		_, err = io.ReadFull(f, head)
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if string(head) != "\x7fELF" {
		realparts.Lacking(t, realparts.Claude, path+" is not the native program for Linux, which goes into the containers")
	}
	// The volume it is put in carries the version and outlives the test.
	version, err := exec.Command(path, "--version").Output()
	if err != nil || !strings.HasPrefix(string(version), claudeVersion+" ") {
		realparts.Lacking(t, realparts.Claude, fmt.Sprintf("%s is version %q (%v), want %s", path, bytes.TrimSpace(version), err, claudeVersion))
	}
	return path
}

// npm serves the packages as the npm registry would, so that benchgate downloads,
// checks and unpacks them as ever, off the network.
func (r *rig) npm(packages ...npmPackage) {
	r.t.Helper()
	served := make(map[string]http.HandlerFunc) // by decoded path: npm writes the scope's slash as %2f
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if serve := served[req.URL.Path]; serve != nil {
			serve(w, req)
			return
		}
		http.NotFound(w, req)
	}))
	for _, p := range packages {
		integrity := sync.OnceValues(func() (string, error) {
			sum := sha512.New()
			err := p.write(sum)
			return "sha512-" + base64.StdEncoding.EncodeToString(sum.Sum(nil)), err
		})
		tarball := p.name + "/-/" + p.version + ".tgz"
		served[p.name+"/"+p.version] = func(w http.ResponseWriter, _ *http.Request) {
			sum, err := integrity()
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			dist := map[string]string{"tarball": server.URL + tarball, "integrity": sum}
			_ = json.NewEncoder(w).Encode(map[string]any{"version": p.version, "dist": dist})
		}
		served[tarball] = func(w http.ResponseWriter, _ *http.Request) {
			_ = p.write(w) // a torn answer does not have the digest
		}
	}
	r.t.Cleanup(server.Close)
	r.env["npm_config_registry"] = server.URL
}

// npmArch is the machine's architecture as npm's packages have it.
var npmArch = map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]

// npmPackage is a package with one program.
type npmPackage struct {
	name, version string // the name with a slash before it
	program       string
	as            string // the program's path in the package
}

// write packs the program as npm does; the same bytes every time.
func (p npmPackage) write(w io.Writer) error {
	program := p.program
	f, err := os.Open(program)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	gz, err := gzip.NewWriterLevel(w, gzip.NoCompression)
	if err != nil {
		return err
	}
	out := tar.NewWriter(gz)
	if err := out.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: p.as, Mode: 0o755, Size: info.Size()}); err != nil {
		return err
	}
	if _, err := io.Copy(out, f); err != nil {
		return err
	}
	return errors.Join(out.Close(), gz.Close())
}
