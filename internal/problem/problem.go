package problem

import "fmt"

// Problem is one mistake in a file.
type Problem struct {
	File    string // as the user named it; empty when no file is to blame
	Line    int    // from 1; zero: the file as a whole
	Column  int    // from 1, in characters (runes); zero: the whole line
	Message string // what is wrong, without the place
	Hint    string // what to do about it; empty when the message says so

	source *Source // nil when the text was not at hand
}

// Snippet is the line of the file with a mark below the column, two lines
// without a final newline: see [Source.Snippet]. Empty when the text was not at
// hand or there is no column.
func (p *Problem) Snippet() string {
	if p.source == nil {
		return ""
	}
	return p.source.Snippet(p.Line, p.Column)
}

// Error is the problem on one line: "file:line:column: message; hint", as
// editors and terminals look for places. Control characters, which the file
// may have brought into the message, are replaced.
func (p *Problem) Error() string {
	text := p.Message
	if p.Hint != "" {
		text += "; " + p.Hint
	}
	return visible(p.place() + text)
}

// Text is Error and, below it, the snippet where there is one.
func (p *Problem) Text() string {
	snippet := p.Snippet()
	if snippet == "" {
		return p.Error()
	}
	return p.Error() + "\n" + snippet
}

// place is the part before the message, with ": " at its end.
func (p *Problem) place() string {
	switch {
	case p.File == "" && p.Line == 0:
		return ""
	case p.File == "" && p.Column == 0:
		return fmt.Sprintf("line %d: ", p.Line)
	case p.File == "":
		return fmt.Sprintf("line %d, column %d: ", p.Line, p.Column)
	case p.Line == 0:
		return p.File + ": "
	case p.Column == 0:
		return fmt.Sprintf("%s:%d: ", p.File, p.Line)
	default:
		return fmt.Sprintf("%s:%d:%d: ", p.File, p.Line, p.Column)
	}
}
