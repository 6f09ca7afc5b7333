package run_test

import (
	"path/filepath"
	"testing"

	"github.com/benchgate/benchgate/internal/realparts"
)

// The engine is on another machine: the real client asks the model, and sends its
// telemetry, through the engine's API.
func TestTrialsOnAnEngineFarAway(t *testing.T) {
	r := newRig(t)
	r.npm(claude(t))
	r.scripted(filepath.Join(e2eDir, "settings.yaml"))
	host, _ := realparts.FarEngine(t)
	t.Setenv("DOCKER_HOST", host)
	result := r.mustRun(bringSettings(2))
	wantAllThroughTheMeter(t, result)
	nothingLeft(t, filepath.Base(result.Dir), nil)
}
