package docker

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/realparts"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/step"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/docker/docker/api/types/versions"
)

// buildTrace is of a build by BuildKit: the step "[1/2] FROM x" begins; then it ends,
// "[2/2] RUN make" begins and prints a line; then comes the build's error.
const buildTrace = `{"id":"moby.buildkit.trace","aux":"CiAKCHNoYTI1NjoxGgxbMS8yXSBGUk9NIHgqBgiA98TVBgoaCghzaGEyNTY6MhoOWzIvMl0gUlVOIG1ha2U="}
{"id":"moby.buildkit.trace","aux":"CigKCHNoYTI1NjoxGgxbMS8yXSBGUk9NIHgqBgiA98TVBjIGCID3xNUGCiIKCHNoYTI1NjoyGg5bMi8yXSBSVU4gbWFrZSoGCID3xNUGGhYKCHNoYTI1NjoyGAIiCG5vIHJ1bGUK"}
{"errorDetail":{"message":"process \"make\" did not complete successfully: exit code: 2"},"error":"x"}
`

// What BuildKit tells is kept as what the older builder tells is, and its error is the
// build's.
func TestProgressOfBuildKit(t *testing.T) {
	var log bytes.Buffer
	waiting := step.Begin(t.Context(), "building", "an image")
	err := follow(strings.NewReader(buildTrace), &log, waiting)
	waiting.End(err)
	if err == nil || err.Error() != `process "make" did not complete successfully: exit code: 2` {
		t.Errorf("error %v", err)
	}
	if want := "[1/2] FROM x\n[2/2] RUN make\nno rule\n"; log.String() != want {
		t.Errorf("log %q, want %q", log.String(), want)
	}
}

// Here-documents are built where the engine's own BuildKit reads them, and refused by
// name where it does not.
func TestHeredocsNeedANewerEngine(t *testing.T) {
	realparts.Need(t, realparts.Docker)
	t.Parallel()
	e, err := New(t.Context(), Options{Run: "heredoc-" + unique()})
	if err != nil {
		realparts.Lacking(t, realparts.Docker, err.Error())
	}
	defer func() {
		if err := e.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	dir := t.TempDir()
	text := "FROM busybox:latest\nWORKDIR /app\nCOPY <<EOF /app/f.txt\nhello " + unique() + "\nEOF\n"
	if err := os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	image, err := e.Prepare(t.Context(), suite.Environment{Context: dir}, &log)
	if versions.LessThan(e.api.ClientVersion(), heredocsFrom) {
		if !errors.Is(err, sandbox.ErrUnsupported) || !strings.Contains(err.Error(), "Dockerfile:3: COPY <<EOF: ") {
			t.Errorf("error %v", err)
		}
		return
	}
	if err != nil || image.Workdir != "/app" {
		t.Fatalf("image %+v, %v\n%s", image, err, log.String())
	}
}
