package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

// A stored verdict.json shows in every format what the verdict itself showed.
func TestAStoredVerdictShowsTheSame(t *testing.T) {
	for _, story := range stories {
		if story.name == "hostile" {
			continue // its statuses are no statuses: refused, see below
		}
		t.Run(story.name, func(t *testing.T) {
			v := story.verdict()
			stored, err := report.Decode(strings.NewReader(encode(t, v)), "verdict.json")
			if err != nil {
				t.Fatal(err)
			}
			if stored.Outcome == "" {
				t.Error("the outcome has no name in the document")
			}
			want, got := everyFormat(t, v), everyFormat(t, stored)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("shown from the document (-verdict +stored):\n%s", diff)
			}
		})
	}
}

func encode(t testing.TB, v gate.Verdict) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.JSON(&b, v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTheDocumentHasNoNullLists(t *testing.T) {
	var document map[string]any
	if err := json.Unmarshal([]byte(encode(t, gate.Verdict{})), &document); err != nil {
		t.Fatal(err)
	}
	got := make(map[string]any)
	for _, key := range []string{"schema", "verdict", "exit_code", "reasons", "warnings", "tasks", "metrics"} {
		got[key] = document[key]
	}
	want := map[string]any{
		"schema": "benchgate.verdict/v1", "verdict": "not_measured", "exit_code": 5.0,
		"reasons": []any{}, "warnings": []any{}, "tasks": []any{}, "metrics": map[string]any{},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the zero verdict as a document (-want +got):\n%s", diff)
	}
}

func TestDecodeSaysWhatIsWrong(t *testing.T) {
	for _, tt := range []struct {
		name, document string
		want           []string
	}{
		{"not JSON", "{\n  \"schema\": oops}", []string{"verdict.json:2:13: "}},
		{"torn", `{"schema":"benchgate.verdict/v1"`, []string{"verdict.json:1:33: ", "cut off"}},
		{"two documents", `{"schema":"benchgate.verdict/v1","exit_code":5} {}`, []string{"verdict.json:1:49: "}},
		{"a run file's header", `{"schema":"benchgate.run/v1","id":"x"}`, []string{`schema is "benchgate.run/v1", want "benchgate.verdict/v1"`}},
		{"a wrong type", "{\"schema\":\"benchgate.verdict/v1\",\n\"trials_used\":\"many\"}", []string{`verdict.json:2:15: trials_used is "many"`}},
		{"an end that is none", `{"schema":"benchgate.verdict/v1","exit_code":5,"tasks":[{"id":"a","candidate":{"ended":{"exploded":1}}}]}`, []string{`verdict.json:1:89: tasks[0].candidate.ended: "exploded" is no end of a trial`, "finished"}},
		{"all at once", `{"schema":"benchgate.verdict/v1","verdict":"pass","exit_code":1,"trials_used":-1,
			"metrics":{"pass_rate":{"status":"fine","level":90},"typical_cost":{"low":2,"high":1}},
			"tasks":[{"id":"a","baseline":{"solved":3,"attempts":2}},{"id":"a"},{"id":""}]}`, []string{
			"exit_code is 1, but pass is 0", "trials_used is -1", `metrics.pass_rate.status is "fine"`,
			"metrics.pass_rate.level is 90", "metrics.typical_cost: low 2 is above high 1",
			"tasks[0].baseline: 3 of 2 attempts solved", `tasks[1]: id "a"`, `tasks[2]: id ""`,
		}},
		{"a why that is none", `{"schema":"benchgate.verdict/v1","exit_code":5,"why":{"break_even":{"cheaper":"yes","low":2,"high":1,"level":90}}}`, []string{
			`why.break_even.cheaper is "yes"`, "why.break_even: low 2 is above high 1", "why.break_even.level is 90",
		}},
		{"a price that is missing", `{"schema":"benchgate.verdict/v1","exit_code":5,"why":{"break_even":{"cheaper":"candidate_below"}}}`, []string{"candidate_below without usd_per_unsolved"}},
		{"an outcome that is none", `{"schema":"benchgate.verdict/v1","verdict":"passed"}`, []string{`verdict is "passed", want pass, regression`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := report.Decode(strings.NewReader(tt.document), "verdict.json")
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error does not say %q:\n%v", want, err)
				}
			}
		})
	}
}

func TestDecodeIgnoresNewerKeys(t *testing.T) {
	v, err := report.Decode(strings.NewReader(`{"schema":"benchgate.verdict/v1","verdict":"pass","exit_code":0,"mood":"good"}`), "verdict.json")
	if err != nil || v.Outcome != gate.Pass {
		t.Errorf("got %q, %v", v.Outcome, err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, v := range []gate.Verdict{notMeasured(), incomparable(), zeroSolved()} { // small ones: the fuzzer mutates them faster
		f.Add([]byte(encode(f, v)))
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		v, err := report.Decode(bytes.NewReader(document), "verdict.json")
		if err != nil {
			return
		}
		everyFormat(t, v) // never fails or panics
		again, err := report.Decode(strings.NewReader(encode(t, v)), "verdict.json")
		if err != nil {
			t.Fatalf("what was decoded does not decode again: %v", err)
		}
		v.Schema = gate.SchemaV1
		if v.Outcome == "" {
			v.Outcome = gate.NotMeasured
		}
		if diff := cmp.Diff(v, again, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("the document changed (-first +second):\n%s", diff)
		}
	})
}

// testcases reads JUnit as a CI system would: by element names only.
func testcases(t *testing.T, document string) map[string]string {
	t.Helper()
	results := make(map[string]string)
	dec := xml.NewDecoder(strings.NewReader(document))
	current := ""
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return results
		}
		if err != nil {
			t.Fatal(err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch name := start.Name.Local; name {
		case "testcase":
			i := slices.IndexFunc(start.Attr, func(a xml.Attr) bool { return a.Name.Local == "name" })
			current = start.Attr[i].Value
			results[current] = "passed"
		case "failure", "error", "skipped":
			results[current] = name
		}
	}
}

func TestJUnitResults(t *testing.T) {
	v := regression()
	v.Tasks = v.Tasks[:1]
	v.Tasks = append(v.Tasks, gate.TaskRow{ID: "not-reached", Baseline: gate.TaskSide{Solved: 1, Attempts: 1}})
	want := map[string]string{
		"verdict": "failure", "Pass rate": "failure", "Typical cost of a task": "passed",
		"countdown-game": "passed", "not-reached": "skipped",
	}
	if diff := cmp.Diff(want, testcases(t, everyFormat(t, v)[report.FormatJUnit])); diff != "" {
		t.Errorf("a regression's results (-want +got):\n%s", diff)
	}
	for name, want := range map[string]string{"pass": "passed", "inconclusive": "skipped", "incomparable": "error", "not_measured": "error"} {
		i := slices.IndexFunc(stories, func(s story) bool { return s.name == name })
		if got := testcases(t, everyFormat(t, stories[i].verdict())[report.FormatJUnit])["verdict"]; got != want {
			t.Errorf("the case of the verdict %s is %s, want %s", name, got, want)
		}
	}
}

func TestParseFormat(t *testing.T) {
	for _, name := range []string{"text", "json", "markdown", "junit"} {
		if f, err := report.ParseFormat(name); err != nil || string(f) != name {
			t.Errorf("ParseFormat(%q) = %q, %v", name, f, err)
		}
	}
	if _, err := report.ParseFormat("yaml"); err == nil || !strings.Contains(err.Error(), "want text, json, markdown or junit") {
		t.Errorf("ParseFormat of an unknown format: %v", err)
	}
}
