package run_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
)

// placeholder is what the agent gets in the key's place. It must be found where
// the key is looked for; otherwise the search is blind.
const placeholder = "benchgate-holds-the-key"

// checkKey searches everything the run wrote, said, or made the engine know.
func checkKey(t *testing.T, r *rig, w *watcher, all []measured) {
	t.Helper()
	for _, form := range []string{secretPart, strings.ToUpper(secretPart)} {
		if files := holding(t, form, r.runs, r.cache); len(files) > 0 {
			t.Errorf("the key is in %v", files)
		}
	}
	if strings.Contains(r.said.String(), secretPart) {
		t.Error("the key is in the log, the notices or the progress")
	}
	for id, text := range w.inspected {
		if strings.Contains(text, secretPart) {
			t.Errorf("the engine knows the key of container %s", id)
		}
	}
	// The script of this task prints every environment in the container, in
	// capitals, which redaction leaves alone.
	for _, arm := range []baselines.Arm{baselines.Baseline, baselines.Candidate} {
		for _, m := range of(all, arm, "list-trees") {
			if len(holding(t, "ANTHROPIC_API_KEY="+strings.ToUpper(placeholder), m.dir)) == 0 {
				t.Errorf("%s: its transcript does not show the environments that it was to print", m.id)
			}
		}
	}
}

// holding lists the files below the directories that hold a text.
func holding(t *testing.T, text string, dirs ...string) []string {
	t.Helper()
	var found []string
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) && file == dir {
				return nil // nothing was cached: the engine had the agent already
			}
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			f, err := os.Open(file)
			if err != nil {
				return err
			}
			defer f.Close()
			holds, err := contains(f, []byte(text))
			if holds {
				found = append(found, file)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// contains searches a stream of any length; blocks overlap by the text's
// length, so that it is found across their edges.
func contains(r io.Reader, text []byte) (bool, error) {
	block := make([]byte, 1<<20)
	kept := 0
	for {
		n, err := r.Read(block[kept:])
		have := block[:kept+n]
		if bytes.Contains(have, text) {
			return true, nil
		}
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		kept = copy(block, have[max(0, len(have)-len(text)+1):])
	}
}
