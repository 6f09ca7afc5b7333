// Package testlog finds in what test programs print which test failed first.
// It knows pytest, go test, unittest, cargo test, jest and TAP, and reports in
// CTRF (ctrf.io), which tasks in Harbor form often write. What it reads is
// foreign, and anybody's: it looks at a bounded part of it.
package testlog

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"

	"github.com/benchgate/benchgate/internal/plain"
)

// Failure is a test that failed.
type Failure struct {
	Test string // as the test program names it; never empty
	Says string // why, in its words; may be empty
}

// How much is looked at, in bytes, and how much of a name and a message is kept,
// in characters.
const (
	maxLog     = 8 << 20 // the end of the log, where summaries are
	maxLine    = 4 << 10
	maxTest    = 90
	maxMessage = 110
)

// String says in one short line what failed: "TestSum: want 4, got 3".
func (f Failure) String() string {
	text := plain.Line(f.Test, maxTest)
	if says := plain.Line(f.Says, maxMessage); says != "" {
		text += ": " + says
	}
	return text
}

// First is the test that failed first, as far as the log tells; false where it
// names none. Summaries of pytest count more than anything else, because they
// alone have the reason beside the name.
func First(log []byte) (Failure, bool) {
	if len(log) > maxLog {
		log = log[len(log)-maxLog:]
	}
	var s scanner
	for line := range bytes.Lines(log) {
		s.line(line[:min(len(line), maxLine)])
	}
	for _, f := range []*Failure{s.summary, s.other} {
		if f != nil {
			return *f, true
		}
	}
	return Failure{}, false
}

// scanner keeps what it found so far; nil: nothing.
type scanner struct {
	summary *Failure // of pytest's summary
	other   *Failure // the first of anything else

	inGo   bool   // other is of go test, and what follows may say more of it
	before string // what go test's last line with a place said
}

// ansi are the control sequences with which test programs colour their output.
var ansi = regexp.MustCompile("\x1b\\[[0-?]*[ -/]*[@-~]")

func (s *scanner) line(raw []byte) {
	if bytes.HasPrefix(raw, []byte(`{"`)) {
		if output, ok := goEvent(raw); ok {
			raw = output
		}
	}
	if bytes.IndexByte(raw, '\x1b') >= 0 {
		raw = ansi.ReplaceAll(raw, nil)
	}
	text := strings.TrimRight(string(raw), " \r\n")
	if text == "" || s.goSaysMore(text) {
		return
	}
	if m := pytestSummary.FindStringSubmatch(text); m != nil {
		if s.summary == nil {
			s.summary = &Failure{belowTests(m[1]), m[2]}
		}
		return
	}
	if s.other != nil {
		return
	}
	for _, form := range forms {
		if m := form.FindStringSubmatch(text); m != nil && m[1] != "" {
			s.other = &Failure{Test: belowTests(m[1])}
			if len(m) > 2 {
				s.other.Says = m[2]
			}
			if s.inGo = form == goFailed; s.inGo || form == goRuns {
				s.other.Says = s.before
			}
			return
		}
	}
}

// belowTests is a test's name without the way to /tests from where pytest was
// started: there all tests of a task are.
func belowTests(name string) string {
	for strings.HasPrefix(name, "../") {
		name = name[len("../"):]
	}
	return strings.TrimPrefix(strings.TrimPrefix(name, "/"), "tests/")
}

// pytestSummary is a line of its "short test summary info".
var pytestSummary = regexp.MustCompile(`^(?:FAILED|ERROR) (\S+\.py(?:::.+?)?)(?: - (.*))?$`)

// The forms of a line that says that a test failed: its name, and perhaps why.
var (
	goFailed = regexp.MustCompile(`^ *--- FAIL: (\S+) \([0-9.]+s\)$`)
	goRuns   = regexp.MustCompile(`^\t{1,2}((?:Test|Fuzz)\S*) \([0-9hms.]+\)$`) // when the time was over

	forms = []*regexp.Regexp{
		goFailed, goRuns,
		regexp.MustCompile(`^FAIL\t(\S+) \[((?:build|setup) failed)\]$`),            // go test
		regexp.MustCompile(`^(\S+\.py::.+?) (?:FAILED|ERROR)(?: +\[ *[0-9]+%\])?$`), // pytest -v
		regexp.MustCompile(`^(?:FAIL|ERROR): (\w+ \(\S+\))(?: [(\[].*)?$`),          // unittest, and its subtests
		regexp.MustCompile(`^test (\S.*) \.\.\. FAILED$`),                           // cargo test
		regexp.MustCompile(`^ {2,}● (.+ › .+)$`),                                    // jest
		regexp.MustCompile(`^ *not ok [0-9]+(?: -)? ([^#\s](?:[^#]|#[^ ])*)$`),      // TAP, without those that are to do or skipped
	}
	goPlace  = regexp.MustCompile(`^ +\S+\.go:[0-9]+: (.*)$`)
	goLate   = regexp.MustCompile(`^panic: (test timed out after \S+)$`)
	goPanics = regexp.MustCompile(`^panic: (.*?)(?: \[recovered.*)?$`)
)

// goSaysMore takes what go test says of the failure before or after its line:
// the deeper test in which it was, and the last message.
func (s *scanner) goSaysMore(text string) bool {
	if m := goPlace.FindStringSubmatch(text); m != nil {
		s.before = m[1]
		if s.inGo {
			s.other.Says = m[1]
		}
		return true
	}
	if m := goLate.FindStringSubmatch(text); m != nil {
		s.inGo, s.before = false, m[1]
		return true
	}
	if strings.HasPrefix(text, "=== ") {
		if strings.HasPrefix(text, "=== RUN") {
			s.inGo, s.before = false, ""
		}
		return true
	}
	if !s.inGo {
		return false
	}
	if m := goPanics.FindStringSubmatch(text); m != nil {
		s.other.Says, s.inGo = text[:len("panic: ")]+m[1], false
		return true
	}
	if m := goFailed.FindStringSubmatch(text); m != nil && strings.HasPrefix(m[1], s.other.Test+"/") {
		s.other.Test = m[1]
		return true
	}
	s.inGo = false
	return false
}

// goEvent is the output in a line of "go test -json".
func goEvent(line []byte) (output []byte, ok bool) {
	var event struct{ Action, Output string }
	if json.Unmarshal(line, &event) != nil || event.Action == "" {
		return nil, false
	}
	return []byte(event.Output), true
}
