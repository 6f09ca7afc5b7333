package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/benchgate/benchgate/gate"
)

// The JUnit dialect that CI systems share: what the schema of Jenkins' xUnit plugin
// (junit-10.xsd) has, in its order. Times are in seconds.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string           `xml:"name,attr"`
		Tests      int              `xml:"tests,attr"`
		Failures   int              `xml:"failures,attr"`
		Errors     int              `xml:"errors,attr"`
		Skipped    int              `xml:"skipped,attr"`
		Time       string           `xml:"time,attr"`
		Timestamp  string           `xml:"timestamp,attr,omitempty"` // ISO 8601 without a zone: UTC
		Properties *junitProperties `xml:"properties"`
		Cases      []junitCase      `xml:"testcase"`
	}
	junitProperties struct {
		All []junitProperty `xml:"property"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitMessage `xml:"failure"`
		Error   *junitMessage `xml:"error"`
		Skipped *junitMessage `xml:"skipped"`
		Output  string        `xml:"system-out,omitempty"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes the verdict as test results: one case for the verdict, one for
// each gated metric, one for each task. A regression and a worse metric fail,
// what could not be compared is an error, what is unclear is skipped. A task that
// broke fails, with its numbers, except beside a pass: a single task's change is a
// hint, and a pass with a failed case would be a failed build. A task's time is
// that of the candidate's attempts together.
func JUnit(w io.Writer, v gate.Verdict) error {
	gateSuite := junitSuite{Name: "benchgate.gate", Time: noTime, Timestamp: timestamp(v), Properties: &junitProperties{properties(v)}, Cases: []junitCase{verdictCase(v)}}
	for _, view := range metricViews(v) {
		if view.source.Gated {
			gateSuite.Cases = append(gateSuite.Cases, metricCase(view))
		}
	}
	taskSuite := junitSuite{Name: "benchgate.tasks", Timestamp: timestamp(v)}
	views := taskViews(v)
	moved, seconds := movedTasks(views), 0.0
	for _, view := range views {
		c := taskCase(view)
		if v.Outcome != gate.Pass && moved.broken(view.id) {
			c.Failure = &junitMessage{Message: "broke: " + c.Output}
		}
		seconds += view.source.Candidate.Seconds
		taskSuite.Cases = append(taskSuite.Cases, c)
	}
	taskSuite.Time = junitSeconds(seconds)
	all := junitSuites{Name: "benchgate", Time: taskSuite.Time}
	for _, s := range []junitSuite{gateSuite, taskSuite} {
		s.sum()
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Errors += s.Errors
		all.Suites = append(all.Suites, s)
	}
	return writeXML(w, all)
}

// noTime is the time of what is computed from trials: deciding takes none.
const noTime = "0"

func junitSeconds(s float64) string { return strconv.FormatFloat(s, 'f', 3, 64) }

// timestamp is when the candidate's trials began; empty when that is not known.
func timestamp(v gate.Verdict) string {
	if v.Candidate.Created.IsZero() {
		return ""
	}
	return v.Candidate.Created.UTC().Format("2006-01-02T15:04:05")
}

func writeXML(w io.Writer, document any) error {
	data, err := xml.MarshalIndent(document, "", "  ")
	if err != nil {
		return fmt.Errorf("writing report: %w", err)
	}
	if _, err := io.WriteString(w, xml.Header+string(data)+"\n"); err != nil {
		return fmt.Errorf("writing report: %w", err)
	}
	return nil
}

func (s *junitSuite) sum() {
	for _, c := range s.Cases {
		s.Tests++
		switch {
		case c.Failure != nil:
			s.Failures++
		case c.Error != nil:
			s.Errors++
		case c.Skipped != nil:
			s.Skipped++
		}
	}
}

func properties(v gate.Verdict) []junitProperty {
	all := []junitProperty{
		{"verdict", outcomeWords(v.Outcome)},
		{"exit code", fmt.Sprint(v.Outcome.ExitCode())},
		{"mode", orNotKnown(plain(string(v.Mode), maxName))},
		{"trials and money", moneyLine(v)},
	}
	if state := confirmState(v.Confirm); state != "" {
		all = append(all, junitProperty{"costs", state})
	}
	for _, f := range measuredFacts(v) {
		all = append(all, junitProperty{"baseline " + f.name, f.baseline}, junitProperty{"candidate " + f.name, f.candidate})
	}
	return all
}

func verdictCase(v gate.Verdict) junitCase {
	message := &junitMessage{Message: plain(v.Headline, maxProse), Text: strings.Join(prose(v.Reasons), "\n")}
	c := junitCase{Class: "benchgate.gate", Name: "verdict", Time: noTime, Output: strings.Join(prose(v.Warnings), "\n")}
	switch v.Outcome {
	case gate.Pass: // without a message to hold them, the case's output has the sentences
		c.Output = strings.Join(slices.Concat([]string{message.Message}, prose(v.Reasons), prose(v.Warnings)), "\n")
	case gate.Regression:
		c.Failure = message
	case gate.Inconclusive:
		c.Skipped = message
	default:
		c.Error = message
	}
	return c
}

func metricCase(m metricView) junitCase {
	c := junitCase{Class: "benchgate.gate", Name: m.label, Time: noTime, Output: numbersOf(m)}
	_, words := m.statusWords()
	message := &junitMessage{Message: words + ": " + c.Output, Text: m.note}
	switch m.status {
	case gate.Better, gate.NoWorse:
	case gate.Worse:
		c.Failure = message
	default:
		c.Skipped = message
	}
	return c
}

func taskCase(t taskView) junitCase {
	c := junitCase{Class: "benchgate.tasks", Name: t.id, Time: junitSeconds(t.source.Candidate.Seconds)}
	if t.tier != "" {
		c.Class += "." + t.tier
	}
	c.Output = fmt.Sprintf("solved %s → %s, cost of a trial %s → %s", t.baselineSolved, t.candidateSolved, t.baselineCost, t.candidateCost)
	if t.ended != "" {
		c.Output += ", " + t.ended
	}
	if t.source.Candidate.Attempts == 0 {
		c.Skipped = &junitMessage{Message: "no attempt of the candidate counts"}
	}
	return c
}
