package main

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/benchgate/benchgate/internal/golden"
)

// TestMain makes commands of this test binary: benchgate itself, and ask, a
// coding agent with one idea, and a command that takes long to stop.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"benchgate": func() { os.Exit(benchgate()) },
		"ask":       func() { os.Exit(ask()) },
		"stubborn":  stubborn,
	})
}

// TestStories runs the command line as people use it: one file a story. What
// the stories have besides testscript's own commands is in storyCommands.
func TestStories(t *testing.T) {
	quickstart, err := filepath.Abs("../../docs/testdata") // runs of the quickstart
	if err != nil {
		t.Fatal(err)
	}
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                "testdata",
		UpdateScripts:      *golden.Update,
		RequireUniqueNames: true,
		Cmds:               storyCommands(),
		Setup: func(e *testscript.Env) error {
			e.Setenv("BENCHGATE_CACHE", e.WorkDir+"/.cache")
			e.Setenv("PLATFORM", runtime.GOOS+"-"+runtime.GOARCH)
			e.Setenv("QUICKSTART", quickstart)
			e.Setenv("EXAMPLES", examples)
			e.Setenv("DOCKER_HOST", "unix:///nowhere.sock") // a story that needs an engine would say so
			e.Setenv("GIT_CEILING_DIRECTORIES", e.WorkDir)
			return nil
		},
	})
}
