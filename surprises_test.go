package benchgate

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var ofSurprise = regexp.MustCompile(`"surprise_(\d\d)_[a-z0-9_]+"`)

// What Claude Code's telemetry does otherwise than one would think is known as twenty
// surprises; each has one test that bears its number.
func TestEachSurpriseHasATest(t *testing.T) {
	found := make(map[string][]string)
	err := filepath.WalkDir("internal", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := os.ReadFile(name)
		for _, m := range ofSurprise.FindAllStringSubmatch(string(text), -1) {
			found[m[1]] = append(found[m[1]], filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		if number := fmt.Sprintf("%02d", i+1); len(found[number]) != 1 {
			t.Errorf("surprise %s is in %d tests: %v", number, len(found[number]), found[number])
		}
	}
	if len(found) != 20 {
		t.Errorf("there are %d surprises", len(found))
	}
}
