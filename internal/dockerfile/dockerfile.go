// Package dockerfile reads Dockerfiles with BuildKit's parser. The suite uses it
// to find the images that a task is built from, and the process sandbox to carry
// out the instructions that need no engine.
package dockerfile

import (
	"bytes"
	"errors"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"

	"github.com/benchgate/benchgate/internal/problem"
)

// File is a Dockerfile's instructions, in order.
type File struct {
	Instructions []Instruction
	escape       rune // '\\', or what "# escape=" says
	source       *problem.Source
}

// Instruction is one instruction at its place.
type Instruction struct {
	Line int // from 1, where it begins
	Name string

	// Is is a *instructions.Stage for FROM, else an instructions.Command.
	Is any
}

// Parse reads a Dockerfile; name stands in errors. The error is a
// [*problem.List] of the instructions that are wrong. Where the text cannot be
// split into instructions, it has only the first such place.
func Parse(name string, text []byte) (*File, error) {
	source := problem.NewSource(name, text)
	var wrong problem.List
	tree, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		wrong.Add(source.AtPlace(lineOf(err), 0, "%s", message(err)))
		return nil, wrong.Err()
	}
	f := &File{escape: tree.EscapeToken, source: source}
	for _, node := range tree.AST.Children {
		is, err := instructions.ParseInstruction(node)
		if err != nil {
			wrong.Add(source.AtPlace(node.StartLine, 0, "%s", message(err)))
			continue
		}
		f.Instructions = append(f.Instructions, Instruction{node.StartLine, strings.ToUpper(node.Value), is})
	}
	if len(f.Instructions) > 0 && !f.hasFrom() {
		wrong.Add(source.AtPlace(0, 0, "no FROM instruction"))
	}
	return f, wrong.Err()
}

func (f *File) hasFrom() bool {
	for _, in := range f.Instructions {
		if _, from := in.Is.(*instructions.Stage); from {
			return true
		}
	}
	return false
}

// Expand takes quotes and escapes out of a word and replaces $NAME, ${NAME}
// and its forms with defaults. Variables are "NAME=value"; of one name the last
// holds.
func (f *File) Expand(word string, variables []string) (string, error) {
	text, _, err := shell.NewLex(f.escape).ProcessWord(word, shell.EnvsFromSlice(variables))
	return text, err
}

// lineOf is where the parser failed, 0 where it does not say.
func lineOf(err error) int {
	if at, ok := errors.AsType[*parser.LocationError](err); ok && len(at.Locations) > 0 && len(at.Locations[0]) > 0 {
		return at.Locations[0][0].Start.Line
	}
	return 0
}

// message is the parser's own, without the line that it repeats.
func message(err error) string {
	text := err.Error()
	if before, after, found := strings.Cut(text, ": "); found && strings.HasPrefix(before, "dockerfile parse error") {
		return after
	}
	return text
}
