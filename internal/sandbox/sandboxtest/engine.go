// Package sandboxtest tests what every sandbox.Engine must do. Each
// implementation runs these tests, and the rest of benchgate relies on nothing
// else.
package sandboxtest

import (
	"crypto/rand"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
)

// dockerfile has only instructions that every engine supports. Busybox has the
// shell and the programs that the tests run, as any Unix machine does.
const dockerfile = "FROM busybox:latest\nWORKDIR /srv/other\nWORKDIR /app\nCOPY from-image.txt ./\n"

// TestEngine runs the contract. New returns an engine, which the test closes.
func TestEngine(t *testing.T, new func(t *testing.T) sandbox.Engine) {
	env := Environment(t, map[string]string{"Dockerfile": dockerfile, "from-image.txt": "from image\n"})
	// These need the process's environment, or the tools of an engine, for themselves.
	t.Run("Tools", func(t *testing.T) { testTools(t, start(t, new(t), env)) })
	t.Run("Isolation", func(t *testing.T) { testApart(t, start(t, new(t), env)) })
	for name, test := range map[string]func(t *testing.T){
		"Info":          func(t *testing.T) { testInfo(t, new(t)) },
		"Prepare":       func(t *testing.T) { testPrepare(t, start(t, new(t), env)) },
		"Exec":          func(t *testing.T) { testExec(t, start(t, new(t), env)) },
		"Copy":          func(t *testing.T) { testCopy(t, start(t, new(t), env)) },
		"StopProcesses": func(t *testing.T) { testStopProcesses(t, start(t, new(t), env)) },
		"Entrypoint": func(t *testing.T) {
			testEntrypoint(t, start(t, new(t), Environment(t, map[string]string{"Dockerfile": entrypointFile})))
		},
		"StopTree": func(t *testing.T) { testStopTree(t, start(t, new(t), env)) },
		"Empty":    func(t *testing.T) { testEmpty(t, start(t, new(t), env)) },
		"Fate":     func(t *testing.T) { testFate(t, start(t, new(t), env)) },
		"Kept":     func(t *testing.T) { testKept(t, start(t, new(t), env)) },
		"Gateway":  func(t *testing.T) { testGateway(t, start(t, new(t), env)) },
		"Reach":    func(t *testing.T) { testReach(t, start(t, new(t), env)) },
		"Removal":  func(t *testing.T) { testRemoval(t, start(t, new(t), env)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t)
		})
	}
}

// Environment writes a build context for one test.
func Environment(t *testing.T, files map[string]string) suite.Environment {
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
	return suite.Environment{Context: dir}
}

// lab is an engine with a prepared image and a run of its own.
type lab struct {
	engine sandbox.Engine
	env    suite.Environment
	image  sandbox.Image
	run    string
}

func start(t *testing.T, engine sandbox.Engine, env suite.Environment) *lab {
	t.Helper()
	image, err := engine.Prepare(t.Context(), env, io.Discard)
	if err != nil {
		t.Fatalf("preparing the environment: %v", err)
	}
	l := &lab{engine: engine, env: env, image: image, run: "contract-" + strings.ToLower(rand.Text()[:10])}
	t.Cleanup(func() { closeEngine(t, l) })
	return l
}

func (l *lab) spec(trial string) sandbox.Spec {
	return sandbox.Spec{Run: l.run, Trial: trial, Environment: l.env, Image: l.image, Network: suite.Public}
}

// create makes a sandbox that is removed when the test ends.
func (l *lab) create(t *testing.T, spec sandbox.Spec) sandbox.Sandbox {
	t.Helper()
	sb, err := l.engine.Create(t.Context(), spec)
	if err != nil {
		t.Fatalf("creating sandbox %s: %v", spec.Trial, err)
	}
	t.Cleanup(func() {
		ctx, cancel := afterTest()
		defer cancel()
		if err := sb.Remove(ctx); err != nil {
			t.Errorf("removing sandbox %s: %v", spec.Trial, err)
		}
	})
	return sb
}

func testInfo(t *testing.T, engine sandbox.Engine) {
	info, err := engine.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if info.Engine == "" || info.OS == "" || info.Arch == "" || info.CPUs < 1 {
		t.Errorf("Info = %+v: name, OS, architecture and CPUs must be known", info)
	}
}

func testPrepare(t *testing.T, l *lab) {
	if l.image.ID == "" || l.image.Workdir != "/app" {
		t.Errorf("image = %+v, want an ID and the workdir /app", l.image)
	}
	again, err := l.engine.Prepare(t.Context(), l.env, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(again, l.image) {
		t.Errorf("preparing twice gives %+v, then %+v", l.image, again)
	}
	sb := l.create(t, l.spec("prepare"))
	if got := output(t, sb, "cat from-image.txt"); got != "from image\n" {
		t.Errorf("from-image.txt in the workdir holds %q", got)
	}
}
