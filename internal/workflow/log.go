package workflow

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/sethvargo/go-githubactions"

	"github.com/benchgate/benchgate/internal/plain"
)

// Log is what the step writes for the runner: commands of ours, and text in
// which nothing may be one. The runner reads a step's two streams in no
// certain order, and obeys both; all must go through one Log on one of them.
// Its methods may be called from several goroutines.
//
// Text that is not ours stands between ::stop-commands:: with a token of chance
// and the same token again: between them the runner obeys nothing. It
// is written as package plain writes it besides, since GitHub's page folds and
// colours a log by what stands in it.
type Log struct {
	lookup  Lookup
	actions bool
	out     io.Writer
	library *githubactions.Action

	mu      sync.Mutex
	foreign *plain.Writer
	token   string        // that ends the stop; empty: commands are obeyed
	inLine  bool          // the last write ended within a line
	used    map[Level]int // annotations of this step
	err     error         // the first of writing
}

// NewLog writes to out, which is the process's standard output or error.
func NewLog(lookup Lookup, out io.Writer) *Log {
	l := &Log{lookup: lookup, actions: lookup.text("GITHUB_ACTIONS") == "true", out: out, used: make(map[Level]int)}
	l.foreign = plain.NewWriter(rawWriter{l})
	l.library = githubactions.New(githubactions.WithGetenv(lookup.text), githubactions.WithWriter(rawWriter{l}))
	return l
}

// Write implements [io.Writer] for text that others may have written: names of
// tasks, images and branches, errors, what a build prints.
func (l *Log) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(text) == 0 {
		return 0, l.err
	}
	l.stopCommands()
	if n, err := l.foreign.Write(text); err != nil {
		return n, err
	}
	return len(text), l.err
}

// Close ends what is open. Text and commands may follow.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.resumeCommands()
	return l.err
}

// stopCommands makes the runner obey nothing from here on.
func (l *Log) stopCommands() {
	if !l.actions || l.token != "" {
		return
	}
	l.token = chance()
	l.library.IssueCommand(&githubactions.Command{Name: "stop-commands", Message: l.token})
}

// resumeCommands makes it obey again. What others wrote may have ended within a
// line, and even within a character.
func (l *Log) resumeCommands() {
	_ = l.foreign.Flush() // errors are kept in l.err
	if l.inLine {
		_, _ = l.foreign.Write([]byte("\n")) // which has to know that a line begins
	}
	if l.token != "" {
		l.raw("::" + l.token + "::\n")
		l.token = ""
	}
}

// command gives the runner one command. Outside GitHub Actions nobody would
// obey it, and it is left out.
func (l *Log) command(c githubactions.Command) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.actions {
		l.resumeCommands()
		l.library.IssueCommand(&c)
	}
	return l.err
}

// raw writes as it is, and remembers the first error: the library would panic.
func (l *Log) raw(text string) {
	if text == "" {
		return
	}
	l.inLine = !strings.HasSuffix(text, "\n")
	if _, err := io.WriteString(l.out, text); err != nil && l.err == nil {
		l.err = fmt.Errorf("writing to the job's log: %w", err)
	}
}

// rawWriter is raw for those who want a writer.
type rawWriter struct{ l *Log }

func (w rawWriter) Write(text []byte) (int, error) {
	w.l.raw(string(text))
	return len(text), nil
}

// chance is a word that nobody can guess: 32 hexadecimal digits.
func chance() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails, by its documentation
	return hex.EncodeToString(b[:])
}
