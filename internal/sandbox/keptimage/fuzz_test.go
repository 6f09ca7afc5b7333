package keptimage

import (
	"bytes"
	"testing"
)

// Whoever can write the cache writes these. None makes it panic, and a record that
// is read has a name that is a file's.
func FuzzRecord(f *testing.F) {
	f.Add([]byte(`{"schema":"benchgate.image/v1","name":"a-amd64","id":"sha256:` + digits + `","sha256":"` + digits + `","bytes":1}`))
	f.Add([]byte(`{"schema":"benchgate.image/v1","name":"../a"}`))
	f.Add([]byte(`{`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := decodeRecord(bytes.NewReader(text))
		if err == nil && (!plainName.MatchString(r.Name) || r.Bytes <= 0 || !imageID.MatchString(r.ID)) {
			t.Errorf("read %+v", r)
		}
	})
}

const digits = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func FuzzSavedImage(f *testing.F) {
	f.Add([]byte{}, []byte(`[{"Config":"`+digits+`.json"}]`))
	f.Add([]byte(`{"manifests":[{"digest":"sha256:`+digits+`"}]}`), []byte(`[{"Config":"blobs/sha256/`+digits+`","RepoTags":["a"]}]`))
	f.Add([]byte("null"), []byte("null"))
	f.Fuzz(func(t *testing.T, index, manifest []byte) {
		var s saved
		if s.index(bytes.NewReader(index)) == nil && s.manifest(bytes.NewReader(manifest)) == nil && s.check("") == nil && s.ids[0] != "" && len(s.ids) == 1 {
			t.Errorf("%q and %q pass for an image without an ID", index, manifest)
		}
		_, _ = readSaved(bytes.NewReader(manifest))
	})
}
