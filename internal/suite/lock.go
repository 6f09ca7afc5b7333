package suite

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/problem"
)

// lockSchemaV1 names the format of a lock, such as benchgate.lock.
const lockSchemaV1 = "benchgate.lock/v1"

// Lock pins a suite: what every task was, where it came from, and what
// `benchgate check` found of it. It is written as JSON, sorted, so that two
// locks of the same suite are the same bytes.
type Lock struct {
	Schema string `json:"schema"`
	Suite  string `json:"suite"`
	Digest string `json:"digest"` // see [Suite.Digest]

	SolvedAt *baselines.SolvedAt `json:"solved_at,omitempty"` // nil: the default

	Tasks []LockedTask `json:"tasks"` // sorted by id

	// Skipped are tasks of the configuration that cannot run here; they are no part of
	// the suite.
	Skipped []SkippedTask `json:"skipped,omitempty"`
}

// SkippedTask is a task that was refused when the suite was locked.
type SkippedTask struct {
	ID  string `json:"id"`
	Why string `json:"why"` // a line a reason
}

// LockedTask is one pinned task.
type LockedTask struct {
	ID     string            `json:"id"`
	Form   Form              `json:"form"`
	Tier   Tier              `json:"tier"`
	Source LockedSource      `json:"source"`
	Commit string            `json:"commit,omitempty"` // of a git source
	Digest string            `json:"digest"`           // see digestOf
	Files  map[string]string `json:"files"`            // path to SHA-256 in hex, to name what changed

	// Images are the base images. Digests are recorded where they are known.
	Images []BaseImage `json:"images,omitempty"`

	// Check is what `benchgate check` found of these very files; nil when the
	// task was not checked since it changed.
	Check *Check `json:"check,omitempty"`
}

// LockedSource is a [Source] of one task.
type LockedSource struct {
	Path string `json:"path"`
	Git  string `json:"git,omitempty"`
	Ref  string `json:"ref,omitempty"`
}

// Check is what `benchgate check` found.
type Check struct {
	// ReferencePasses is whether the task's own solution is accepted; nil when
	// the task has none.
	ReferencePasses *bool `json:"reference_passes,omitempty"`

	// NothingFails is whether the untouched task is rejected.
	NothingFails bool `json:"nothing_fails"`

	// LeavesProcesses is whether the solution left processes running that the
	// tests need: the trial then stops the agent's own tree only.
	LeavesProcesses bool `json:"leaves_processes"`

	// AnswerInHistory are files that the solution writes and that git repositories in
	// the task's working directory hold already, in any commit; none where that is
	// how the solution gets them. Upstream is where these repositories were copied
	// from, as in "github.com/owner/name".
	AnswerInHistory []string `json:"answer_in_history,omitempty"`
	Upstream        []string `json:"upstream,omitempty"`

	At     time.Time `json:"at"`
	Commit string    `json:"commit,omitempty"` // of the user's repository; empty outside one
}

// NewLock pins a loaded suite. Base image digests that a name does not carry
// and checks are taken over from the previous lock (nil when there is none) for
// tasks whose digest did not change.
func NewLock(s *Suite, previous *Lock) (*Lock, error) {
	l := &Lock{Schema: lockSchemaV1, Suite: s.Name, Digest: s.Digest(), SolvedAt: s.SolvedAt, Skipped: s.Skipped}
	for _, t := range s.Tasks {
		images, err := baseImages(t)
		if err != nil {
			return nil, fmt.Errorf("locking %s: %w", t.ID, err)
		}
		locked := LockedTask{
			ID: t.ID, Form: t.Form, Tier: t.Tier, Digest: t.Digest,
			Source: LockedSource{Path: t.Source.Path, Git: t.Source.Git, Ref: t.Source.Ref},
			Commit: t.Source.Commit,
			Files:  make(map[string]string, len(t.Files)),
			Images: images,
		}
		for _, f := range t.Files {
			locked.Files[f.Path] = f.SHA256
		}
		if old := previous.Task(t.ID); old != nil && old.Digest == t.Digest {
			locked.Check = old.Check
			keepImageDigests(locked.Images, old.Images)
		}
		l.Tasks = append(l.Tasks, locked)
	}
	slices.SortFunc(l.Tasks, func(a, b LockedTask) int { return strings.Compare(a.ID, b.ID) })
	return l, nil
}

func keepImageDigests(images, old []BaseImage) {
	for i := range images {
		for _, o := range old {
			if o.Name == images[i].Name && images[i].Digest == "" {
				images[i].Digest = o.Digest
			}
		}
	}
}

// Task returns the locked task with an id, to be read or, for its Check and
// image digests, filled in; nil when there is none. The lock may be nil.
func (l *Lock) Task(id string) *LockedTask {
	if l == nil {
		return nil
	}
	for i := range l.Tasks {
		if l.Tasks[i].ID == id {
			return &l.Tasks[i]
		}
	}
	return nil
}

// Pin returns the sources with the commits this lock has for them, so that
// loading takes what was locked and not what a branch is now.
func (l *Lock) Pin(sources []Source) []Source {
	pinned := slices.Clone(sources)
	for i, src := range pinned {
		if src.Git == "" || src.Commit != "" {
			continue
		}
		for _, t := range l.Tasks {
			if t.Source.Git == src.Git && t.Source.Ref == src.Ref && underPattern(src.Path, t.Source.Path) {
				pinned[i].Commit = t.Commit
				break
			}
		}
	}
	return pinned
}

// Encode writes the lock as it is kept in a repository: indented, one thing a
// line, a final newline.
func (l *Lock) Encode(w io.Writer) error {
	data, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return fmt.Errorf("writing lock: %w", err)
	}
	if _, err := w.Write(append(data, '\n')); err != nil {
		return fmt.Errorf("writing lock: %w", err)
	}
	return nil
}

// DecodeLock reads a lock strictly: unknown fields, digests that contradict
// their lists and anything after the document are errors, a [problem.List]
// with all of them. File is the name that messages use.
func DecodeLock(file string, data []byte) (*Lock, error) {
	d := lockDecoder{text: problem.NewSource(file, data)}
	var l Lock
	d.root = d.text.DecodeJSON(&l, true, &d.problems)
	switch {
	case d.root == nil: // no JSON
	case l.Schema != lockSchemaV1: // of another format nothing else can be judged
		d.problems = problem.List{}
		d.refuse("schema", "schema is %q, want %q", l.Schema, lockSchemaV1)
	case d.problems.Len() == 0:
		d.validate(&l)
	}
	for _, p := range d.problems.All() {
		p.Hint = "run benchgate lock to write the file again"
	}
	if err := d.problems.Err(); err != nil {
		return nil, err
	}
	return &l, nil
}

type lockDecoder struct {
	text     *problem.Source
	root     *problem.Node
	problems problem.List
}

// refuse notes what is wrong with the value at a path such as tasks[2].digest.
func (d *lockDecoder) refuse(path, format string, args ...any) {
	d.problems.Add(d.text.At(d.root.Find(path).Offset, format, args...))
}

// validate says everything that is wrong with what the lock means.
func (d *lockDecoder) validate(l *Lock) {
	lines := solvedLines(l.SolvedAt)
	for i, t := range l.Tasks {
		at := fmt.Sprintf("tasks[%d]", i)
		if i > 0 && l.Tasks[i-1].ID >= t.ID {
			d.refuse(at+".id", "task %q stands after %q: want tasks sorted by id, each once", t.ID, l.Tasks[i-1].ID)
		}
		if t.Digest != digestOf(t.listed()) {
			d.refuse(at+".digest", "task %q: the digest is not that of its files: the file was edited or merged by hand", t.ID)
		}
		if t.Source.Git != "" && !isCommit(t.Commit) {
			d.refuse(at+".commit", "task %q: commit is %q, want 40 hex digits", t.ID, t.Commit)
		}
		lines = append(lines, suiteLine(t.ID, t.Digest, t.Tier))
	}
	if d.problems.Len() == 0 && l.Digest != suiteDigest(lines) {
		d.refuse("digest", "the suite's digest is not that of its tasks: the file was edited or merged by hand")
	}
}

func (t LockedTask) listed() []pinnedFile {
	files := make([]pinnedFile, 0, len(t.Files))
	for path, sum := range t.Files {
		files = append(files, pinnedFile{path, sum})
	}
	return files
}
