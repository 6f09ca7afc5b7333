package keptimage_test

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/sandbox/keptimage"
)

// idOf is the ID of an image with that configuration.
func idOf(config string) string {
	sum := sha256.Sum256([]byte(config))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// tarOf packs files in their order: name, content, name, content.
func tarOf(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i+1 < len(files); i += 2 {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: files[i], Mode: 0o644, Size: int64(len(files[i+1]))}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, files[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// imageOf is a saved image as engines before 25 write it.
func imageOf(t testing.TB, config string) []byte {
	digest := strings.TrimPrefix(idOf(config), "sha256:")
	return tarOf(t, digest+".json", config, "manifest.json", fmt.Sprintf(`[{"Config":%q,"RepoTags":null,"Layers":[]}]`, digest+".json"))
}

func saving(image []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(image)
		return err
	}
}

func keep(t *testing.T, s *keptimage.Store, name, config string) {
	t.Helper()
	image := imageOf(t, config)
	if err := s.Keep(name, idOf(config), int64(len(image)), saving(image)); err != nil {
		t.Fatal(err)
	}
}

func TestAKeptImageComesBackByteForByte(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "images")
	keep(t, keptimage.Open(dir, 1<<20), "one-amd64", "{}")
	got, err := keptimage.Open(dir, 1<<20).Image("one-amd64")
	if err != nil {
		t.Fatal(err)
	}
	defer got.Close()
	text, err := io.ReadAll(got)
	if err != nil || !bytes.Equal(text, imageOf(t, "{}")) || got.ID != idOf("{}") || got.Bytes != int64(len(text)) {
		t.Errorf("got %d bytes of %s (%v)", len(text), got.ID, err)
	}
	if _, err := keptimage.Open(dir, 1<<20).Image("two-amd64"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an image that is not there = %v", err)
	}
}

// Whatever happened to the files of an image, it is not given out.
func TestAnImageThatIsNotWhatWasKeptIsNotGivenOut(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(dir string) error
		says  string
	}{
		"a changed byte": {func(dir string) error { return change(filepath.Join(dir, "one.tar"), 700) }, "its record says"},
		"cut off":        {func(dir string) error { return os.Truncate(filepath.Join(dir, "one.tar"), 1000) }, "has 1000 bytes"},
		"another's record": {func(dir string) error {
			return os.Rename(filepath.Join(dir, "two.json"), filepath.Join(dir, "one.json"))
		}, `that of "two"`},
		"another's file":     {func(dir string) error { return os.Rename(filepath.Join(dir, "two.tar"), filepath.Join(dir, "one.tar")) }, "its record says"},
		"no JSON":            {func(dir string) error { return os.WriteFile(filepath.Join(dir, "one.json"), []byte("{"), 0o644) }, "reading its record"},
		"of another schema":  {func(dir string) error { return os.WriteFile(filepath.Join(dir, "one.json"), []byte("{}"), 0o644) }, "schema"},
		"a file without one": {func(dir string) error { return os.Remove(filepath.Join(dir, "one.tar")) }, "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := keptimage.Open(dir, 1<<20)
			keep(t, s, "one", `{"a":1}`)
			keep(t, s, "two", `{"a":2}`)
			if err := c.spoil(dir); err != nil {
				t.Fatal(err)
			}
			got, err := s.Image("one")
			if err == nil {
				got.Close()
			}
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want an error with %q", err, c.says)
			}
		})
	}
}

func change(file string, at int) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	text[at] ^= 1
	return os.WriteFile(file, text, 0o644)
}

// What an engine would do with a file is known before it is kept: it holds one
// image, that one, and gives no image of the engine a name.
func TestOnlyTheImageItselfIsKept(t *testing.T) {
	id := idOf("{}")
	digest := strings.TrimPrefix(id, "sha256:")
	manifest := fmt.Sprintf(`{"Config":"blobs/sha256/%s","RepoTags":[]}`, digest)
	for name, c := range map[string]struct {
		image []byte
		says  string // empty: it is kept
	}{
		"as engines from 25 on write it": {tarOf(t, "blobs/sha256/"+digest, "{}", "index.json", `{"manifests":[{"digest":"sha256:0"}]}`, "manifest.json", "["+manifest+"]"), ""},
		"of containerd's store":          {tarOf(t, "index.json", `{"manifests":[{"digest":"`+id+`"}]}`, "manifest.json", `[{"Config":"blobs/sha256/1"}]`), ""},
		"another image":                  {imageOf(t, `{"other":1}`), "another image"},
		"two images":                     {tarOf(t, "manifest.json", "["+manifest+","+manifest+"]"), "2 images"},
		"two lists":                      {tarOf(t, "manifest.json", "["+manifest+"]", "./manifest.json", "["+manifest+"]"), "2 images"},
		"no list":                        {tarOf(t, "layer.tar", ""), "0 images"},
		"a tag":                          {tarOf(t, "manifest.json", `[{"Config":"`+digest+`.json","RepoTags":["ubuntu:24.04"]}]`), "names"},
		"an old engine's tag":            {tarOf(t, "manifest.json", "["+manifest+"]", "repositories", "{}"), "names"},
		"an annotation":                  {tarOf(t, "manifest.json", "["+manifest+"]", "index.json", `{"manifests":[{"digest":"x","annotations":{"io.containerd.image.name":"ubuntu"}}]}`), "names"},
		"no tar":                         {[]byte(strings.Repeat("x", 2000)), "reading the saved image"},
		"half a tar":                     {imageOf(t, "{}")[:1500], "reading the saved image"},
		"nothing":                        {nil, "0 images"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			err := keptimage.Open(dir, 1<<20).Keep("one", id, int64(len(c.image)), saving(c.image))
			if c.says == "" != (err == nil) || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("keeping it = %v, want an error with %q", err, c.says)
			}
			if left, _ := os.ReadDir(dir); err != nil && len(left) != 0 {
				t.Errorf("it left %v", left)
			}
		})
	}
}

func TestAnErrorOfTheEngineKeepsNothing(t *testing.T) {
	dir, broken := t.TempDir(), errors.New("the engine is gone")
	err := keptimage.Open(dir, 1<<20).Keep("one", idOf("{}"), 10, func(w io.Writer) error {
		_, err := w.Write(imageOf(t, "{}")[:600])
		return errors.Join(broken, err)
	})
	if left, _ := os.ReadDir(dir); !errors.Is(err, broken) || len(left) != 0 {
		t.Errorf("got %v and %v, want the engine's error and nothing", err, left)
	}
}

// Each of these images has the same size, and three fit.
func TestTheLeastRecentlyUsedGo(t *testing.T) {
	dir := t.TempDir()
	size := int64(len(imageOf(t, `{"n":1}`)))
	open := func() *keptimage.Store { return keptimage.Open(dir, 3*size) }
	before := open()
	for i, name := range []string{"one", "two", "three"} {
		keep(t, before, name, fmt.Sprintf(`{"n":%d}`, i))
		hour := time.Now().Add(time.Duration(i-5) * time.Hour)
		if err := os.Chtimes(filepath.Join(dir, name+".tar"), hour, hour); err != nil {
			t.Fatal(err)
		}
	}
	next := open() // another process, hours later
	used, err := next.Image("one")
	if err != nil {
		t.Fatal(err)
	}
	used.Close()
	keep(t, next, "four", `{"n":4}`)
	if got := namesIn(t, dir); got != "four one three" {
		t.Errorf("kept are %s, want four one three: two was used longest ago", got)
	}
	keep(t, next, "five", `{"n":5}`)
	image := imageOf(t, `{"n":6}`)
	err = next.Keep("six", idOf(`{"n":6}`), size, saving(image))
	if got := namesIn(t, dir); !errors.Is(err, keptimage.ErrNoRoom) || got != "five four one" {
		t.Errorf("kept are %s (%v), want five four one: those of this run stay, so that the next finds some", got, err)
	}
	err = open().Keep("large", idOf(`{"n":6}`), 1, saving(append(image, make([]byte, 4*size)...)))
	if !errors.Is(err, keptimage.ErrNoRoom) || strings.Contains(namesIn(t, dir), "large") {
		t.Errorf("an image larger than all = %v, with %s", err, namesIn(t, dir))
	}
}

// A process that is killed while it writes leaves a file that counts as nothing.
func TestWhatACrashLeftIsRemoved(t *testing.T) {
	dir := t.TempDir()
	left := filepath.Join(dir, ".one.tar123")
	if err := os.WriteFile(left, make([]byte, 100), 0o644); err != nil {
		t.Fatal(err)
	}
	keep(t, keptimage.Open(dir, 1<<20), "one", "{}")
	if _, err := os.Stat(left); err != nil {
		t.Errorf("a file that may still be written is gone: %v", err)
	}
	old := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(left, old, old); err != nil {
		t.Fatal(err)
	}
	keep(t, keptimage.Open(dir, 1<<20), "two", "{}")
	if _, err := os.Stat(left); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still there (%v)", err)
	}
}

func TestANameLeadsNowhereElse(t *testing.T) {
	s := keptimage.Open(t.TempDir(), 1<<20)
	for _, name := range []string{"", ".", "../one", "a/b", "-one", ".hidden", "a\nb"} {
		if _, err := s.Image(name); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("image %q = %v", name, err)
		}
		if err := s.Keep(name, idOf("{}"), 1, saving(imageOf(t, "{}"))); err == nil {
			t.Errorf("%q was kept", name)
		}
	}
}

// namesIn are the images in a directory that are whole.
func namesIn(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".json"))
	}
	return strings.Join(names, " ")
}
