package workflow

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/sethvargo/go-githubactions"

	"github.com/benchgate/benchgate/internal/plain"
)

// Mask makes the runner write asterisks for a secret, and for each line of it, in
// the log and the summary from here on. Lines of fewer than 4 characters are
// left out: braces of a JSON key would be asterisks everywhere.
func (l *Log) Mask(secret string) error {
	whole := strings.TrimSpace(secret)
	if whole == "" {
		return nil
	}
	secrets := []string{whole}
	if strings.ContainsAny(whole, "\r\n") {
		secrets = nil // the runner would mask each of its lines, however short
		for _, line := range strings.FieldsFunc(whole, func(c rune) bool { return c == '\r' || c == '\n' }) {
			if line = strings.TrimSpace(line); len(line) >= 4 {
				secrets = append(secrets, line)
			}
		}
	}
	for _, s := range secrets {
		if err := l.command(githubactions.Command{Name: "add-mask", Message: s}); err != nil {
			return err
		}
	}
	return nil
}

// Level is how bad what an annotation says is.
type Level string

// Each level has its own limit of annotations.
const (
	Notice  Level = "notice"
	Warning Level = "warning"
	Error   Level = "error"
)

// Annotation is a remark that GitHub shows with the run, and beside a line of the
// pull request's files when it names one.
type Annotation struct {
	Level   Level
	File    string // from the repository's root on; empty: of the run
	Line    int    // from 1; 0: of the file
	Title   string
	Message string
}

// Limits of the runner, for each level of each step, and of a message in UTF-16
// units (ExecutionContext.cs, _maxCountPerIssueType and _maxIssueMessageLength).
const (
	mostAnnotations = 10
	longestMessage  = 4096
)

// Annotate makes annotations. Of a level that has more than the runner keeps of
// this step, the last kept says how many more there are.
func (l *Log) Annotate(all ...Annotation) error {
	for _, level := range []Level{Error, Warning, Notice} {
		of := slices.DeleteFunc(slices.Clone(all), func(a Annotation) bool { return a.Level != level })
		if err := l.annotate(level, of); err != nil {
			return err
		}
	}
	return nil
}

func (l *Log) annotate(level Level, of []Annotation) error {
	l.mu.Lock()
	room := mostAnnotations - l.used[level]
	l.used[level] += min(room, len(of))
	l.mu.Unlock()
	if len(of) > room {
		kept := max(room-1, 0)
		more := fmt.Sprintf("and %d more, which GitHub would not show", len(of)-kept)
		if of = of[:kept]; room > 0 {
			of = append(of, Annotation{Level: level, Message: more})
		} else if err := l.tell(string(level) + ": " + more + "\n"); err != nil {
			return err
		}
	}
	for _, a := range of {
		if err := l.command(a.command()); err != nil {
			return err
		}
	}
	return nil
}

// tell writes text for people where GitHub Actions runs the step.
func (l *Log) tell(text string) error {
	if !l.actions {
		return nil
	}
	_, err := l.Write([]byte(text))
	return err
}

// command is the annotation for the runner, which counts lines and columns from 1.
func (a Annotation) command() githubactions.Command {
	c := githubactions.Command{Name: string(a.Level), Message: shortened(calm(a.Message), longestMessage), Properties: githubactions.CommandProperties{}}
	if a.Title != "" {
		c.Properties["title"] = plain.Line(a.Title, 200)
	}
	if a.File != "" {
		c.Properties["file"] = plain.Line(a.File, 1024)
		if a.Line > 0 {
			c.Properties["line"] = strconv.Itoa(a.Line)
		}
	}
	return c
}

// calm is text in which no terminal and no runner finds anything to obey.
func calm(text string) string {
	var b strings.Builder
	w := plain.NewWriter(&b)
	_, _ = w.Write([]byte(text)) // a Builder takes everything
	_ = w.Flush()
	return b.String()
}

// shortened keeps at most limit UTF-16 units, as the runner counts, the last of
// them an ellipsis when some were lost.
func shortened(text string, limit int) string {
	units, room := 0, 0 // room: the bytes that leave one unit for the ellipsis
	for at, r := range text {
		if units < limit {
			room = at
		}
		if units += utf16.RuneLen(r); units > limit {
			return text[:room] + "…"
		}
	}
	return text
}
