package gitprogram

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/benchgate/benchgate/internal/step"
)

// output takes what git and the server say on git's standard error: progress
// goes to the step, of the rest the last lines are kept for an error's message.
type output struct {
	step *step.Step // nil: nobody waits for it
	line []byte     // so far, at most maxGitLine bytes of it
	said []string
}

// A server can send lines without an end, and lines without number.
const (
	maxGitLine  = 1000 // bytes
	maxGitLines = 3
)

func (o *output) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		end := bytes.IndexAny(rest, "\r\n") // progress lines end in a carriage return
		part := rest
		if end >= 0 {
			part = rest[:end]
		}
		o.line = append(o.line, part[:min(len(part), maxGitLine-len(o.line))]...)
		if end < 0 {
			break
		}
		o.endLine()
		rest = rest[end+1:]
	}
	return len(p), nil
}

// gitProgress is a line of git's progress, its own or the server's.
var gitProgress = regexp.MustCompile(`^(?:remote: )?([A-Z][a-z]+ [a-z]+): +[0-9]+% \(([0-9]+)/([0-9]+)\)`)

// gitAdvice is what git adds to each failure of a transport, whatever it was.
var gitAdvice = []string{"Please make sure you have the correct access rights", "and the repository exists."}

func (o *output) endLine() {
	line := strings.TrimSpace(string(o.line))
	o.line = o.line[:0]
	if line == "" || slices.Contains(gitAdvice, line) {
		return
	}
	if now := gitProgress.FindStringSubmatch(line); now != nil {
		if o.step != nil {
			done, _ := strconv.ParseInt(now[2], 10, 64) // what is no such number counts as nothing
			total, _ := strconv.ParseInt(now[3], 10, 64)
			o.step.Now(strings.ToLower(now[1]))
			o.step.Of(done, total, "objects")
		}
		return
	}
	o.said = append(o.said, line)
	o.said = o.said[max(0, len(o.said)-maxGitLines):]
}

// message is the last of what was said, in one line.
func (o *output) message() string {
	o.endLine()
	return strings.Join(o.said, "; ")
}
