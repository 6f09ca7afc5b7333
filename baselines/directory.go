package baselines

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/benchgate/benchgate/internal/wholefile"
)

// Names of a stored run's files, in a [Directory] and wherever else runs are
// stored as files.
const (
	RunFile    = "run.jsonl"
	LedgerFile = "ledger.jsonl"
)

const temporary = ".tmp-" // begins a directory that is not finished yet, or being removed

// isTemporary reports whether a crash left the file or directory of this name:
// one of ours, or what renameio made for a file that was never finished.
func isTemporary(name string) bool {
	for _, prefix := range []string{temporary, "." + RunFile, "." + LedgerFile} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// Directory is a [Store] in a directory of the file system:
//
//	<dir>/<id>/run.jsonl
//	<dir>/<id>/ledger.jsonl   when the run was saved with one
//
// A run appears and disappears by one rename. A crash can leave a directory
// whose name begins with ".tmp-"; readers pass over it and [Directory.Clean]
// removes it.
type Directory struct {
	dir string
}

var _ Store = (*Directory)(nil)

// NewDirectory returns the store in dir, which is created by the first Save.
func NewDirectory(dir string) *Directory { return &Directory{dir: dir} }

// Save implements [Store].
func (d *Directory) Save(ctx context.Context, r *Run, ledger io.Reader) error {
	if err := d.place(ctx, r, ledger); err != nil {
		return fmt.Errorf("saving baseline: %w", err)
	}
	return nil
}

func (d *Directory) place(ctx context.Context, r *Run, ledger io.Reader) error {
	if err := errors.Join(ctx.Err(), ValidID(r.Header.ID)); err != nil {
		return err
	}
	if err := os.MkdirAll(d.dir, 0o755); err != nil {
		return err
	}
	made, err := os.MkdirTemp(d.dir, temporary+"*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(made) // nothing is left there once it was renamed
	if err := fill(made, r, ledger); err != nil {
		return err
	}
	final := filepath.Join(d.dir, r.Header.ID)
	err = os.Rename(made, final)
	if _, there := os.Stat(filepath.Join(final, RunFile)); err != nil && there == nil {
		return sameContent(made, final, r.Header.ID)
	}
	if err != nil {
		return err
	}
	return wholefile.SyncDir(d.dir)
}

// fill writes the run's files into a directory that has none.
func fill(dir string, r *Run, ledger io.Reader) error {
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	if err := wholefile.Write(filepath.Join(dir, RunFile), func(w io.Writer) error { return Encode(w, r) }); err != nil {
		return err
	}
	if ledger == nil {
		return nil
	}
	return wholefile.Write(filepath.Join(dir, LedgerFile), func(w io.Writer) error {
		_, err := io.Copy(w, ledger)
		return err
	})
}

// sameContent returns ErrExists unless both directories hold the same
// measurement and ledger.
func sameContent(made, final, id string) error {
	a, errA := ReadFile(filepath.Join(made, RunFile))
	b, errB := ReadFile(filepath.Join(final, RunFile))
	if err := errors.Join(errA, errB); err != nil {
		return err
	}
	same, err := SameMeasurement(a, b)
	if err != nil {
		return err
	}
	ledgerA, errA := readOptional(filepath.Join(made, LedgerFile))
	ledgerB, errB := readOptional(filepath.Join(final, LedgerFile))
	if err := errors.Join(errA, errB); err != nil {
		return err
	}
	if !same || !bytes.Equal(ledgerA, ledgerB) {
		return fmt.Errorf("run %s: %w", id, ErrExists)
	}
	return nil
}

func readOptional(path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return b, err
}

// Load implements [Store].
func (d *Directory) Load(ctx context.Context, id string) (*Run, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("loading baseline: %w", err)
	}
	path, err := d.path(id, RunFile)
	if err != nil {
		return nil, fmt.Errorf("loading baseline: %w", err)
	}
	r, err := ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("loading baseline: %w", d.missing(err, "run "+id))
	}
	if r.Header.ID != id {
		return nil, fmt.Errorf("loading baseline: %s holds run %q; rename its directory to that", path, r.Header.ID)
	}
	return r, nil
}

// Ledger implements [Store].
func (d *Directory) Ledger(ctx context.Context, id string) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("opening ledger: %w", err)
	}
	path, err := d.path(id, LedgerFile)
	if err != nil {
		return nil, fmt.Errorf("opening ledger: %w", err)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening ledger: %w", d.missing(err, "ledger of run "+id))
	}
	return f, nil
}

// List implements [Store]. One unreadable run makes it fail and is named: a
// baseline that silently shrinks would change verdicts.
func (d *Directory) List(ctx context.Context, q Query) ([]Entry, error) {
	dirs, err := os.ReadDir(d.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("listing baselines: %w", err)
	}
	var out []Entry
	for _, e := range dirs {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("listing baselines: %w", err)
		}
		if !e.IsDir() || ValidID(e.Name()) != nil {
			continue
		}
		r, err := d.Load(ctx, e.Name())
		if errors.Is(err, ErrNotFound) {
			continue // no run's directory, or removed meanwhile
		}
		if err != nil {
			return nil, fmt.Errorf("listing baselines: %w", err)
		}
		if q.Matches(r.Header) {
			out = append(out, NewEntry(r))
		}
	}
	slices.SortFunc(out, NewestFirst)
	return out, nil
}

// Promote implements [Store].
func (d *Directory) Promote(ctx context.Context, id string) error {
	r, err := d.Load(ctx, id)
	if err != nil {
		return fmt.Errorf("promoting run: %w", err)
	}
	if r.Header.Arm == Baseline {
		return nil
	}
	r.Header.Arm = Baseline
	path := filepath.Join(d.dir, id, RunFile)
	if err := wholefile.Write(path, func(w io.Writer) error { return Encode(w, r) }); err != nil {
		return fmt.Errorf("promoting run: %w", d.missing(err, "run "+id))
	}
	return nil
}

// Remove implements [Store].
func (d *Directory) Remove(ctx context.Context, id string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("removing baseline: %w", err)
	}
	if err := d.discard(id); err != nil {
		return fmt.Errorf("removing baseline: %w", err)
	}
	return nil
}

func (d *Directory) discard(id string) error {
	path, err := d.path(id, "")
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(path, RunFile)); err != nil {
		return d.missing(err, "run "+id)
	}
	trash, err := os.MkdirTemp(d.dir, temporary+"*")
	if err != nil {
		return err
	}
	if err := os.Rename(path, filepath.Join(trash, id)); err != nil {
		return errors.Join(d.missing(err, "run "+id), os.Remove(trash))
	}
	return errors.Join(os.RemoveAll(trash), wholefile.SyncDir(d.dir))
}

// Clean removes what crashes left behind. No other process may be saving,
// promoting or removing at the same time.
func (d *Directory) Clean(ctx context.Context) error {
	err := filepath.WalkDir(d.dir, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case !isTemporary(e.Name()):
			return nil
		case e.IsDir():
			if err := os.RemoveAll(path); err != nil {
				return err
			}
			return fs.SkipDir
		default:
			return os.Remove(path)
		}
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cleaning baselines: %w", err)
	}
	return nil
}

// path is where a run's file is. An id that nothing can be stored under
// cannot be there.
func (d *Directory) path(id, name string) (string, error) {
	if ValidID(id) != nil {
		return "", fmt.Errorf("run %q: %w", id, ErrNotFound)
	}
	return filepath.Join(d.dir, id, name), nil
}

// missing turns "no such file" into the store's own error.
func (d *Directory) missing(err error, what string) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return fmt.Errorf("%s in %s: %w", what, d.dir, ErrNotFound)
	}
	return err
}
