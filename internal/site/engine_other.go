//go:build !unix

package site

import (
	"fmt"
	"log/slog"

	"github.com/benchgate/benchgate/internal/sandbox"
)

func openProcess(string, *slog.Logger) (sandbox.Engine, error) {
	return nil, fmt.Errorf("sandbox process: %w", sandbox.ErrUnsupported)
}
