package benchgate

import (
	"path"
	"slices"
	"strings"
	"testing"
)

const longest = 500 // lines of a Go file

// saysNothing are names that fit every file: what is in it could be anywhere.
var saysNothing = []string{"util", "utils", "common", "helper", "helpers", "types", "manager", "misc", "shared", "base"}

// mayBeCalled are exceptions to saysNothing.
var mayBeCalled = []string{
	"internal/helper", // and below: the program that runs in a sandbox; "helper" is its name in the design
}

func TestFilesAreShort(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.lines > longest {
			t.Errorf("%s has %d lines, %d is the limit: split it by what its parts know", f.path, f.lines, longest)
		}
	}
}

func TestNamesSayWhatIsInside(t *testing.T) {
	for _, f := range goFiles(t) {
		file := strings.TrimSuffix(strings.TrimSuffix(path.Base(f.path), ".go"), "_test")
		if slices.Contains(saysNothing, file) {
			t.Errorf("%s: the name %q says nothing", f.path, file)
		}
		for _, part := range strings.Split(f.dir, "/") {
			if slices.Contains(saysNothing, part) && !slices.ContainsFunc(mayBeCalled, func(dir string) bool { return isBelow(f.dir, dir) }) {
				t.Errorf("%s: the folder name %q says nothing", f.path, part)
			}
		}
	}
}
