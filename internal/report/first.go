package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// First is one variant that was measured by itself, for [WriteFirst].
type First struct {
	Run      *baselines.Run
	Missing  []baselines.Key // planned attempts that have no try that counts
	Early    []string        // why it ended before its plan was through, and what to know of it
	Repeated bool            // the same was measured before, and is stored

	Dir   string // the run's files
	Save  string // the command that stores it; empty: none can here
	How   string // a sentence on how it is stored without a command; empty: none
	Least int    // attempts a task from which on a gate uses a stored baseline
}

// WriteFirst writes the measurement in text, Markdown or JSON; the JSON is that of
// [Runs], and what to do next is not in it.
func WriteFirst(w io.Writer, f First, format Format, opts Options) error {
	if format == FormatText {
		return f.text(w, opts.Text)
	}
	if format == FormatMarkdown {
		if _, err := io.WriteString(w, f.markdown()); err != nil {
			return fmt.Errorf("writing report: %w", err)
		}
	}
	return Runs(w, []*baselines.Run{f.Run}, format, opts)
}

func (f First) text(w io.Writer, opts TextOptions) error {
	t := &text{painter: painter(opts.Color), width: opts.width()}
	t.gap()
	t.wrapped(strong, "", "", f.Headline())
	if err := t.flush(w); err != nil {
		return err
	}
	if err := Runs(w, []*baselines.Run{f.Run}, FormatText, Options{Text: opts}); err != nil {
		return err
	}
	t.list("Warnings", doubtful, prose(f.Early))
	t.gap()
	for _, line := range f.Next() {
		t.line(line)
	}
	return t.flush(w)
}

func (f First) markdown() string {
	m := &markdown{}
	m.block("### 📏 " + escape(f.Headline()))
	m.bullets("**Warnings**", prose(f.Early), len(f.Early))
	next := f.Next()
	if command := plain(f.Save, maxProse); command != "" && len(f.Missing) == 0 {
		m.block(escape(next[0]) + " " + code(command))
		next = next[2:]
	}
	for _, line := range next {
		m.block(escape(line))
	}
	return m.String()
}

// Comment is the measurement in Markdown of at most so many bytes: tasks, then the
// table are left out, with a word, where it does not fit.
func (f First) Comment(most int) string {
	table := newSideBySide([]*baselines.Run{f.Run})
	whole := f.markdown() + table.comment()
	if len(whole) <= most {
		return whole
	}
	const shorter = "\n<sub>shortened to fit; the run's files have all of it</sub>\n"
	table.tasks = nil
	for _, part := range []string{table.comment(), ""} {
		if text := f.markdown() + part + shorter; len(text) <= most {
			return text
		}
	}
	return cutBytes("### 📏 "+escape(f.Headline())+"\n", most)
}

// comment is the table below something else.
func (s *sideBySide) comment() string {
	var b strings.Builder
	_ = s.markdown(&b) // a Builder takes everything
	return "\n" + b.String()
}

// Headline is the measurement in one sentence: how much was solved, and what a
// solved task cost.
func (f First) Headline() string {
	name := orNotKnown(variantName(f.Run.Header.Variant))
	if n := len(f.Missing); n > 0 {
		of := f.Run.Header.Limits.Attempts * len(f.Run.Header.Suite.Tasks)
		return fmt.Sprintf("Not all of %s is measured: %d of %s are in; missing: %s",
			name, of-n, plural(of, "planned attempt"), attemptNames(f.Missing))
	}
	return f.measurement() + " of " + name + ": " + f.solved() + ", " + perSolved(f.Run)
}

func (f First) measurement() string {
	if f.Repeated {
		return "New measurement"
	}
	return "First measurement"
}

func (f First) solved() string {
	s := Summarize(f.Run)
	if s.TasksSolved == nil || s.Tasks == 0 {
		return "no attempt counts"
	}
	return percent(*s.TasksSolved/float64(s.Tasks)) + " solved"
}

// perSolved is what a solved task cost in one run, with its interval.
func perSolved(r *baselines.Run) string {
	s, c := Summarize(r), compare.NewSolvedCost(r)
	switch {
	case s.Solved == 0:
		return "so a solved task has no cost"
	case s.CostPerSolvedUSD == nil:
		return "cost per solved task not known"
	case c.Low == nil || c.High == nil:
		return dollars(*s.CostPerSolvedUSD) + " per solved task (no interval: the attempts are too few, or all alike)"
	}
	return fmt.Sprintf("%s per solved task (%s interval %s to %s)", dollars(*s.CostPerSolvedUSD), probability(compare.Level), dollars(*c.Low), dollars(*c.High))
}

// Next says what to do with the measurement, a line each.
func (f First) Next() []string {
	if len(f.Missing) > 0 {
		return []string{"Next: run the same command again. It goes on from these trials, which are kept in", "  " + plain(f.Dir, maxProse)}
	}
	var lines []string
	if f.Save == "" {
		lines = []string{strings.TrimSpace("Nothing was compared. " + f.How)}
	} else {
		lines = []string{"Nothing was compared. To make it the baseline that gates compare with:", "  " + plain(f.Save, maxProse)}
	}
	if attempts := f.Run.Header.Limits.Attempts; attempts < f.Least {
		lines = append(lines, "Note: "+FewToUse(attempts, f.Least))
	}
	return lines
}

// FewToUse says that a run alone has too few attempts for a gate to use it.
func FewToUse(attempts, least int) string {
	return fmt.Sprintf("a gate uses a stored baseline from %s of each task on, and this run has %s; saved runs of the same kind are pooled",
		plural(least, "attempt"), count(float64(attempts)))
}

// SolvedOfAll says what a stored run has: "5 attempts of each task, 28 of 30 solved".
func SolvedOfAll(e baselines.Entry) string {
	return fmt.Sprintf("%s of each task, %s of %s solved", plural(e.Attempts, "attempt"), count(float64(e.Solved)), count(float64(e.Valid)))
}

// attemptNames are the attempts by task, shortened where there are many.
func attemptNames(keys []baselines.Key) string {
	const most = 6
	var names []string
	for _, k := range keys[:min(len(keys), most)] {
		names = append(names, plain(k.Task, maxName)+" #"+strconv.Itoa(k.Attempt))
	}
	text := strings.Join(names, ", ")
	if n := len(keys) - most; n > 0 {
		text += " and " + count(float64(n)) + " more"
	}
	return text
}

// TooOld says that the newest stored baseline is older than a gate trusts, and
// what measuring the baseline live will cost: as much as a trial of it did.
func TooOld(old *baselines.Run, now time.Time, trusted time.Duration, attempts int) string {
	day := 24 * time.Hour
	text := fmt.Sprintf("the stored baseline %s is %s old, and a gate takes none above %s",
		plain(old.Header.ID, maxName), plural(int(now.Sub(old.Header.Created)/day), "day"), count(float64(trusted/day)))
	s := Summarize(old)
	if s.CostUSD == nil || s.Trials == 0 {
		return text
	}
	trials := attempts * len(old.Header.Suite.Tasks)
	return text + fmt.Sprintf(" (measuring %s of it live costs about %s)", plural(trials, "trial"), dollars(*s.CostUSD/float64(s.Trials)*float64(trials)))
}
