package workflow

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

// SetOutput sets an output of the step, of the Action or of "benchgate plan". A value outside of what the table allows
// is an error and sets nothing; so is a file of the runner that is not there.
func (l *Log) SetOutput(name, value string) error {
	if err := fits(name, value); err != nil {
		return err
	}
	return l.assign("GITHUB_OUTPUT", name, value)
}

// ClearOutput takes back what [Log.SetOutput] said: the output is empty.
func (l *Log) ClearOutput(name string) error { return l.assign("GITHUB_OUTPUT", name, "") }

var stateName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// SaveState keeps text for the post step of the same action, which finds it with
// [Lookup.State]. What was saved last under a name counts. It is read when the
// step has ended, however it ends.
func (l *Log) SaveState(name, value string) error {
	if !stateName.MatchString(name) {
		return fmt.Errorf("state %q: want a name of lower-case letters, digits and underscores", name)
	}
	return l.assign("GITHUB_STATE", name, value)
}

// assign writes NAME<<WORD, the value, and WORD again. The library has always the
// same word, so that a value with it would go on as assignments of its own.
func (l *Log) assign(variable, name, value string) error {
	word := "benchgate_" + chance()
	if strings.Contains(value, word) || strings.Contains(name, word) {
		return fmt.Errorf("setting %s: it holds the word that ends it", name)
	}
	return l.appendTo(variable, name+"<<"+word+"\n"+value+"\n"+word+"\n")
}

// appendTo writes to a file that the runner made and named.
func (l *Log) appendTo(variable, text string) error {
	if !l.actions {
		return nil
	}
	name := l.lookup.text(variable)
	if name == "" {
		return fmt.Errorf("%s is not set, and the runner takes it from the file named there", variable)
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("opening the runner's file (%s): %w", variable, err)
	}
	if _, err = f.WriteString(text); err != nil {
		_ = f.Close()
		return fmt.Errorf("writing the runner's file (%s): %w", variable, err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("writing the runner's file (%s): %w", variable, err)
	}
	return nil
}

// mostSummary is the largest summary of a step in bytes; the runner shows nothing
// of a larger one and marks the step (FileCommandManager.cs).
const mostSummary = 1024 * 1024

// Summarize adds Markdown to the page of the job's summary. When it gets too
// long for the runner, it is cut at the end of a line, and its last words say so.
func (l *Log) Summarize(markdown string) error {
	if !l.actions {
		return nil
	}
	const variable = "GITHUB_STEP_SUMMARY"
	written := 0
	if file, err := os.Stat(l.lookup.text(variable)); err == nil {
		written = int(file.Size())
	}
	if !strings.HasSuffix(markdown, "\n") {
		markdown += "\n"
	}
	return l.appendTo(variable, cutSummary(markdown, mostSummary-written))
}

// cutSummary keeps at most that many bytes; nothing where not even the words fit.
func cutSummary(markdown string, most int) string {
	if len(markdown) <= most {
		return markdown
	}
	const words = "\n**The summary is cut here: GitHub shows at most 1 MiB of a step. The run's files have all of it.**\n"
	const closing = 4096 // bytes for ends of what is open
	room := most - len(words) - closing
	if room <= 0 {
		return ""
	}
	kept := markdown[:strings.LastIndexByte(markdown[:room], '\n')+1]
	if kept == "" { // one line
		kept = strings.ToValidUTF8(markdown[:room], "") + "\n"
	}
	return kept + endOfOpen(kept) + words
}

// endOfOpen ends the fence and the details that a cut left open, so that the
// words behind it are seen.
func endOfOpen(markdown string) string {
	fence, details := "", 0
	for line := range strings.Lines(markdown) {
		line = strings.TrimSpace(line)
		switch ticks := line[:len(line)-len(strings.TrimLeft(line, "`"))]; {
		case fence == "" && len(ticks) >= 3:
			fence = ticks
		case fence != "" && ticks == line && len(ticks) >= len(fence):
			fence = ""
		case fence == "":
			details += strings.Count(line, "<details>") - strings.Count(line, "</details>")
		}
	}
	if fence != "" {
		fence += "\n"
	}
	return fence + strings.Repeat("\n</details>\n", min(max(details, 0), 100))
}
