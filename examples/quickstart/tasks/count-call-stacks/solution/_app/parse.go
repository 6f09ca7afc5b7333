// Package stackcount reads the text form of a sampling profile and counts how
// often each call stack was seen.
//
// A sample is a header line followed by its frames, one a line, indented by a
// tab, innermost first. A blank line ends the sample:
//
//	worker 1411 12.003: cpu-clock
//		runtime.mallocgc
//		encoding/json.Unmarshal
//		main.handle
//
// Lines that begin with "#" are comments and may stand anywhere.
package stackcount

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Stack is a call stack, outermost frame first, joined by semicolons:
// "main.handle;encoding/json.Unmarshal;runtime.mallocgc".
type Stack string

// Profile counts samples by stack.
type Profile struct {
	Samples int
	Counts  map[Stack]int
}

// Parse reads a whole profile. A frame outside a sample is an error that names
// its line.
func Parse(r io.Reader) (*Profile, error) {
	p := &Profile{Counts: make(map[Stack]int)}
	var (
		inSample bool
		frames   []string
	)
	scanner := bufio.NewScanner(r)
	for line := 1; scanner.Scan(); line++ {
		text := scanner.Text()
		switch {
		case strings.HasPrefix(text, "#"):
			// A comment neither begins nor ends a sample.
		case text == "":
			p.add(frames)
			inSample, frames = false, nil
		case strings.HasPrefix(text, "\t"):
			if !inSample {
				return nil, fmt.Errorf("line %d: frame %q outside a sample", line, strings.TrimSpace(text))
			}
			frames = append(frames, strings.TrimSpace(text))
		default:
			inSample = true
		}
	}
	if err := scanner.Err(); err != nil {
		return nil, fmt.Errorf("reading profile: %w", err)
	}
	p.add(frames) // the last sample ends with the file
	return p, nil
}

// add counts one sample. A sample without frames was taken outside any
// function we can name and is not counted.
func (p *Profile) add(frames []string) {
	if len(frames) == 0 {
		return
	}
	slices.Reverse(frames)
	p.Samples++
	p.Counts[Stack(strings.Join(frames, ";"))]++
}
