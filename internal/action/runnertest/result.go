package runnertest

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

// Result is what the runner knows after a step.
type Result struct {
	ExitCode int
	Log      string    // as people see it: without the commands, masked
	Commands []Command // that were obeyed, in their order
	Outputs  map[string]string
	State    map[string]string
	Env      map[string]string // what the step put into the job's environment
	Summary  string
}

// Command is one line of a log that the runner obeys.
type Command struct{ Name, Properties, Value string }

// Named are the commands of one name.
func (r *Result) Named(name string) []Command {
	var found []Command
	for _, c := range r.Commands {
		if c.Name == name {
			found = append(found, c)
		}
	}
	return found
}

// maxSummary is how large a step's summary may be, in bytes; of a larger one
// nothing is shown.
const maxSummary = 1 << 20

// Read takes what a step left: its log, and the files by their variables, as
// [Files] made them.
func Read(log string, files map[string]string) (*Result, error) {
	result := &Result{}
	result.obey(log)
	var err error
	for _, part := range []struct {
		into     *map[string]string
		variable string
	}{{&result.Outputs, "GITHUB_OUTPUT"}, {&result.State, "GITHUB_STATE"}, {&result.Env, "GITHUB_ENV"}} {
		if *part.into, err = readPairs(files[part.variable]); err != nil {
			return nil, err
		}
	}
	summary, err := os.ReadFile(files["GITHUB_STEP_SUMMARY"])
	if err != nil {
		return nil, fmt.Errorf("reading the summary: %w", err)
	}
	if len(summary) > maxSummary {
		return nil, fmt.Errorf("the summary has %d bytes: the runner shows none above %d", len(summary), maxSummary)
	}
	result.Summary = string(summary)
	return result, nil
}

// readPairs reads a file of NAME=VALUE lines and of values between delimiters.
func readPairs(file string) (map[string]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading a file of commands: %w", err)
	}
	pairs := make(map[string]string)
	lines := strings.Split(string(text), "\n")
	for i := 0; i < len(lines); i++ {
		line := strings.TrimSuffix(lines[i], "\r")
		equals, heredoc := strings.Index(line, "="), strings.Index(line, "<<")
		switch {
		case line == "":
		case equals >= 0 && (heredoc < 0 || equals < heredoc):
			pairs[line[:equals]] = line[equals+1:]
		case heredoc > 0:
			name, end := line[:heredoc], line[heredoc+2:]
			var value []string
			for i++; ; i++ {
				if i >= len(lines) {
					return nil, fmt.Errorf("%s: the end %q of %s is missing", file, end, name)
				}
				if lines[i] == end {
					break
				}
				value = append(value, lines[i])
			}
			pairs[name] = strings.Join(value, "\n")
		default:
			return nil, fmt.Errorf("%s: %q is neither NAME=VALUE nor NAME<<END", file, line)
		}
	}
	return pairs, nil
}

var (
	commandForm = regexp.MustCompile(`^::([a-zA-Z-]+)(?: ([^:]*(?::[^:]+)*?))?::(.*)$`)
	oldForm     = regexp.MustCompile(`##\[([a-zA-Z-]+)(?: ([^\]]*))?\](.*)$`)
	unescape    = strings.NewReplacer("%25", "%", "%0D", "\r", "%0A", "\n")
)

// known are the commands that the runner obeys.
var known = map[string]bool{
	"add-mask": true, "debug": true, "error": true, "warning": true, "notice": true, "group": true, "endgroup": true,
	"stop-commands": true, "set-output": true, "set-env": true, "add-path": true, "save-state": true, "add-matcher": true, "remove-matcher": true, "echo": true,
}

// obey goes through a log as the runner does.
func (r *Result) obey(log string) {
	stopped, masks := "", []string(nil)
	var shown strings.Builder
	for line := range strings.Lines(log) {
		line = strings.TrimRight(line, "\r\n")
		c, found := parseCommand(line)
		if stopped != "" {
			if found && c.Name == stopped {
				stopped = ""
				continue
			}
			found = false
		}
		if !found || !known[strings.ToLower(c.Name)] {
			shown.WriteString(masked(line, masks) + "\n")
			continue
		}
		c.Name = strings.ToLower(c.Name)
		switch c.Name {
		case "stop-commands":
			stopped = c.Value
		case "add-mask":
			masks = append(masks, strings.Split(c.Value, "\n")...)
		}
		c.Value = masked(c.Value, masks)
		r.Commands = append(r.Commands, c)
	}
	r.Log = shown.String()
}

// parseCommand reads a command in either form: the newer at the beginning of a
// line after space, the older anywhere.
func parseCommand(line string) (Command, bool) {
	form := commandForm.FindStringSubmatch(strings.TrimSpace(line))
	if form == nil {
		form = oldForm.FindStringSubmatch(line)
	}
	if form == nil {
		return resumed(line)
	}
	return Command{Name: form[1], Properties: form[2], Value: unescape.Replace(form[3])}, true
}

// resumed is the line that ends stop-commands: a token that nobody could guess
// between colons.
func resumed(line string) (Command, bool) {
	token, found := strings.CutPrefix(strings.TrimSpace(line), "::")
	token, closed := strings.CutSuffix(token, "::")
	return Command{Name: token}, found && closed && token != "" && !strings.ContainsAny(token, ": ")
}

func masked(text string, masks []string) string {
	for _, m := range masks {
		if m = strings.TrimSpace(m); m != "" {
			text = strings.ReplaceAll(text, m, "***")
		}
	}
	return text
}
