package docker_test

import (
	"testing"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/sandbox/sandboxtest"
)

func TestContract(t *testing.T) {
	engine(t) // skips, when it must, once and for all
	sandboxtest.TestEngine(t, func(t *testing.T) sandbox.Engine { return engine(t) })
}
