package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/benchgate/benchgate/internal/problem"
	"github.com/benchgate/benchgate/internal/step"
	"github.com/benchgate/benchgate/internal/workflow"
)

// program is the command line with its surroundings, so that a test can run
// it whole.
//
// Results go to Stdout, everything else to Stderr.
type program struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	LookupEnv      func(string) (string, bool)

	system string // operating system, as runtime.GOOS names it

	display *display  // what Stdout and Stderr go through while a command runs
	own     ownOutput // both as they were given

	job *workflow.Log // what Stdout and Stderr lead to in a job of the Action; else nil
}

// ownOutput are the streams of the process, for a command of the user's that
// talks to the terminal itself.
type ownOutput struct{ stdout, stderr io.Writer }

// verb is one subcommand.
type verb struct {
	name, args, summary string
	run                 func(ctx context.Context, p *program, args []string) error
}

// verbs lists the subcommands in the order of the help text.
func verbs() []verb {
	return []verb{
		{"run", "[flags]", "run trials until the verdict, report it", runVerb},
		{"compare", "--baseline RUN --candidate RUN", "a verdict from two run files", compareVerb},
		{"report", "RUN... | VERDICT", "runs side by side, or a verdict again in another format", reportVerb},
		{"publish", "--pull-request N RUN", "post a verdict to a pull request on GitHub: comment, check run", publishVerb},
		{"plan", "[flags]", "what a run would cost and probably say", planVerb},
		{"meter", "-- COMMAND", "what any agent command costs", meterVerb},
		{"init", "[DIR]", "write a commented benchgate.yaml for the tasks found here", initVerb},
		{"lock", "[flags]", "pin the tasks in benchgate.lock, or the configuration's own", lockVerb},
		{"check", "[flags]", "each task's reference solution passes, doing nothing fails", checkVerb},
		{"telemetry", "send RUN", "send on what is left of a run's telemetry", telemetryVerb},
		{"prices", "update LITELLM", "what LiteLLM's price table would change in your own", pricesVerb},
		{"dashboard", "signoz|grafana", "a dashboard of what telemetry.forward sends on", dashboardVerb},
		{"baseline", "save|list|show|remove|...", "keep accepted runs", baselineVerb},
		{"drift", "[flags]", "whether stored nights of one variant have drifted", driftVerb},
		{"doctor", "[flags]", "what this machine lacks, and what to do", doctorVerb},
		{"action", "[--post]", "what the Action on GitHub does in a job", actionVerb},
		{"clean", "[flags]", "remove what crashed runs left on the engine", cleanVerb},
		{"version", "", "print benchgate's version", versionVerb},
	}
}

// run runs one command line and returns the exit code. It is the only place
// that turns an error into a message and a code.
func (p *program) run(ctx context.Context, args []string) int {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	p.own = ownOutput{p.Stdout, p.Stderr}
	p.display = p.newDisplay(func() { cancel(interruption{"nobody reads the output any more"}) })
	p.Stdout, p.Stderr = p.display.stdout, p.display.stderr
	err := p.dispatch(step.With(ctx, p.display.step), args)
	p.display.close()
	var quiet silent
	var help helpAsked
	switch {
	case errors.As(err, &help):
		help.set.SetOutput(p.Stdout)
		help.set.Usage()
	case err != nil && !errors.As(err, &quiet):
		p.complain(err)
	}
	return exitCode(err)
}

// stopped are the verbs that have something to end and to clean up when they are
// interrupted. A signal ends the others at once, but meter, whose command gets it.
var stopped = []string{"run", "lock", "check", "clean", "action", "telemetry"}

// runVerb runs one verb, so that signals stop it as it needs.
func (p *program) runVerb(ctx context.Context, v verb, args []string) error {
	if slices.Contains(stopped, v.name) {
		var done func()
		ctx, done = stopOnSignal(ctx, p.display.stopping)
		defer done()
	}
	return v.run(ctx, p, args)
}

// complain says what is wrong. A mistake in a file begins its line with the
// place, as editors look for it, and shows the line of the file; everything
// else begins with the program's name.
func (p *program) complain(err error) {
	for _, e := range problem.Split(err) {
		var mistake *problem.Problem
		if errors.As(e, &mistake) && mistake.File != "" {
			fmt.Fprintln(p.Stderr, mistake.Text())
			continue
		}
		fmt.Fprintf(p.Stderr, "benchgate: %s\n", indented(said(e)))
	}
}

// said is an error's text. An interruption is met in the middle of something,
// by whoever did it, and is no failure of that.
func said(err error) string {
	var kept interface{ Kept() string } // a run that says where its trials are
	if errors.Is(err, context.Canceled) && !errors.As(err, &kept) {
		return "interrupted"
	}
	return err.Error()
}

// indented moves all lines but the first, if they are not yet, so that none
// passes for a message of its own: a name that others chose may hold line breaks.
func indented(text string) string {
	first, rest, more := strings.Cut(text, "\n")
	for more {
		var line string
		if line, rest, more = strings.Cut(rest, "\n"); line != "" && !strings.HasPrefix(line, " ") {
			line = "    " + line
		}
		first += "\n" + line
	}
	return first
}

func (p *program) dispatch(ctx context.Context, args []string) error {
	if p.system == "windows" {
		return usagef("Windows is not supported: run benchgate in WSL 2, where it is a Linux program")
	}
	if len(args) == 0 {
		p.usage(p.Stderr)
		return silent{usagef("no command given")}
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		if len(args) == 1 || strings.HasPrefix(args[1], "-") {
			p.usage(p.Stdout)
			return nil
		}
		args = []string{args[1], "-h"}
	case "-version", "--version":
		args[0] = "version"
	}
	var names []string
	for _, v := range verbs() {
		if v.name == args[0] {
			return p.runVerb(ctx, v, args[1:])
		}
		names = append(names, v.name)
	}
	return usagef("there is no command %q, want one of %s; \"benchgate help\" tells what they do", args[0], strings.Join(names, ", "))
}

// note says on standard error what is good to know and stops nothing.
func (p *program) note(text string) { fmt.Fprintln(p.Stderr, "note: "+indented(text)) }

func (p *program) usage(w io.Writer) {
	fmt.Fprint(w, `benchgate gates on what a solved task costs: it runs pinned coding tasks with the
real agent for a candidate and a baseline, and compares.

Usage: benchgate COMMAND [arguments]

`)
	for _, v := range verbs() {
		fmt.Fprintf(w, "  %-9s %-31s %s\n", v.name, v.args, v.summary)
	}
	fmt.Fprint(w, `
"benchgate help COMMAND" tells about one of them.

Exit codes: 0 pass, 1 regression, 2 usage, configuration or suite error,
3 inconclusive, 4 incomparable, 5 not measured.
`)
}

// flags makes the flag set of a verb. Package flag shows the usage with every
// error, where nobody wants it: it is discarded until help is asked for.
func (p *program) flags(name, help string) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {
		fmt.Fprintf(fs.Output(), "%s\n", strings.TrimSpace(help))
		printFlags(fs.Output(), fs)
	}
	return fs
}

// printFlags lists the flags, one a line.
func printFlags(out io.Writer, fs *flag.FlagSet) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	title := "\nFlags:\n"
	fs.VisitAll(func(f *flag.Flag) {
		dashes := "--"
		if len(f.Name) == 1 {
			dashes = "-"
		}
		value, usage := flag.UnquoteUsage(f)
		if f.DefValue != "" && f.DefValue != "false" {
			usage += " (default " + f.DefValue + ")"
		}
		fmt.Fprintf(w, "%s  %s%s %s\t%s\n", title, dashes, f.Name, strings.ToUpper(value), usage)
		title = ""
	})
	w.Flush()
}

// parse parses a verb's flags, which may stand between its arguments.
func parse(fs *flag.FlagSet, args []string) (rest []string, err error) {
	for len(args) > 0 {
		if err := fs.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, helpAsked{fs}
			}
			return nil, usagef("%s: %v; run \"benchgate %s -h\" for its flags", fs.Name(), err, fs.Name())
		}
		args = fs.Args()
		if len(args) > 0 {
			rest, args = append(rest, args[0]), args[1:]
		}
	}
	return rest, nil
}

// logger writes warnings and, when asked, everything else to Stderr.
func (p *program) logger(verbose bool) *slog.Logger {
	level := slog.LevelWarn
	if verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(p.Stderr, &slog.HandlerOptions{Level: level}))
}
