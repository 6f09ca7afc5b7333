package pullrequest

import (
	"github.com/benchgate/benchgate/internal/report"
)

// said is what a comment and a check run say at one point of a CI run.
type said struct {
	state    string                         // of the marker
	verdict  string                         // of [digest]; empty: there is none
	markdown func(most int) (string, error) // the comment's own part, of at most so many bytes

	// passing is one line of Markdown for something that passes, to stand above an
	// earlier report that is worth keeping. Empty: what is said replaces whatever
	// is there.
	passing string

	onlyRunning bool // what does not say that it runs is left as it is

	guide string // address of the page that explains it; empty: nothing has to be explained

	begins     bool       // it is worth a comment where there is none
	conclusion Conclusion // of the check run; empty: it is in progress
	title      string     // of the check run, at most 80 characters
	notes      []note     // of the check run
}

// States of a marker beside a verdict's outcome.
const (
	stateRunning = "running"
	stateFirst   = "first"
)

func saidRunning(r report.Running, w When) said {
	return said{
		state: stateRunning, title: r.Title(), begins: w == Always,
		markdown: func(int) (string, error) { return r.Markdown(), nil },
		passing:  report.Prose(r.Line()),
	}
}

func saidStopped(s report.Stopped, w When) said {
	concludes := Cancelled
	state := string(s.How)
	switch s.How {
	case report.Failed:
		concludes, state = Failure, "not_measured"
	case report.Died:
		state = "died"
	case report.Unchanged:
		concludes, w = Neutral, Never // begins nothing
	}
	return said{
		state: state, title: s.Title(), conclusion: concludes, begins: w == Always || w == OnChanges,
		markdown: func(int) (string, error) { return s.Markdown(), nil },
		passing:  report.Prose(s.Line()),
	}
}

func saidFirst(f report.First, w When) said {
	return said{
		state: stateFirst, title: f.Title(), conclusion: Neutral, begins: w == Always || w == OnChanges,
		markdown: func(most int) (string, error) { return f.Comment(most), nil },
	}
}
