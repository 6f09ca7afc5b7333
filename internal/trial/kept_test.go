package trial

import (
	"archive/tar"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Of a stream that is too long its beginning and its end are kept, in whole
// lines, and what is missing is counted.
func TestOutputKeepsBothEnds(t *testing.T) {
	o := &output{maxHead: 20, maxTail: 10}
	for range 10 {
		for _, part := range []string{"line ", "of twenty bytes\n"} { // 21 with the break
			if n, err := o.Write([]byte(part)); n != len(part) || err != nil {
				t.Fatal(n, err)
			}
		}
	}
	if _, err := o.Write([]byte("short\nthe end\n")); err != nil {
		t.Fatal(err)
	}
	if got, want := o.text(), "[benchgate: 216 bytes were not kept here]\nthe end\n"; got != want {
		t.Errorf("kept %q, want %q", got, want)
	}
	o = &output{maxHead: 20, maxTail: 10}
	text := "0123456789\n0123456789\n0123456789"
	for i := range len(text) {
		if _, err := o.Write([]byte{text[i]}); err != nil {
			t.Fatal(err)
		}
	}
	if o.text() != text {
		t.Errorf("%q came back as %q although there was room", text, o.text())
	}
}

func snapshotOf(files map[string]string) *snapshot {
	s := &snapshot{files: make(map[string]change)}
	for name, content := range files {
		s.files[name] = change{&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, ModTime: time.Unix(0, 0)}, []byte(content)}
	}
	return s
}

func TestKeptLines(t *testing.T) {
	tests := []struct {
		name          string
		before, after map[string]string
		kept          int64
	}{
		{"a new file", nil, map[string]string{"a": "1\n2\n3"}, 3},
		{"a changed line", map[string]string{"a": "1\n2\n3\n"}, map[string]string{"a": "1\nx\n3\n"}, 1},
		{"a moved line is not new", map[string]string{"a": "1\n2\n"}, map[string]string{"a": "2\n1\n"}, 0},
		{"a doubled line is", map[string]string{"a": "1\n"}, map[string]string{"a": "1\n1\n"}, 1},
		{"deleted lines do not count", map[string]string{"a": "1\n2\n", "b": "3\n"}, map[string]string{"a": "1\n"}, 0},
		{"another line break is no other line", map[string]string{"a": "1\n2\n"}, map[string]string{"a": "1\r\n2"}, 0},
		{"binary files and git's own", nil, map[string]string{"a": "x\x00\n", ".git/logs/HEAD": "x\n", "sub/.git/x": "x\n", ".gitignore": "x\n"}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := snapshotOf(tt.after).keptSince(snapshotOf(tt.before)); got != tt.kept {
				t.Errorf("%d lines kept, want %d", got, tt.kept)
			}
		})
	}
}

// A snapshot bounds what it reads: an agent may have filled the disk.
func TestSnapshotsEnd(t *testing.T) {
	s := &snapshot{files: make(map[string]change)}
	limit := extent{files: 1, bytes: 10}
	for _, name := range []string{"app/a", "app/b"} {
		if err := s.add(&tar.Header{Typeflag: tar.TypeReg, Name: name}, strings.NewReader("12345")); err != nil {
			t.Fatal(err)
		}
	}
	if s.fits(limit) || !s.fits(extent{files: 2, bytes: 10}) || s.fits(extent{files: 2, bytes: 9}) {
		t.Errorf("%d files of %d bytes are misjudged", len(s.files), s.bytes)
	}
	// A second name of a file is a file of its own.
	err := s.add(&tar.Header{Typeflag: tar.TypeLink, Name: "app/c", Linkname: "app/a"}, strings.NewReader(""))
	if diff := cmp.Diff("12345", string(s.files["c"].content)); err != nil || diff != "" {
		t.Error(err, diff)
	}
}
