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
}

// Digest covers task ids, task digests and tiers, in the order of ids: nothing
// that a check, a date or the order of the configuration changes. It is
// "sha256:" and the SHA-256, in hex, over a line "id\0digest\0tier\n" per task.
func (s *Suite) Digest() string {
	lines := make([]string, len(s.Tasks))
	for i, t := range s.Tasks {
		lines[i] = suiteLine(t.ID, t.Digest, t.Tier)
	}
	return suiteDigest(lines)
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
	ref := baselines.Suite{Name: s.Name, Digest: s.Digest()}
	for _, t := range s.Tasks {
		ref.Tasks = append(ref.Tasks, baselines.Task{ID: t.ID, Digest: t.Digest, Tier: string(t.Tier)})
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
