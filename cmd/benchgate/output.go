package main

import (
	"flag"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"

	"github.com/benchgate/benchgate/internal/plain"
	"github.com/benchgate/benchgate/internal/report"
)

// output is how a result is written.
type output struct {
	format string
	full   bool
}

func (o *output) register(set *flag.FlagSet) {
	set.StringVar(&o.format, "format", "text", "`format` of the result: text, json, markdown, junit")
	set.BoolVar(&o.full, "full", false, "a verdict's text in full: all metrics, tasks, reasons and warnings; other formats always have them")
}

// firstError is the error of a command that takes no arguments.
func firstError(err error, rest []string) error {
	if err != nil {
		return err
	}
	return usagef("unexpected argument %s", strconv.Quote(strings.Join(rest, " ")))
}

// visible makes a name or a sentence that others wrote fit for one line.
func visible(text string) string { return plain.Line(text, 400) }

// reportOptions say what standard output can show and is asked to show.
func (p *program) reportOptions(o output) report.Options {
	text := p.terminal(p.Stdout)
	text.Full = o.full
	return report.Options{Text: text}
}

// ofRun adds what can be done with the files of a run.
func ofRun(o report.Options, s settings, dir string) report.Options {
	o.Text.Save = saveCommand(s, dir)
	o.Text.InFull = "benchgate report --full " + shellWord(dir)
	return o
}

// terminal says what a stream can show: colour and a width on a terminal,
// plain text elsewhere and when NO_COLOR is set (no-color.org).
func (p *program) terminal(w io.Writer) report.TextOptions {
	if s, ok := w.(*stream); ok {
		w = s.file
	}
	if !isTerminal(w) {
		return report.TextOptions{}
	}
	f := w.(*os.File)
	noColor, _ := p.LookupEnv("NO_COLOR")
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		width = 0
	}
	return report.TextOptions{Color: noColor == "", Width: width}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
