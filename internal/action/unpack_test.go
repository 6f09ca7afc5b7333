package action

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const aRun = "20261126T101112.345Z-abcdef"

type packed struct {
	name, text string
	mode       fs.FileMode
}

func pack(t testing.TB, files ...packed) *bytes.Reader {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate}
		h.SetMode(f.mode | 0o644)
		to, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write([]byte(f.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b.Bytes())
}

// filesBelow are the regular files below a directory.
func filesBelow(t testing.TB, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(dir, path)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestAnArtifactGivesBackItsRuns(t *testing.T) {
	runs := t.TempDir()
	archive := pack(t,
		packed{name: aRun + "/plan.json", text: "{}"},
		packed{name: aRun + "/confirm/candidate.jsonl", text: "x"},
		packed{name: aRun + "/trials/candidate/a/1.1/transcript.jsonl", text: "agent"},
		packed{name: "../../etc/passwd", text: "root"},
		packed{name: "/etc/passwd", text: "root"},
		packed{name: aRun + "/../../plan.json", text: "root"},
		packed{name: "summary.md", text: "words"},
	)
	n, err := unpack(archive, archive.Size(), runs)
	if err != nil || n != 1 {
		t.Fatalf("%d runs, %v, want 1", n, err)
	}
	want := []string{aRun + "/confirm/candidate.jsonl", aRun + "/plan.json"}
	if got := filesBelow(t, filepath.Dir(runs)); !slices.Equal(trimmed(got, filepath.Base(runs)), want) {
		t.Errorf("the files are %q, want %q", got, want)
	}

	other := pack(t, packed{name: aRun + "/plan.json", text: "another"})
	if n, err := unpack(other, other.Size(), runs); err != nil || n != 0 {
		t.Errorf("a run that is there was unpacked over: %d, %v", n, err)
	}
	if text, _ := os.ReadFile(filepath.Join(runs, aRun, "plan.json")); string(text) != "{}" {
		t.Errorf("the run that was there holds %q now", text)
	}
}

func trimmed(names []string, dir string) []string {
	var out []string
	for _, name := range names {
		out = append(out, strings.TrimPrefix(name, dir+"/"))
	}
	return out
}

func TestAForgedArtifactLeavesNothing(t *testing.T) {
	big := strings.Repeat("0", maxRestoredFile+1)
	for _, test := range []struct {
		name, says string
		files      []packed
	}{
		{"a link", "no regular file", []packed{{name: aRun + "/plan.json", text: "/etc/passwd", mode: fs.ModeSymlink}}},
		{"a device", "no regular file", []packed{{name: aRun + "/plan.json", mode: fs.ModeDevice}}},
		{"a name twice", "twice", []packed{{name: aRun + "/plan.json", text: "1"}, {name: aRun + "/plan.json", text: "2"}}},
		{"a bomb", "larger than", []packed{{name: aRun + "/plan.json", text: "1"}, {name: aRun + "/ledger.jsonl", text: big}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			runs := t.TempDir()
			archive := pack(t, test.files...)
			if _, err := unpack(archive, archive.Size(), runs); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("the error is %v, want %q", err, test.says)
			}
			if left := filesBelow(t, runs); len(left) > 0 {
				t.Errorf("%q are left", left)
			}
		})
	}
}

// A zip says how large its files are, and may lie.
func TestAFileThatIsLargerThanItSaysIsRefused(t *testing.T) {
	archive := pack(t, packed{name: aRun + "/plan.json", text: "12345678"})
	reader, err := zip.NewReader(archive, archive.Size())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := unpackFile(reader.File[0], filepath.Join(t.TempDir(), "plan.json"), 4); err == nil || !strings.Contains(err.Error(), "larger") {
		t.Errorf("the error is %v", err)
	}
}

func FuzzUnpack(f *testing.F) {
	whole := pack(f, packed{name: aRun + "/plan.json", text: "{}"}, packed{name: "../x", text: "y"})
	text := make([]byte, whole.Size())
	_, _ = whole.ReadAt(text, 0)
	f.Add(text)
	f.Fuzz(func(t *testing.T, text []byte) {
		above := t.TempDir()
		runs := filepath.Join(above, "runs")
		_, _ = unpack(bytes.NewReader(text), int64(len(text)), runs)
		for _, name := range filesBelow(t, above) {
			if !strings.HasPrefix(name, "runs/2") || strings.Contains(name, "trials") {
				t.Errorf("%q was written", name)
			}
		}
	})
}
