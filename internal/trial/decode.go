package trial

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/problem"
)

// maxRecording is how large a recording may be when it is unpacked, in bytes:
// the compressed size does not limit it.
const maxRecording = 512 << 20

var errRecordingTooLarge = fmt.Errorf("it unpacks to more than %d MiB", maxRecording>>20)

// decodeRecording reads what [Recording.write] wrote. What it returns can be
// played: no name in it leads out of the working directory.
func decodeRecording(r io.Reader) (*Recording, error) {
	gz, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	rec := new(Recording)
	seen := make(map[string]bool)
	left := &io.LimitedReader{R: gz, N: maxRecording}
	for in := tar.NewReader(left); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return rec, rec.validate()
		}
		var content []byte
		if err == nil {
			content, err = io.ReadAll(in)
		}
		if left.N == 0 {
			return nil, errRecordingTooLarge
		}
		if err != nil {
			return nil, err
		}
		if seen[h.Name] {
			return nil, fmt.Errorf("%q: it is there twice", h.Name)
		}
		seen[h.Name] = true
		if err := rec.take(h, content); err != nil {
			return nil, fmt.Errorf("%q: %w", h.Name, err)
		}
	}
}

// take reads one file of the archive into its field.
func (rec *Recording) take(h *tar.Header, content []byte) (err error) {
	name, isChange := strings.CutPrefix(h.Name, "changes/")
	telemetry, isTelemetry := strings.CutPrefix(h.Name, "otlp/")
	_, payload, named := otlp.ParseFileName(telemetry)
	switch {
	case isChange:
		return rec.takeChange(h, name, content)
	case h.Typeflag != tar.TypeReg:
		return errors.New("it is no file")
	case h.Name == "recording.json":
		var problems problem.List
		problem.NewSource(h.Name, content).DecodeJSON(rec, false, &problems)
		return problems.Err()
	case h.Name == "transcript.jsonl":
		rec.transcript = content
	case h.Name == "ledger.jsonl":
		rec.ledger, err = meter.ReadLedger(bytes.NewReader(content), h.Name)
	case isTelemetry && named:
		payload.Body = content
		rec.telemetry = append(rec.telemetry, payload)
	default:
		return errors.New("a recording has no such file")
	}
	return err
}

func (rec *Recording) takeChange(h *tar.Header, name string, content []byte) error {
	if h.Typeflag != tar.TypeReg && h.Typeflag != tar.TypeSymlink {
		return errors.New("it is neither a file nor a symbolic link")
	}
	rec.changes = append(rec.changes, change{&tar.Header{
		Typeflag: h.Typeflag, Name: name, Linkname: h.Linkname, Mode: h.Mode & 0o777, ModTime: h.ModTime,
	}, content})
	return nil
}

func (rec *Recording) validate() (err error) {
	if rec.Schema != recordingSchema {
		return fmt.Errorf("schema is %q, want %q", rec.Schema, recordingSchema)
	}
	if !rec.Ended.Counts() || !slices.Contains(baselines.AllEnded, rec.Ended) {
		return fmt.Errorf("ended is %q: such a trial is not recorded", rec.Ended)
	}
	if rec.Seconds < 0 || math.IsInf(rec.Seconds, 0) || math.IsNaN(rec.Seconds) {
		return fmt.Errorf("seconds is %v", rec.Seconds)
	}
	for _, f := range rec.Flags {
		if !slices.Contains(recordedFlags, f) {
			return fmt.Errorf("flag %q is none of a recording's", f)
		}
	}
	if err := rec.validatePaths(); err != nil {
		return err
	}
	rec.row, err = agent.Lookup(rec.Variant.Agent.Name)
	return err
}

// validatePaths refuses names that lead out of the working directory, by
// themselves or through a link that the recording brings.
func (rec *Recording) validatePaths() error {
	links := make(map[string]bool)
	names := slices.Clone(rec.Deleted)
	for _, c := range rec.changes {
		links[c.header.Name] = c.header.Typeflag == tar.TypeSymlink
		names = append(names, c.header.Name)
	}
	for _, name := range names {
		if !fs.ValidPath(name) || name == "." || strings.ContainsRune(name, 0) {
			return fmt.Errorf("%q is no path below the working directory", name)
		}
	}
	for _, c := range rec.changes {
		for dir := path.Dir(c.header.Name); dir != "."; dir = path.Dir(dir) {
			if links[dir] {
				return fmt.Errorf("%q lies behind the link %q", c.header.Name, dir)
			}
		}
	}
	return nil
}
