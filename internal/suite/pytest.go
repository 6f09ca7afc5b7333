package suite

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// pytestStatus says which outcomes of pytest count as passed. That a skipped
// test passes, and one that passes against expectation fails, is Terminal-Bench
// 1's rule (its parsers/pytest_parser.py), kept so that results agree.
var pytestStatus = map[string]bool{
	"PASSED": true, "XFAIL": true, "SKIPPED": true,
	"FAILED": false, "XPASS": false, "ERROR": false,
}

var (
	pytestSummary = regexp.MustCompile(`(?i)=+\s*short test summary info\s*=+`)

	// ansi are the control sequences of a terminal: CSI, OSC, and the short ones.
	ansi = regexp.MustCompile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?|[@-Z\\\\-_])")
)

// ReadPytest reads Terminal-Bench 1's answer from what run-tests.sh printed:
// the lines "STATUS name" after pytest's first "short test summary info" (so
// pytest must run with -rA). The task is solved when every test passed. A name
// that occurs twice counts with its last line.
//
// It differs from the harness in one point: a summary that names no test is no
// answer, where the harness would call the task solved.
func ReadPytest(output string) (Answer, error) {
	output = ansi.ReplaceAllString(output, "")
	at := pytestSummary.FindStringIndex(output)
	if at == nil {
		return Answer{}, fmt.Errorf("%w: pytest's short test summary is not in the tests' output", errNoReward)
	}
	tests := make(map[string]bool)
	for line := range strings.Lines(output[at[1]:]) {
		if name, passed, ok := pytestLine(strings.TrimRight(line, "\r\n")); ok {
			tests[name] = passed
		}
	}
	if len(tests) == 0 {
		return Answer{}, fmt.Errorf("%w: pytest's short test summary names no test", errRewardEmpty)
	}
	return judgeTests(tests), nil
}

func pytestLine(line string) (name string, passed, ok bool) {
	if strings.HasPrefix(line, "FAILED") {
		if i := strings.LastIndex(line, " - "); i >= 0 {
			line = line[:i]
		}
	}
	line = strings.TrimSpace(line)
	space := strings.IndexFunc(line, unicode.IsSpace)
	if space < 0 {
		return "", false, false
	}
	passed, ok = pytestStatus[strings.Trim(line[:space], ":")]
	name = strings.TrimSpace(line[space:])
	if _, after, found := strings.Cut(name, "::"); found {
		name = after
	}
	return name, passed, ok && name != ""
}

func judgeTests(tests map[string]bool) Answer {
	var failed []string
	for _, name := range slices.Sorted(maps.Keys(tests)) {
		if !tests[name] {
			failed = append(failed, name)
		}
	}
	a := Answer{Solved: len(failed) == 0, Tests: tests}
	if !a.Solved {
		a.Reason = fmt.Sprintf("%d of %d tests failed: %s", len(failed), len(tests), summarize(failed))
	}
	return a
}
