package process_test

import (
	"testing"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/sandbox/process"
	"github.com/benchgate/benchgate/internal/sandbox/sandboxtest"
)

func engine(t *testing.T) *process.Engine {
	t.Helper()
	e, err := process.New(process.Options{Dir: t.TempDir(), Run: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestContract(t *testing.T) {
	sandboxtest.TestEngine(t, func(t *testing.T) sandbox.Engine { return engine(t) })
}
