package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

// junitSchema is what https://github.com/jenkinsci/xunit-plugin's junit-10.xsd allows
// of what is written here: for each element its attributes, required ones first, and
// its children in their order.
var junitSchema = map[string]struct {
	required, optional []string
	children           []string
}{
	"testsuites": {optional: []string{"name", "time", "tests", "failures", "disabled", "errors"}, children: []string{"testsuite"}},
	"testsuite": {
		required: []string{"name", "tests"},
		optional: []string{"failures", "errors", "time", "disabled", "skipped", "timestamp", "hostname", "id", "package"},
		children: []string{"properties", "testcase", "system-out", "system-err"},
	},
	"properties": {children: []string{"property"}},
	"property":   {required: []string{"name", "value"}},
	"testcase": {
		required: []string{"name", "classname"}, optional: []string{"assertions", "time", "status"},
		children: []string{"skipped", "error", "failure", "system-out", "system-err"},
	},
	"failure": {optional: []string{"type", "message"}}, "error": {optional: []string{"type", "message"}},
	"skipped":    {optional: []string{"type", "message"}},
	"system-out": {},
}

var (
	junitTime      = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)
	junitTimestamp = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$`)
)

func TestJUnitIsWhatReadersAccept(t *testing.T) {
	for _, story := range stories {
		t.Run(story.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := report.JUnit(&b, story.verdict()); err != nil {
				t.Fatal(err)
			}
			var path []string
			for d := xml.NewDecoder(&b); ; {
				token, err := d.Token()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				switch e := token.(type) {
				case xml.StartElement:
					accepts(t, path, e)
					path = append(path, e.Name.Local)
				case xml.EndElement:
					path = path[:len(path)-1]
				}
			}
		})
	}
}

func accepts(t *testing.T, path []string, e xml.StartElement) {
	t.Helper()
	name := e.Name.Local
	rule, known := junitSchema[name]
	if !known || len(path) > 0 && !slices.Contains(junitSchema[path[len(path)-1]].children, name) {
		t.Errorf("%s is not known in %s", name, strings.Join(path, "/"))
	}
	var has []string
	for _, a := range e.Attr {
		has = append(has, a.Name.Local)
		if !slices.Contains(rule.required, a.Name.Local) && !slices.Contains(rule.optional, a.Name.Local) {
			t.Errorf("<%s> has %s, which readers refuse", name, a.Name.Local)
		}
		if a.Name.Local == "time" && !junitTime.MatchString(a.Value) || a.Name.Local == "timestamp" && !junitTimestamp.MatchString(a.Value) {
			t.Errorf("<%s> has %s %q", name, a.Name.Local, a.Value)
		}
	}
	for _, required := range rule.required {
		if !slices.Contains(has, required) {
			t.Errorf("<%s> lacks %s", name, required)
		}
	}
}

func TestJUnitOfATaskThatBroke(t *testing.T) {
	v := regression()
	v.Candidate.Created = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	v.Tasks = []gate.TaskRow{
		row("fell", "hard", side(3, 3, 1, nil), side(0, 3, 1, nil), 0),
		row("flaky", "hard", side(3, 3, 1, nil), side(2, 3, 1, nil), 0),
	}
	v.Tasks[0].Candidate.Seconds, v.Tasks[1].Candidate.Seconds = 61.25, 30
	type suites struct {
		Time   float64 `xml:"time,attr"`
		Suites []struct {
			Timestamp string  `xml:"timestamp,attr"`
			Time      float64 `xml:"time,attr"`
			Failures  int     `xml:"failures,attr"`
			Cases     []struct {
				Name    string    `xml:"name,attr"`
				Time    float64   `xml:"time,attr"`
				Failure *struct{} `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	read := func() (s suites) {
		var b bytes.Buffer
		if err := report.JUnit(&b, v); err != nil {
			t.Fatal(err)
		}
		if err := xml.Unmarshal(b.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	got := read()
	tasks := got.Suites[1]
	if tasks.Timestamp != "2026-11-23T03:00:00" || tasks.Time != 91.25 || got.Time != 91.25 || tasks.Cases[0].Time != 61.25 {
		t.Errorf("times are %+v", got)
	}
	if tasks.Failures != 1 || tasks.Cases[0].Failure == nil || tasks.Cases[1].Failure != nil {
		t.Errorf("the tasks are %+v, want that which fell to fail", tasks)
	}
	v.Outcome = gate.Pass
	if got := read(); got.Suites[1].Failures != 0 {
		t.Errorf("a pass has failed tasks: %+v", got.Suites[1])
	}
}
