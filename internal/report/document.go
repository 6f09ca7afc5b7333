package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
	safe "github.com/benchgate/benchgate/internal/plain"
	"github.com/benchgate/benchgate/internal/problem"
)

// Format is a way to write a verdict or runs.
type Format string

// The formats of --format. JUnit is for verdicts only.
const (
	FormatText     Format = "text"
	FormatJSON     Format = "json"
	FormatMarkdown Format = "markdown"
	FormatJUnit    Format = "junit"
)

// ParseFormat accepts the names of the formats.
func ParseFormat(name string) (Format, error) {
	switch f := Format(name); f {
	case FormatText, FormatJSON, FormatMarkdown, FormatJUnit:
		return f, nil
	}
	return "", fmt.Errorf("format is %q, want text, json, markdown or junit", name)
}

// Options hold what some formats need.
type Options struct {
	Text     TextOptions
	Markdown MarkdownOptions
}

// Verdict writes the verdict in any format.
func Verdict(w io.Writer, v gate.Verdict, format Format, opts Options) error {
	switch format {
	case FormatText:
		return Text(w, v, opts.Text)
	case FormatJSON:
		return JSON(w, v)
	case FormatMarkdown:
		return Markdown(w, v, opts.Markdown)
	case FormatJUnit:
		return JUnit(w, v)
	default:
		return fmt.Errorf("format is %q, want text, json, markdown or junit", format)
	}
}

// JSON writes the verdict document (benchgate.verdict/v1), indented. Lists
// are never null and an outcome always has its name, so that readers in other
// languages need no special cases.
func JSON(w io.Writer, v gate.Verdict) error {
	v.Schema = gate.SchemaV1
	if v.Outcome == "" {
		v.Outcome = gate.NotMeasured
	}
	v.ExitCode = v.Outcome.ExitCode()
	v.Reasons = append([]string{}, v.Reasons...)
	v.Warnings = append([]string{}, v.Warnings...)
	v.Tasks = append([]gate.TaskRow{}, v.Tasks...)
	if v.Metrics == nil {
		v.Metrics = map[compare.Metric]gate.Metric{}
	}
	return writeJSON(w, v)
}

func writeJSON(w io.Writer, document any) error {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	err := enc.Encode(document)
	if err == nil {
		_, err = io.WriteString(w, calmJSON(text.String()))
	}
	if err != nil {
		return fmt.Errorf("writing report: %w", err)
	}
	return nil
}

// calmJSON writes what a terminal or a runner would obey in strings as JSON's
// escapes, which mean the same to a reader of JSON.
func calmJSON(document string) string {
	var b strings.Builder
	for line := range strings.Lines(document) {
		for _, r := range strings.TrimSuffix(line, "\n") {
			if safe.Shown(r) {
				b.WriteRune(r)
				continue
			}
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04x`, unit)
			}
		}
		b.WriteByte('\n')
	}
	return strings.ReplaceAll(b.String(), "##[", `#\u0023[`)
}

// maxDocument is far above any real verdict (a task row has some 400 bytes).
const maxDocument = 64 << 20

// Decode reads a verdict document, to be shown again in any format. Keys it
// does not know are ignored: a newer benchgate may add some within v1. The
// error is a [problem.List] with everything that contradicts the format. file
// is the document's name in it.
func Decode(r io.Reader, file string) (gate.Verdict, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxDocument+1))
	if err != nil {
		return gate.Verdict{}, fmt.Errorf("reading verdict: %w", err)
	}
	if len(data) > maxDocument {
		return gate.Verdict{}, fmt.Errorf("reading verdict: %s is larger than %d MiB", file, maxDocument>>20)
	}
	var v gate.Verdict
	var problems problem.List
	text := problem.NewSource(file, data)
	root := text.DecodeJSON(&v, false, &problems)
	if root != nil && problems.Len() == 0 {
		check(v, func(path, format string, args ...any) {
			problems.Add(text.At(root.Find(path).Offset, format, args...))
		})
	}
	if err := problems.Err(); err != nil {
		return gate.Verdict{}, err
	}
	return v, nil
}

// wrong notes a mistake in the value at a path such as tasks[2].baseline.
type wrong func(path, format string, args ...any)

func check(v gate.Verdict, wrong wrong) {
	if v.Schema != gate.SchemaV1 {
		wrong("schema", "schema is %q, want %q", v.Schema, gate.SchemaV1)
		return // of another format nothing else can be judged
	}
	switch v.Outcome {
	case "", gate.NotMeasured, gate.Pass, gate.Regression, gate.Inconclusive, gate.Incomparable:
		if v.ExitCode != v.Outcome.ExitCode() {
			wrong("exit_code", "exit_code is %d, but %s is %d", v.ExitCode, outcomeWords(v.Outcome), v.Outcome.ExitCode())
		}
	default:
		wrong("verdict", "verdict is %q, want pass, regression, inconclusive, incomparable or not_measured", v.Outcome)
	}
	if c := v.Confirm; c != nil {
		switch c.State {
		case gate.Confirmed, gate.Refuted, gate.Unconfirmed:
		default:
			wrong("confirm.state", "confirm.state is %q, want confirmed, refuted or unconfirmed", c.State)
		}
	}
	if v.TrialsPlanned < 0 {
		wrong("trials_planned", "trials_planned is %d, want 0 or more", v.TrialsPlanned)
	}
	if v.TrialsUsed < 0 {
		wrong("trials_used", "trials_used is %d, want 0 or more", v.TrialsUsed)
	}
	for _, kind := range kindsOf(v.Metrics) {
		checkMetric("metrics."+string(kind.name), v.Metrics[kind.name], wrong)
	}
	checkWhy(v.Why, wrong)
	seen := make(map[string]bool)
	for i, row := range v.Tasks {
		at := fmt.Sprintf("tasks[%d]", i)
		if row.ID == "" || seen[row.ID] {
			wrong(at+".id", "%s: id %q is empty or there twice", at, row.ID)
		}
		seen[row.ID] = true
		checkSide(at+".baseline", row.Baseline, wrong)
		checkSide(at+".candidate", row.Candidate, wrong)
	}
}

func checkMetric(at string, m gate.Metric, wrong wrong) {
	switch m.Status {
	case "", gate.Better, gate.NoWorse, gate.Worse, gate.Unclear, gate.StatusNotMeasured:
	default:
		wrong(at+".status", "%s.status is %q, want better, no_worse, worse, unclear or not_measured", at, m.Status)
	}
	if m.Level < 0 || m.Level >= 1 {
		wrong(at+".level", "%s.level is %v, want a fraction below 1", at, m.Level)
	}
	if m.Low != nil && m.High != nil && *m.Low > *m.High {
		wrong(at+".low", "%s: low %v is above high %v", at, *m.Low, *m.High)
	}
}

func checkSide(at string, s gate.TaskSide, wrong wrong) {
	if s.Solved < 0 || s.Solved > s.Attempts {
		wrong(at+".solved", "%s: %d of %d attempts solved", at, s.Solved, s.Attempts)
	}
}
