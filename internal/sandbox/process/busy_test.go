package process_test

import (
	"archive/tar"
	"bytes"
	"io"
	"sync"
	"testing"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/sandbox/process"
	"github.com/benchgate/benchgate/internal/sandbox/sandboxtest"
	"github.com/benchgate/benchgate/internal/suite"
)

// Workers copy scripts in while others start programs. A child that is between
// fork and exec must not hold a script open for writing.
func TestAScriptJustCopiedInCanBeExecuted(t *testing.T) {
	places, err := process.New(process.Options{Dir: t.TempDir(), Run: "busy"})
	if err != nil {
		t.Fatal(err)
	}
	env := sandboxtest.Environment(t, map[string]string{"Dockerfile": "FROM busybox\nWORKDIR /app\n"})
	image, err := places.Prepare(t.Context(), env, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			box, err := places.Create(t.Context(), sandbox.Spec{Run: "busy", Trial: "t", Environment: env, Image: image, Network: suite.Public})
			if err != nil {
				t.Error(err)
				return
			}
			defer box.Remove(t.Context())
			for range 60 {
				var archive bytes.Buffer
				w := tar.NewWriter(&archive)
				script := []byte("#!/bin/sh\nexit 7\n")
				w.WriteHeader(&tar.Header{Name: "run.sh", Mode: 0o755, Size: int64(len(script))})
				w.Write(script)
				w.Close()
				if err := box.CopyIn(t.Context(), "/bin", &archive); err != nil {
					t.Error(err)
					return
				}
				exit, err := box.Exec(t.Context(), sandbox.Command{Argv: []string{box.Path("/bin/run.sh")}})
				if err != nil || exit.Code != 7 {
					t.Errorf("exit code %d, error %v; want 7", exit.Code, err)
					return
				}
			}
		})
	}
	wg.Wait()
}
