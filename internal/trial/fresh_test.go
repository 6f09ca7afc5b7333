package trial_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/trial"
	"github.com/google/go-cmp/cmp"
)

// What an agent put into its working directory is carried without what a task
// cannot have asked for.
func TestWhatIsCarried(t *testing.T) {
	var in bytes.Buffer
	w := tar.NewWriter(&in)
	for _, h := range []*tar.Header{
		{Typeflag: tar.TypeDir, Name: "app/", Mode: 0o2775, Uid: 7},
		{Typeflag: tar.TypeReg, Name: "app/a", Mode: 0o4755, Size: 3, Uid: 7, Gid: 8, PAXRecords: map[string]string{"SCHILY.xattr.security.capability": "x"}},
		{Typeflag: tar.TypeSymlink, Name: "app/link", Linkname: "/etc/passwd", Mode: 0o777},
		{Typeflag: tar.TypeLink, Name: "app/hard", Linkname: "app/a", Mode: 0o755},
		{Typeflag: tar.TypeLink, Name: "app/out", Linkname: "../etc/passwd", Mode: 0o755},
		{Typeflag: tar.TypeChar, Name: "app/null", Mode: 0o666, Devmajor: 1, Devminor: 3},
		{Typeflag: tar.TypeBlock, Name: "app/disk", Mode: 0o666, Devmajor: 8},
		{Typeflag: tar.TypeFifo, Name: "app/pipe", Mode: 0o666},
		{Typeflag: tar.TypeReg, Name: "../up", Mode: 0o644, Size: 3},
		{Typeflag: tar.TypeReg, Name: "/etc/passwd", Mode: 0o644, Size: 3},
	} {
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, "abc"[:h.Size]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := trial.Sift(&in, &out); err != nil {
		t.Fatal(err)
	}
	var got []string
	for r := tar.NewReader(&out); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil || len(h.PAXRecords) > 0 {
			t.Errorf("%s: %v, %v", h.Name, err, h.PAXRecords)
		}
		got = append(got, strings.TrimSpace(fmt.Sprintf("%c %o %d:%d %s %s%s", h.Typeflag, h.Mode, h.Uid, h.Gid, h.Name, h.Linkname, content)))
	}
	want := []string{"5 775 7:0 app/", "0 755 7:8 app/a abc", "2 777 0:0 app/link /etc/passwd", "1 755 0:0 app/hard app/a"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A tar that says that it is huge is not read to its end.
func TestWhatIsTooMuchIsNotCarried(t *testing.T) {
	var in bytes.Buffer
	if err := tar.NewWriter(&in).WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "app/huge", Size: 15 << 40}); err != nil {
		t.Fatal(err)
	}
	if err := trial.Sift(&in, io.Discard); err == nil || !strings.Contains(err.Error(), "more than is carried") {
		t.Errorf("15 TiB: %v", err)
	}
}

func FuzzSift(f *testing.F) {
	f.Add([]byte("no tar"))
	f.Fuzz(func(_ *testing.T, text []byte) {
		_ = trial.Sift(bytes.NewReader(text), io.Discard)
	})
}
