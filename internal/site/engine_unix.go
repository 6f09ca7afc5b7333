//go:build unix

package site

import (
	"log/slog"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/sandbox/process"
)

func openProcess(runID string, log *slog.Logger) (sandbox.Engine, error) {
	engine, err := process.New(process.Options{Run: runID, Log: log})
	if err != nil {
		return nil, err
	}
	return engine, nil
}
