// Package pid1 is what benchgate asks of PID 1 in a container, and its answer.
package pid1

import (
	"errors"
	"strconv"
	"strings"
)

// Line is a request to PID 1 or its answer. A request is a line on its standard input, the answer a line on its
// standard output. Both are pipes of the engine that no process in the container
// can open: PID 1 cannot be traced. A line is an ID that the asker chose, a word,
// and quoted arguments.
//
//	ID stop "GRACE-MILLISECONDS"                 end all processes: TERM, after the grace KILL
//	ID tree "PID" "GRACE-MILLISECONDS"           end one process and its descendants
//	ID empty "PATH" "OCTAL-MODE" ...             make each path an empty directory of that mode
//
//	ID list "PATH" ...                           what is in each directory
//
//	ID ok
//	ID ok "DEVICE:INODE" "NAME/NAME/..." ...     of each directory; empty where there is none
//	ID failed "WHY"
//
// The engine is not asked to send PID 1 a signal instead, because a signal is how
// it tells of a container that somebody ended from outside.
type Line struct {
	ID, Word string
	Args     []string
}

// The words of requests, and of answers.
const (
	Stop  = "stop"
	Tree  = "tree"
	Empty = "empty"
	List  = "list"

	OK     = "ok"
	Failed = "failed"
)

// Waits is what the helper's command "wait" writes as it begins to wait.
const Waits = "benchgate: the ENTRYPOINT runs its command"

// String is the line with its end.
func (l Line) String() string {
	text := l.ID + " " + l.Word
	for _, arg := range l.Args {
		text += " " + strconv.Quote(arg)
	}
	return text + "\n"
}

var errLine = errors.New("it is no line of the helper's protocol")

// Parse reads what String wrote, with or without its end.
func Parse(text string) (Line, error) {
	id, rest, found := strings.Cut(strings.TrimSuffix(text, "\n"), " ")
	if !found || id == "" {
		return Line{}, errLine
	}
	word, rest, _ := strings.Cut(rest, " ")
	if word == "" {
		return Line{}, errLine
	}
	l := Line{ID: id, Word: word}
	for rest != "" {
		quoted, err := strconv.QuotedPrefix(rest)
		if err != nil {
			return Line{}, errLine
		}
		arg, err := strconv.Unquote(quoted)
		if err != nil {
			return Line{}, errLine
		}
		l.Args = append(l.Args, arg)
		after := rest[len(quoted):]
		if after != "" && (after[0] != ' ' || len(after) == 1) {
			return Line{}, errLine
		}
		rest = strings.TrimPrefix(after, " ")
	}
	return l, nil
}
