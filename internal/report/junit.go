package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/gate"
)

// The JUnit dialect that CI systems share.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string           `xml:"name,attr"`
		Tests      int              `xml:"tests,attr"`
		Failures   int              `xml:"failures,attr"`
		Errors     int              `xml:"errors,attr"`
		Skipped    int              `xml:"skipped,attr"`
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
// what could not be compared is an error, what is unclear is skipped. A task
// never fails: a single task's change is a hint, not a finding; its case
// carries the numbers.
func JUnit(w io.Writer, v gate.Verdict) error {
	gateSuite := junitSuite{Name: "benchgate.gate", Properties: &junitProperties{properties(v)}, Cases: []junitCase{verdictCase(v)}}
	for _, view := range metricViews(v) {
		if view.source.Gated {
			gateSuite.Cases = append(gateSuite.Cases, metricCase(view))
		}
	}
	taskSuite := junitSuite{Name: "benchgate.tasks"}
	for _, view := range taskViews(v) {
		taskSuite.Cases = append(taskSuite.Cases, taskCase(view))
	}
	all := junitSuites{Name: "benchgate"}
	for _, s := range []junitSuite{gateSuite, taskSuite} {
		s.sum()
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Errors += s.Errors
		all.Skipped += s.Skipped
		all.Suites = append(all.Suites, s)
	}
	return writeXML(w, all)
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
	c := junitCase{Class: "benchgate.gate", Name: "verdict", Output: strings.Join(prose(v.Warnings), "\n")}
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
	c := junitCase{Class: "benchgate.gate", Name: m.label, Output: numbersOf(m)}
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
	c := junitCase{Class: "benchgate.tasks", Name: t.id}
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
