package sandboxtest

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func testCopy(t *testing.T, l *lab) {
	sb := l.create(t, l.spec("copy"))
	names := []string{"run.sh", "data/", "data/secret", "data/link", "empty/"}
	files := map[string]entry{
		"run.sh":      {Mode: 0o755, Content: "#!/bin/sh\necho ran\n"},
		"data/":       {Mode: 0o750, Dir: true},
		"data/secret": {Mode: 0o600, Content: "s"},
		"data/link":   {Link: "../run.sh"},
		"empty/":      {Mode: 0o755, Dir: true},
	}
	if err := sb.CopyIn(t.Context(), "/new/place", pack(t, names, files)); err != nil {
		t.Fatalf("copying in: %v", err)
	}

	t.Run("what went in comes out", func(t *testing.T) {
		want := make(map[string]entry)
		for name, e := range files {
			want["place/"+name] = e
		}
		got := unpack(t, sb, "/new/place")
		delete(got, "place/")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("files (-want +got):\n%s", diff)
		}
	})
	t.Run("a single file comes out under its name", func(t *testing.T) {
		want := map[string]entry{"secret": files["data/secret"]}
		if diff := cmp.Diff(want, unpack(t, sb, "/new/place/data/secret")); diff != "" {
			t.Errorf("files (-want +got):\n%s", diff)
		}
	})
	t.Run("programs run, through links too", func(t *testing.T) {
		if got := output(t, sb, sb.Path("/new/place/data/link")); got != "ran\n" {
			t.Errorf("the script printed %q", got)
		}
	})
	t.Run("copying into a folder keeps what is there", func(t *testing.T) {
		more := pack(t, []string{"run.sh", "more"}, map[string]entry{
			"run.sh": {Mode: 0o644, Content: "short"}, "more": {Mode: 0o644, Content: "m"},
		})
		if err := sb.CopyIn(t.Context(), "/new/place", more); err != nil {
			t.Fatal(err)
		}
		got := unpack(t, sb, "/new/place")
		if e := got["place/run.sh"]; e.Content != "short" || e.Mode != 0o644 {
			t.Errorf("run.sh is %+v, want it replaced", e)
		}
		if got["place/data/secret"].Content != "s" || got["place/more"].Content != "m" {
			t.Errorf("files after the second copy: %+v", got)
		}
	})
	t.Run("a path that is not there", func(t *testing.T) {
		for _, path := range []string{"/nowhere", "/new/place/nothing"} {
			if _, err := sb.CopyOut(t.Context(), path); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("copying %s out: %v, want one matching fs.ErrNotExist", path, err)
			}
		}
	})
	t.Run("a broken tar is an error", func(t *testing.T) {
		if err := sb.CopyIn(t.Context(), "/new", strings.NewReader(strings.Repeat("not a tar", 200))); err == nil {
			t.Error("copying in 1800 bytes of text succeeded")
		}
	})
}
