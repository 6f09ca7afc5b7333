package keptimage

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// saved is what the tar of a saved image says of itself. Engines write
// manifest.json, newer ones an OCI layout with index.json besides.
type saved struct {
	images int      // in it
	ids    []string // the IDs that the image may have, by the engine's kind of store
	names  int      // that an engine would give images when it reads the file
}

// check tells that the file holds this image alone, and without a name: one that
// brings names would replace images of others on the engine.
func (s saved) check(id string) error {
	switch {
	case s.names > 0:
		return errors.New("it would give images of the engine names")
	case s.images != 1:
		return fmt.Errorf("it holds %d images, want one", s.images)
	case !slices.Contains(s.ids, id):
		return fmt.Errorf("it holds another image than %s", id)
	}
	return nil
}

// readSaved reads a tar to its end.
func readSaved(in io.Reader) (saved, error) {
	var s saved
	files := tar.NewReader(in)
	for {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			_, err = io.Copy(io.Discard, in) // what fills the last block
			return s, err
		}
		if err != nil {
			return s, fmt.Errorf("reading the saved image: %w", err)
		}
		switch path.Clean(h.Name) {
		case "manifest.json":
			err = s.manifest(files)
		case "index.json":
			err = s.index(files)
		case "repositories": // names, as engines before 1.10 wrote them
			s.names++
		}
		if err != nil {
			return s, fmt.Errorf("reading the saved image's %s: %w", h.Name, err)
		}
	}
}

// mostText bounds manifest.json and index.json, in bytes.
const mostText = 1 << 20

// manifest reads the file that names the images' configurations. Its digest is the
// image's ID where layers are in the engine's own store.
func (s *saved) manifest(in io.Reader) error {
	var images []struct {
		Config   string
		RepoTags []string
	}
	if err := json.NewDecoder(io.LimitReader(in, mostText)).Decode(&images); err != nil {
		return err
	}
	s.images += len(images)
	for _, image := range images {
		digest := strings.TrimSuffix(path.Base(image.Config), ".json") // blobs/sha256/DIGEST, or DIGEST.json
		s.ids = append(s.ids, "sha256:"+digest)
		s.names += len(image.RepoTags)
	}
	return nil
}

// index reads the file that names the images' manifests. Its digest is the image's
// ID where layers are in containerd's store.
func (s *saved) index(in io.Reader) error {
	var layout struct {
		Manifests []struct {
			Digest      string            `json:"digest"`
			Annotations map[string]string `json:"annotations"`
		} `json:"manifests"`
	}
	if err := json.NewDecoder(io.LimitReader(in, mostText)).Decode(&layout); err != nil {
		return err
	}
	for _, m := range layout.Manifests {
		s.ids = append(s.ids, m.Digest)
		for _, key := range []string{"io.containerd.image.name", "org.opencontainers.image.ref.name"} {
			if m.Annotations[key] != "" {
				s.names++
			}
		}
	}
	return nil
}
