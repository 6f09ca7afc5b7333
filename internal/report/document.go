package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/benchgate/benchgate/gate"
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
		v.Metrics = map[string]gate.Metric{}
	}
	return writeJSON(w, v)
}

func writeJSON(w io.Writer, document any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(document); err != nil {
		return fmt.Errorf("writing report: %w", err)
	}
	return nil
}

// maxDocument is far above any real verdict (a task row has some 400 bytes).
const maxDocument = 64 << 20

// Decode reads a verdict document, to be shown again in any format. Keys it
// does not know are ignored: a newer benchgate may add some within v1.
// Everything that contradicts the format is reported at once.
func Decode(r io.Reader) (gate.Verdict, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxDocument+1))
	if err != nil {
		return gate.Verdict{}, fmt.Errorf("reading verdict: %w", err)
	}
	if len(data) > maxDocument {
		return gate.Verdict{}, fmt.Errorf("reading verdict: larger than %d MiB", maxDocument>>20)
	}
	var v gate.Verdict
	if err := json.Unmarshal(data, &v); err != nil {
		return gate.Verdict{}, fmt.Errorf("reading verdict: %w", atLine(data, err))
	}
	if err := check(v); err != nil {
		return gate.Verdict{}, fmt.Errorf("reading verdict: %w", err)
	}
	return v, nil
}

// atLine adds the position to errors of encoding/json that know one.
func atLine(data []byte, err error) error {
	var offset int64
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	default:
		return err
	}
	before := data[:min(max(offset-1, 0), int64(len(data)))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - bytes.LastIndexByte(before, '\n')
	return fmt.Errorf("line %d, column %d: %w", line, column, err)
}

func check(v gate.Verdict) error {
	if v.Schema != gate.SchemaV1 {
		return fmt.Errorf("schema is %q, want %q", v.Schema, gate.SchemaV1)
	}
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	switch v.Outcome {
	case "", gate.NotMeasured, gate.Pass, gate.Regression, gate.Inconclusive, gate.Incomparable:
		if v.ExitCode != v.Outcome.ExitCode() {
			wrong("exit_code is %d, but %s is %d", v.ExitCode, outcomeWords(v.Outcome), v.Outcome.ExitCode())
		}
	default:
		wrong("verdict is %q, want pass, regression, inconclusive, incomparable or not_measured", v.Outcome)
	}
	if v.TrialsPlanned < 0 || v.TrialsUsed < 0 {
		wrong("trials_planned and trials_used cannot be negative")
	}
	for _, kind := range kindsOf(v.Metrics) {
		checkMetric(kind.name, v.Metrics[kind.name], wrong)
	}
	seen := make(map[string]bool)
	for i, row := range v.Tasks {
		if row.ID == "" || seen[row.ID] {
			wrong("tasks[%d]: id %q is empty or there twice", i, row.ID)
		}
		seen[row.ID] = true
		checkSide(fmt.Sprintf("tasks[%d].baseline", i), row.Baseline, wrong)
		checkSide(fmt.Sprintf("tasks[%d].candidate", i), row.Candidate, wrong)
	}
	return errors.Join(errs...)
}

func checkMetric(name string, m gate.Metric, wrong func(string, ...any)) {
	switch m.Status {
	case "", gate.Better, gate.NoWorse, gate.Worse, gate.Unclear, gate.StatusNotMeasured:
	default:
		wrong("metrics.%s.status is %q, want better, no_worse, worse, unclear or not_measured", name, m.Status)
	}
	if m.Level < 0 || m.Level >= 1 {
		wrong("metrics.%s.level is %v, want a fraction below 1", name, m.Level)
	}
	if m.Low != nil && m.High != nil && *m.Low > *m.High {
		wrong("metrics.%s: low %v is above high %v", name, *m.Low, *m.High)
	}
}

func checkSide(where string, s gate.TaskSide, wrong func(string, ...any)) {
	if s.Solved < 0 || s.Solved > s.Attempts {
		wrong("%s: %d of %d attempts solved", where, s.Solved, s.Attempts)
	}
}
