package branchstore_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/branchstore"
)

// held is a branch that never moves, with the given files.
type held map[string]string

func (h held) Tip(context.Context) (branchstore.Tip, error) {
	tip := branchstore.Tip{Commit: "c"}
	for path, content := range h {
		tip.Files = append(tip.Files, branchstore.File{Path: path, ID: branchstore.BlobID([]byte(content), 40), Size: int64(len(content)), Regular: true})
	}
	return tip, nil
}

func (h held) Blob(_ context.Context, f branchstore.File) ([]byte, error) {
	return []byte(h[f.Path]), nil
}

func (h held) Commit(context.Context, branchstore.Tip, branchstore.Change) error {
	return branchstore.ErrMoved
}

func (h held) String() string { return "branch held" }

func FuzzWhatIsOnABranch(f *testing.F) {
	var good strings.Builder
	if err := baselines.Encode(&good, run("r1")); err != nil {
		f.Fatal(err)
	}
	f.Add("r1/run.jsonl", good.String(), `{"schema":"benchgate.provenance/v1","run_url":"x"}`)
	f.Add("../run.jsonl", good.String(), "{")
	f.Add("r1/../r2/run.jsonl", "{}\n", "null")
	f.Add("\x00\t\n", "", "")
	f.Fuzz(func(t *testing.T, path, content, provenance string) {
		id, _, _ := strings.Cut(path, "/")
		s := branchstore.New(held{path: content, id + "/provenance.json": provenance}, branchstore.Provenance{})
		entries, err := s.List(t.Context(), baselines.Query{})
		for _, e := range entries {
			if baselines.ValidID(e.Header.ID) != nil || e.Header.ID != id || path != id+"/run.jsonl" {
				t.Errorf("%q holds run %q", path, e.Header.ID)
			}
			if _, err := s.Load(t.Context(), e.Header.ID); err != nil {
				t.Errorf("it is listed and cannot be loaded: %v", err)
			}
		}
		if err != nil && len(entries) > 0 {
			t.Errorf("%d runs and %v", len(entries), err)
		}
		if p, err := branchstore.ReadProvenance([]byte(provenance), path); err == nil && p.Schema != "benchgate.provenance/v1" {
			t.Errorf("%q is read as %+v", provenance, p)
		}
	})
}

func FuzzGitsListOfFiles(f *testing.F) {
	f.Add("100644 blob 0123456789012345678901234567890123456789      12\tr1/run.jsonl\x00120000 blob 01 3\tlink\x00160000 commit 02 -\tother\x00")
	f.Add("\x00\x00 \t\x00")
	f.Fuzz(func(t *testing.T, out string) {
		for _, file := range branchstore.Listed(out) {
			if strings.Contains(file.Path, "\x00") || file.Regular && file.Size < 0 {
				t.Errorf("%q is read as %+v", out, file)
			}
		}
	})
}

func TestABranchThatRefusesAndStandsStill(t *testing.T) {
	s := branchstore.New(held{"README.md": "x"}, branchstore.Provenance{})
	tries := 0
	s.Sleep = func(ctx context.Context, _ time.Duration) error { tries++; return ctx.Err() }
	err := s.Save(t.Context(), run("r1"), nil)
	if !errors.Is(err, branchstore.ErrMoved) || !strings.Contains(err.Error(), "does not move") || tries > 10 {
		t.Errorf("after %d tries it says %v", tries, err)
	}
}

func TestContentsThatAreNotWhatTheirIdsSay(t *testing.T) {
	s := branchstore.New(swapped{held{"r1/run.jsonl": "{}\n"}}, branchstore.Provenance{})
	if _, err := s.Load(t.Context(), "r1"); err == nil || !strings.Contains(err.Error(), "is not what its id says") {
		t.Errorf("it says %v", err)
	}
}

// swapped gives other contents than it lists.
type swapped struct{ held }

func (s swapped) Blob(context.Context, branchstore.File) ([]byte, error) { return []byte("[]\n"), nil }

func TestAReadOnlyStore(t *testing.T) {
	s := branchstore.ReadOnly(branchstore.New(held{}, branchstore.Provenance{}), "a pull request started this job")
	for what, err := range map[string]error{
		"save":    s.Save(t.Context(), run("r1"), nil),
		"promote": s.Promote(t.Context(), "r1"),
		"remove":  s.Remove(t.Context(), "r1"),
	} {
		if !errors.Is(err, branchstore.ErrReadOnly) || !strings.Contains(err.Error(), "a pull request started this job") {
			t.Errorf("%s says %v", what, err)
		}
	}
	if _, err := s.List(t.Context(), baselines.Query{}); err != nil {
		t.Errorf("reading: %v", err)
	}
}

func TestNamesOfBranches(t *testing.T) {
	for name, valid := range map[string]bool{
		"benchgate-baselines": true, "benchgate/baselines": true, "a.b": true, "promote-r1.x": true,
		"": false, "-f": false, "HEAD": false, "refs/heads/x": false, "a..b": false, "a/": false, "/a": false, "a//b": false, "a/.b": false,
		"a.lock": false, "a b": false, "a~1": false, "a:b": false, "ä": false, "a.": false, strings.Repeat("a", 201): false,
	} {
		if err := branchstore.ValidName(name); (err == nil) != valid {
			t.Errorf("%q: %v, want it valid: %v", name, err, valid)
		}
	}
}
