package buildcontext_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/benchgate/benchgate/internal/sandbox/buildcontext"
	"github.com/google/go-cmp/cmp"
)

func TestTarHoldsWhatTheIgnoreFileLeaves(t *testing.T) {
	dir := tree(t, map[string]string{
		"Dockerfile":     "FROM x\n",
		".dockerignore":  "**/*.log\nDockerfile\nnode_modules\n!node_modules/keep\n",
		"app/main.py":    "print()\n",
		"app/debug.log":  "noise",
		"node_modules/a": "a", "node_modules/keep": "k",
	})
	if err := os.Symlink("main.py", filepath.Join(dir, "app/link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "app/main.py"), 0o755); err != nil {
		t.Fatal(err)
	}
	got := untar(t, open(t, dir, ""))
	want := map[string]string{
		".dockerignore":     "-rw-r--r-- **/*.log\nDockerfile\nnode_modules\n!node_modules/keep\n",
		"Dockerfile":        "-rw-r--r-- FROM x\n", // ignored, and needed by the builder
		"app/":              "drwxr-xr-x ",
		"app/main.py":       "-rwxr-xr-x print()\n",
		"app/link":          "-> main.py",
		"node_modules/keep": "-rw-r--r-- k",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tar (-want +got):\n%s", diff)
	}
}

func TestRulesBesideTheDockerfileComeFirst(t *testing.T) {
	dir := tree(t, map[string]string{
		"ci/Dockerfile":              "FROM x\n",
		"ci/Dockerfile.dockerignore": "a\n",
		".dockerignore":              "b\n",
		"a":                          "", "b": "",
	})
	got := untar(t, open(t, dir, "ci/Dockerfile"))
	if _, sent := got["a"]; sent {
		t.Error("a was sent although ci/Dockerfile.dockerignore names it")
	}
	if _, sent := got["b"]; !sent {
		t.Error("b was not sent: the context's own rules must not count")
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := tree(t, map[string]string{"Dockerfile": "FROM x\n"})
	if _, err := buildcontext.Open(dir, "../Dockerfile"); err == nil {
		t.Error("a Dockerfile outside the context was accepted")
	}
	if _, err := buildcontext.Open(dir, "other"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing Dockerfile: %v, want one matching os.ErrNotExist", err)
	}
}

func TestDigestFollowsContentOnly(t *testing.T) {
	files := map[string]string{"Dockerfile": "FROM x\n", ".dockerignore": "*.log\n", "a": "1", "sub/b": "2"}
	base := digest(t, files, nil)
	change := func(name string, wantSame bool, more map[string]string, touch func(dir string) error) {
		t.Run(name, func(t *testing.T) {
			all := make(map[string]string)
			for k, v := range files {
				all[k] = v
			}
			for k, v := range more {
				all[k] = v
			}
			if same := digest(t, all, touch) == base; same != wantSame {
				t.Errorf("digest equal = %v, want %v", same, wantSame)
			}
		})
	}
	change("another directory", true, nil, nil)
	change("an ignored file", true, map[string]string{"x.log": "noise"}, nil)
	change("a changed file", false, map[string]string{"a": "2"}, nil)
	change("a new file", false, map[string]string{"c": ""}, nil)
	change("a mode", false, nil, func(dir string) error { return os.Chmod(filepath.Join(dir, "a"), 0o755) })
	change("the Dockerfile", false, map[string]string{"Dockerfile": "FROM y\n"}, nil)
}

func digest(t *testing.T, files map[string]string, touch func(dir string) error) string {
	t.Helper()
	dir := tree(t, files)
	if touch != nil {
		if err := touch(dir); err != nil {
			t.Fatal(err)
		}
	}
	d, err := open(t, dir, "").Digest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func open(t *testing.T, dir, dockerfile string) *buildcontext.Context {
	t.Helper()
	c, err := buildcontext.Open(dir, dockerfile)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// untar returns mode and content, or the link target, by name.
func untar(t *testing.T, c *buildcontext.Context) map[string]string {
	t.Helper()
	var buf bytes.Buffer
	if err := c.WriteTar(t.Context(), &buf); err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for r := tar.NewReader(&buf); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return got
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Uid != 0 || h.Uname != "" {
			t.Errorf("%s belongs to %d %q, want root", h.Name, h.Uid, h.Uname)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		got[h.Name] = h.FileInfo().Mode().String() + " " + string(content)
		if h.Linkname != "" {
			got[h.Name] = "-> " + h.Linkname
		}
	}
}
