package branchstore

import (
	"fmt"
	"strings"
)

// maxName leaves room for the rest of a file's name, of which a file system takes
// 255 bytes.
const maxName = 200

// ValidName says what is wrong with a branch's name. The rules are those of
// git-check-ref-format(1), with fewer characters: letters, digits and "._-/".
func ValidName(name string) error {
	switch {
	case name == "" || len(name) > maxName:
		return fmt.Errorf("a branch's name has 1 to %d characters", maxName)
	case strings.ContainsFunc(name, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("._-/", r))
	}):
		return fmt.Errorf("a branch's name has only letters, digits, '.', '_', '-' and '/'")
	case strings.HasPrefix(name, "refs/"):
		return fmt.Errorf("a branch is named without refs/heads/")
	case strings.HasPrefix(name, "-") || name == "HEAD" || strings.Contains(name, "..") || strings.HasSuffix(name, "."):
		return fmt.Errorf("git takes no such name for a branch")
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || strings.HasPrefix(part, ".") || strings.HasSuffix(part, ".lock") {
			return fmt.Errorf("git takes no such name for a branch")
		}
	}
	return nil
}
