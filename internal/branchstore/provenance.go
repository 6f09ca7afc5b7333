package branchstore

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/plain"
)

// provenanceV1 names the format of a provenance file.
const provenanceV1 = "benchgate.provenance/v1"

// Provenance is where a run was measured; what is not known is empty. It is kept
// beside the run, and in the message of each commit that its writer makes.
type Provenance struct {
	Schema string `json:"schema"`
	RunURL string `json:"run_url,omitempty"` // page of the CI run
	Commit string `json:"commit,omitempty"`  // of the repository whose files were measured, in full
}

func (p Provenance) known() bool { return p.RunURL != "" || p.Commit != "" }

func (p Provenance) encode() ([]byte, error) {
	p.Schema = provenanceV1
	text, err := json.MarshalIndent(p, "", "  ")
	return append(text, '\n'), err
}

// trailers are its lines in a commit's message.
func (p Provenance) trailers() string {
	var b strings.Builder
	for _, line := range []struct{ name, value string }{{"Benchgate-Run", p.RunURL}, {"Benchgate-Commit", p.Commit}} {
		if line.value != "" {
			fmt.Fprintf(&b, "%s: %s\n", line.name, plain.Line(line.value, 2000))
		}
	}
	return b.String()
}

// message is a commit's: what is done with a run, and by whom. Several runs are
// counted in its first line and listed below it.
func (p Provenance) message(doing string, ids ...string) string {
	text := "baseline: " + doing + " " + ids[0] + "\n"
	if len(ids) > 1 {
		text = fmt.Sprintf("baseline: %s %d runs\n\n%s\n", doing, len(ids), strings.Join(ids, "\n"))
	}
	if trailers := p.trailers(); trailers != "" {
		text += "\n" + trailers
	}
	return text
}

// Provenance returns where a stored run was measured: the zero value when that
// is not known, [baselines.ErrNotFound] when there is no such run.
func (s *Store) Provenance(ctx context.Context, id string) (Provenance, error) {
	p, err := s.provenance(ctx, id)
	if err != nil {
		return Provenance{}, fmt.Errorf("reading where run %s was measured: %w", plain.Line(id, 130), err)
	}
	return p, nil
}

func (s *Store) provenance(ctx context.Context, id string) (Provenance, error) {
	run, err := s.find(ctx, id)
	if err != nil {
		return Provenance{}, err
	}
	f, has := run[provenanceFile]
	if !has {
		return Provenance{}, nil
	}
	content, err := s.read(ctx, f)
	if err != nil {
		return Provenance{}, err
	}
	return readProvenance(content, f.Path)
}

func readProvenance(content []byte, path string) (Provenance, error) {
	var p Provenance
	if err := json.NewDecoder(bytes.NewReader(content)).Decode(&p); err != nil {
		return Provenance{}, fmt.Errorf("%s: %w", path, err)
	}
	if p.Schema != provenanceV1 {
		return Provenance{}, fmt.Errorf("%s: schema is %q, want %q", path, plain.Line(p.Schema, 60), provenanceV1)
	}
	return p, nil
}

// notFound is the error of a run that is not on the branch.
func (s *Store) notFound(what, id string) error {
	return fmt.Errorf("%s %s on %s: %w", what, plain.Line(id, 130), s.branch, baselines.ErrNotFound)
}
