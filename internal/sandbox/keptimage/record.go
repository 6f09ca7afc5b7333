package keptimage

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
)

// recordSchemaV1 names the format of the file beside an image.
const recordSchemaV1 = "benchgate.image/v1"

// record is what is known of a kept image.
type record struct {
	Schema string `json:"schema"`
	Name   string `json:"name"`
	ID     string `json:"id"`     // the engine's: "sha256:" and 64 hexadecimal digits
	SHA256 string `json:"sha256"` // of the file
	Bytes  int64  `json:"bytes"`  // of the file
}

var (
	imageID   = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
	hexDigest = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

func readRecord(file string) (record, error) {
	const most = 64 << 10
	f, err := os.Open(file)
	if err != nil {
		return record{}, err
	}
	defer f.Close()
	return decodeRecord(io.LimitReader(f, most))
}

func decodeRecord(in io.Reader) (record, error) {
	var r record
	if err := json.NewDecoder(in).Decode(&r); err != nil {
		return record{}, fmt.Errorf("reading its record: %w", err)
	}
	switch {
	case r.Schema != recordSchemaV1:
		return record{}, errors.New("its record is none of the schema " + recordSchemaV1)
	case !plainName.MatchString(r.Name) || !imageID.MatchString(r.ID) || !hexDigest.MatchString(r.SHA256) || r.Bytes <= 0:
		return record{}, errors.New("its record lacks a name, an ID, a digest or a length")
	}
	return r, nil
}

func (r *record) encode(w io.Writer) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}
