package workflow_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// runner reads what a step writes as GitHub's runner does (ActionCommand.cs,
// ActionCommandManager.cs, FileCommandManager.cs).
type runner struct {
	commands []command
	shown    []string // lines that are no command
	stopped  string   // the token that is waited for
	stops    []string // all tokens
	err      error    // what the runner would fail the step for
}

type command struct {
	name       string
	properties map[string]string
	data       string
}

var registered = []string{
	"add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "internal-set-repo-path",
	"notice", "remove-matcher", "save-state", "set-env", "set-output", "stop-commands", "warning",
}

// reads a whole stream.
func (r *runner) reads(stream string) {
	for _, line := range strings.Split(strings.TrimSuffix(stream, "\n"), "\n") {
		c, is := r.parse(strings.TrimSuffix(line, "\r"))
		switch {
		case !is:
			r.shown = append(r.shown, line)
		case r.stopped != "" && c.name == r.stopped:
			r.stopped = ""
		case r.stopped != "":
			r.shown = append(r.shown, line)
		case c.name == "stop-commands":
			if slices.Contains(registered, c.data) || c.data == "" || c.data == "pause-logging" {
				r.err = fmt.Errorf("the runner takes no stop token %q", c.data)
			}
			r.stopped = c.data
			r.stops = append(r.stops, c.data)
		default:
			r.commands = append(r.commands, c)
		}
	}
}

func (r *runner) parse(line string) (command, bool) {
	known := func(name string) bool { return slices.Contains(registered, name) || name != "" && name == r.stopped }
	if rest, is := strings.CutPrefix(strings.TrimLeftFunc(line, unicode.IsSpace), "::"); is {
		if head, data, found := strings.Cut(rest, "::"); found {
			name, properties, _ := strings.Cut(head, " ")
			if known(name) {
				return command{name, split(properties, ",", unescape("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")), unescape("%0D", "\r", "%0A", "\n", "%25", "%")(data)}, true
			}
		}
	}
	if _, rest, found := strings.Cut(line, "##["); found {
		if head, data, found := strings.Cut(rest, "]"); found {
			name, properties, _ := strings.Cut(head, " ")
			if known(name) {
				all := unescape("%3B", ";", "%0D", "\r", "%0A", "\n", "%5D", "]", "%25", "%")
				return command{name, split(properties, ";", all), all(data)}, true
			}
		}
	}
	return command{}, false
}

// unescape replaces one after the other, as the runner does.
func unescape(pairs ...string) func(string) string {
	return func(text string) string {
		for i := 0; i < len(pairs); i += 2 {
			text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
		}
		return text
	}
}

func split(properties, by string, unescaped func(string) string) map[string]string {
	all := make(map[string]string)
	for _, pair := range strings.Split(properties, by) {
		if name, value, found := strings.Cut(pair, "="); found {
			all[strings.TrimSpace(name)] = unescaped(value)
		}
	}
	return all
}

// assignments are what the runner reads from a file of outputs or state.
func assignments(t *testing.T, file string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]string)
	lines := strings.Split(string(text), "\n")
	for i := 0; i < len(lines); i++ {
		if lines[i] == "" {
			continue
		}
		equals, heredoc := strings.Index(lines[i], "="), strings.Index(lines[i], "<<")
		if heredoc < 0 || equals >= 0 && equals < heredoc {
			name, value, _ := strings.Cut(lines[i], "=")
			all[name] = value
			continue
		}
		name, end, _ := strings.Cut(lines[i], "<<")
		length := slices.Index(lines[i+1:], end)
		if length < 0 {
			t.Fatalf("nothing ends %q in\n%s", lines[i], text)
		}
		all[name] = strings.Join(lines[i+1:i+1+length], "\n")
		i += 1 + length
	}
	return all
}
