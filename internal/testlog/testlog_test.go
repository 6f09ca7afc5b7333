package testlog_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/benchgate/benchgate/internal/testlog"
)

// The files are what pytest 9.2, pytest-json-ctrf 0.6, unittest of Python 3.11
// and go test of Go 1.26 printed.
func TestRealLogs(t *testing.T) {
	for file, want := range map[string]string{
		"pytest-q.txt":            "test_outputs.py::TestSum::test_sum: AssertionError: the sum is wrong",
		"pytest-tb-no.txt":        "test_outputs.py::TestSum::test_sum: AssertionError: the sum is wrong",
		"pytest-rA.txt":           "test_outputs.py::test_uses: RuntimeError: no database", // it lists errors first
		"pytest-v-no-summary.txt": "test_outputs.py::TestSum::test_sum",
		"pytest-import.txt":       "test_import.py",
		"ctrf.json":               "test_outputs.py::TestSum::test_sum: AssertionError: the sum is wrong",
		"unittest.txt":            "test_sum (__main__.TestSum.test_sum)",
		"unittest-subtests.txt":   "test_sum (__main__.TestSum.test_sum)",
		"go-plain.txt":            "TestEvicts/oldest_first: want 3 entries, got 4",
		"go-v.txt":                "TestEvicts/oldest_first: want 3 entries, got 4",
		"go-json.txt":             "TestEvicts/oldest_first: want 3 entries, got 4",
		"go-build.txt":            "example.com/cache/b: build failed",
		"go-panic.txt":            "TestApanics: panic: boom",
		"go-timeout.txt":          "TestWaits: test timed out after 1s",
	} {
		t.Run(file, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("testdata", file))
			if err != nil {
				t.Fatal(err)
			}
			first := testlog.First
			if filepath.Ext(file) == ".json" {
				first = testlog.FirstCTRF
			}
			if got, ok := first(text); !ok || got.String() != want {
				t.Errorf("got %q, %v, want %q", got, ok, want)
			}
			if filepath.Ext(file) == ".json" {
				return
			}
			asWindows := bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
			if got, _ := first(append(bytes.Repeat([]byte("noise\n"), 2<<20), asWindows...)); got.String() != want {
				t.Errorf("after much else: got %q, want %q", got, want)
			}
		})
	}
}

func TestLines(t *testing.T) {
	for _, test := range []struct{ name, log, want string }{
		{"nothing", "", ""},
		{"all is well", "ok  \texample.com/cache\t0.01s\n5 passed in 0.1s\nok 1 - a\n", ""},
		{"words of people", "FAILED to find the file\nERROR: no such file\nFAIL\n", ""},
		{"cargo", "running 2 tests\ntest a::works ... ok\ntest a::sums ... FAILED\n", "a::sums"},
		{"jest", "FAIL src/a.test.js\n  ● Console\n  ● cache › keeps the newest\n\n    expect(received)\n", "cache › keeps the newest"},
		{"TAP", "TAP version 13\nok 1 - a\nnot ok 2 - later # TODO\nnot ok 3 - keeps # the newest\nnot ok 4 - keeps the newest\n", "keeps the newest"},
		{"colours", "\x1b[31mFAILED\x1b[0m tests/test_a.py::\x1b[1mtest_b\x1b[0m - assert 1 == 2\n", "test_a.py::test_b: assert 1 == 2"},
		{"hostile", "FAILED a.py::x\x1b]0;t\a::error::y - \x1b[2J ::add-mask::z ##[group]\n", "a.py::x�]0;t�::error::y: : :add-mask::z ## [group]"},
		{"the log of go test -v", "=== RUN   TestA\n    a_test.go:3: fine\n--- PASS: TestA (0.00s)\n=== RUN   TestB\n--- FAIL: TestB (0.00s)\n", "TestB"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, ok := testlog.First([]byte(test.log))
			if ok != (test.want != "") || ok && got.String() != test.want {
				t.Errorf("got %q, %v, want %q", got, ok, test.want)
			}
		})
	}
}

func FuzzFirst(f *testing.F) {
	files, err := filepath.Glob("testdata/*.*")
	if err != nil || len(files) < 10 {
		f.Fatalf("the real logs are %q, %v", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, log []byte) {
		for _, first := range []func([]byte) (testlog.Failure, bool){testlog.First, testlog.FirstCTRF} {
			found, ok := first(log)
			if ok != (found.Test != "") {
				t.Fatalf("found %+v, %v", found, ok)
			}
			if text := found.String(); utf8.RuneCountInString(text) > 210 || strings.ContainsAny(text, "\n\x1b") {
				t.Fatalf("it is written %q", text)
			}
		}
	})
}
