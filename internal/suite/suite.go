package suite

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/baselines"
)

// Suite is a list of tasks under a name.
type Suite struct {
	Name  string
	Tasks []*Task // in the order of the configuration; ids are unique

	SolvedAt *baselines.SolvedAt // nil: the default; each task's tests have it, too

	Skipped []SkippedTask // that were refused, see [LoadOptions.SkipRefused]
}

// Digest covers task ids, task digests and tiers, in the order of ids, and from when a
// task is solved: nothing that a check, a date or the order of the configuration
// changes. It is "sha256:" and the SHA-256, in hex, over a line "id\0digest\0tier\n" per
// task, after a line "\0solved_at\0condition\n" where that is not the default.
func (s *Suite) Digest() string {
	lines := solvedLines(s.SolvedAt)
	for _, t := range s.Tasks {
		lines = append(lines, suiteLine(t.ID, t.Digest, t.Tier))
	}
	return suiteDigest(lines)
}

func solvedLines(s *baselines.SolvedAt) []string {
	if s == nil {
		return nil
	}
	return []string{fmt.Sprintf("\x00solved_at\x00%s\n", s)}
}

func suiteLine(id, digest string, tier Tier) string {
	return fmt.Sprintf("%s\x00%s\x00%s\n", id, digest, tier)
}

func suiteDigest(lines []string) string {
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "")))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Ref is the suite as run files name it. Images are left empty: they are known
// once an engine has prepared them.
func (s *Suite) Ref() baselines.Suite {
	ref := baselines.Suite{Name: s.Name, Digest: s.Digest(), SolvedAt: s.SolvedAt}
	for _, t := range s.Tasks {
		ref.Tasks = append(ref.Tasks, baselines.Task{ID: t.ID, Digest: t.Digest, Tier: string(t.Tier), KeepProcesses: t.Source.KeepProcesses})
	}
	return ref
}

// ByID returns the task with an id, or nil.
func (s *Suite) ByID(id string) *Task {
	for _, t := range s.Tasks {
		if t.ID == id {
			return t
		}
	}
	return nil
}
