package action_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/benchgate/benchgate/internal/realparts"
)

const root = "../.."

var image struct {
	sync.Once
	name string
	err  error
}

// actionImage is the image of the Dockerfile. Its first stage, in which the
// program is built, is done here: .ci/reproducible shows that it gives the same
// program.
func actionImage(t *testing.T) string {
	t.Helper()
	realparts.Need(t, realparts.Docker)
	image.Do(func() { image.name, image.err = buildImage(t) })
	if image.err != nil {
		t.Fatal(image.err)
	}
	return image.name
}

func buildImage(t *testing.T) (string, error) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "tmp"), 0o777); err != nil {
		return "", err
	}
	binary := exec.CommandContext(t.Context(), filepath.Join(root, ".ci/binary"), filepath.Join(dir, "benchgate"))
	if out, err := binary.CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v\n%s", err, out)
	}
	for _, name := range []string{"benchgate-action", "benchgate-action-post"} {
		if err := os.Symlink("benchgate", filepath.Join(dir, name)); err != nil {
			return "", err
		}
	}
	whole, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	if err != nil {
		return "", err
	}
	_, last, found := strings.Cut(string(whole), "\nFROM scratch\n")
	if !found {
		t.Fatal("the Dockerfile has no last stage from nothing")
	}
	stages := "FROM scratch AS build\nCOPY . /out/\nFROM scratch\n" + last
	if err := os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte(stages), 0o644); err != nil {
		return "", err
	}
	said := strings.Fields(docker(t, "build", "--quiet", "--tag", "benchgate-action-test", dir))
	return said[len(said)-1], nil // its id: another run of these tests may move the tag at any time
}
