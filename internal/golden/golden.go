// Package golden is for tests only: it compares what a program writes with the
// files of testdata that hold what it should write.
package golden

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Update is the flag -update of the tests that import this package: what is
// written now becomes what should be written.
var Update = flag.Bool("update", false, "rewrite the files that hold the expected output")

// Check fails the test when got differs from the file's content. With -update
// it writes the file first.
func Check(tb testing.TB, file string, got []byte) {
	tb.Helper()
	if *Update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		tb.Errorf("%s differs; run go test -update and read the change (-want +got):\n%s", file, diff)
	}
}
