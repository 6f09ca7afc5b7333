package docker_test

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/sandbox/docker"
	"github.com/benchgate/benchgate/internal/sandbox/keptimage"
	"github.com/benchgate/benchgate/internal/sandbox/sandboxtest"
	"github.com/benchgate/benchgate/internal/suite"
)

// job is a job of CI with a cache directory that others may have written to.
type job struct {
	dir string
}

// prepare makes a task's image as one job does, and returns what was built and told.
func (j job) prepare(t *testing.T, env suite.Environment) (img sandbox.Image, built, told string) {
	t.Helper()
	var notices []string
	kept := &docker.Kept{Images: keptimage.Open(j.dir, 1<<30), Notice: func(text string) { notices = append(notices, text) }}
	e, err := docker.New(t.Context(), docker.Options{Run: "test", Kept: kept})
	if err != nil {
		t.Fatal(err)
	}
	defer closeEngine(t, e)
	var log bytes.Buffer
	if img, err = e.Prepare(t.Context(), env, &log); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { removeImage(t, img.ID) })
	return img, log.String(), strings.Join(notices, "\n")
}

// onceBuilt is a task whose image is another each time that it is built.
func onceBuilt(t *testing.T) suite.Environment {
	env := sandboxtest.Environment(t, map[string]string{"Dockerfile": "FROM busybox:latest\nWORKDIR /work\nRUN cat /proc/sys/kernel/random/uuid >/once\n"})
	env.Digest = "sha256:" + strings.ToLower(rand.Text()+rand.Text())
	return env
}

func TestAnImageIsBuiltOnceForAllJobs(t *testing.T) {
	engine(t)
	j, env := job{t.TempDir()}, onceBuilt(t)
	first, built, told := j.prepare(t, env)
	if !strings.Contains(built, "Step ") || told != "" {
		t.Fatalf("the first job built %q and told %q", built, told)
	}
	removeImage(t, first.ID) // the next job has a new machine
	second, built, told := j.prepare(t, env)
	if built != "" || told != "" || !reflect.DeepEqual(second, first) {
		t.Errorf("the next job built %q and told %q; its image is %+v, want %+v", built, told, second, first)
	}
	if third, built, _ := j.prepare(t, env); built != "" || !reflect.DeepEqual(third, first) {
		t.Errorf("on an engine that has it, it built %q: %+v", built, third)
	}

	other := env // the same files, built in another way
	other.BuildArgs = map[string]string{"A": "1"}
	if another, built, _ := j.prepare(t, other); built == "" || another.ID == first.ID {
		t.Errorf("another build got %+v, log %q", another, built)
	}
}

// What is in the cache is the task's image, or it is built.
func TestACacheThatWasSpoiledCostsABuild(t *testing.T) {
	t.Parallel()
	engine(t)
	for name, spoil := range map[string]func(t *testing.T, dir, file, other string){
		"a byte that fell over": func(t *testing.T, dir, file, _ string) {
			text, err := os.ReadFile(filepath.Join(dir, file+".tar"))
			if err != nil {
				t.Fatal(err)
			}
			text[len(text)/2] ^= 1
			write(t, filepath.Join(dir, file+".tar"), text)
		},
		"another task's image under its name": func(t *testing.T, dir, file, other string) {
			rename(t, filepath.Join(dir, other+".tar"), filepath.Join(dir, file+".tar"))
			text, err := os.ReadFile(filepath.Join(dir, other+".json"))
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, file+".json"), bytes.ReplaceAll(text, []byte(other), []byte(file)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			j, env, foreign := job{t.TempDir()}, onceBuilt(t), onceBuilt(t)
			first, _, _ := j.prepare(t, env)
			file := onlyImage(t, j.dir, "")
			strange, _, _ := j.prepare(t, foreign)
			spoil(t, j.dir, file, onlyImage(t, j.dir, file))
			removeImage(t, first.ID)
			removeImage(t, strange.ID)

			second, built, told := j.prepare(t, env)
			if built == "" || second.ID == first.ID || second.ID == strange.ID {
				t.Errorf("it has %s (before %s, the other task's %s), log %q; want a new one", second.ID, first.ID, strange.ID, built)
			}
			if !strings.Contains(told, "cannot be used, and is built anew") {
				t.Errorf("told %q", told)
			}
			removeImage(t, second.ID)
			if third, built, told := j.prepare(t, env); built != "" || told != "" || !reflect.DeepEqual(third, second) {
				t.Errorf("after that it built %q and told %q: %+v, want %+v", built, told, third, second)
			}
		})
	}
}

// onlyImage is the name of the one image in a cache besides another.
func onlyImage(t *testing.T, dir, besides string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.tar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if name := strings.TrimSuffix(filepath.Base(file), ".tar"); name != besides {
			return name
		}
	}
	t.Fatalf("%s has no other image", dir)
	return ""
}

func write(t *testing.T, file string, text []byte) {
	t.Helper()
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}
