package suite

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// toLocalhost is how tests address a service in their own container.
var toLocalhost = regexp.MustCompile(`\b(?:localhost|127\.0\.0\.1)\b|\[::1\]`)

// mostOfTest is how much of a test file is looked at, in bytes: larger ones are data.
const mostOfTest = 256 << 10

// AsksLocalhost is where a task's tests first address localhost, as in
// "test_outputs.py:12"; empty where they do not. They may have started themselves what
// answers there, or want a service that the agent leaves.
func (t *Task) AsksLocalhost() (at string) {
	for _, placed := range t.Tests.Files {
		_ = filepath.WalkDir(placed.Host, func(file string, e fs.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() {
				return nil //nolint:nilerr // placing it tells what is wrong
			}
			if info, err := e.Info(); err != nil || info.Size() > mostOfTest {
				return nil //nolint:nilerr // as above
			}
			text, err := os.ReadFile(file)
			if err != nil {
				return nil //nolint:nilerr // as above
			}
			if found := toLocalhost.FindIndex(text); found != nil {
				at = fmt.Sprintf("%s:%d", filepath.Base(file), 1+bytes.Count(text[:found[0]], []byte("\n")))
				return fs.SkipAll
			}
			return nil
		})
		if at != "" {
			return at
		}
	}
	return ""
}
