package report

import (
	"fmt"
	"strings"
)

// Stopped is a measurement that ended without a verdict document, for a
// comment.
type Stopped struct {
	How  StoppedHow
	Why  string // a sentence without its full stop, or empty
	Done int    // trials of the candidate that ended
	Most int    // of how many; 0: neither is known
	USD  *float64
}

// StoppedHow is what ended it. The zero value is [Died].
type StoppedHow string

// The ends without a verdict.
const (
	Died       StoppedHow = ""           // the job ended, nobody said why
	Cancelled  StoppedHow = "cancelled"  // by a person, or in favour of a newer run
	Superseded StoppedHow = "superseded" // the pull request has another head by now
	Failed     StoppedHow = "failed"     // something named kept it from measuring
	Unchanged  StoppedHow = "unchanged"  // the pull request does not change what would be measured
)

// Markdown is the end as a comment.
func (s Stopped) Markdown() string {
	m := &markdown{}
	m.block("### " + s.sign() + " " + escape(s.Line()))
	return m.String()
}

func (s Stopped) sign() string {
	if s.How == Failed {
		return outcomeIcon("")
	}
	return "◽"
}

// Line is the end in one sentence: "Cancelled after 12 of 30 trials, $2.61 spent:
// not measured".
func (s Stopped) Line() string {
	why := plain(s.Why, maxProse)
	switch s.How {
	case Cancelled:
		return "Cancelled" + s.after() + reason(why) + ": not measured"
	case Superseded:
		return "Superseded" + s.after() + reason(why) + ": not measured"
	case Unchanged:
		return "Not measured: this pull request does not change the candidate" + reason(why)
	case Failed:
		if why == "" {
			why = "something kept it from measuring"
		}
		return "Not measured: " + why + s.sofar()
	}
	return "Not measured: the job ended without a verdict" + s.after() + reason(why)
}

// Title is [Stopped.Line] in at most 80 characters.
func (s Stopped) Title() string {
	return clip(uncapital(s.Line()), maxTitle)
}

// after: " after 12 of 30 trials, $2.61 spent".
func (s Stopped) after() string {
	text := ""
	if s.Most > 0 {
		text = fmt.Sprintf(" after %s of %s", count(float64(s.Done)), plural(s.Most, "trial"))
	}
	return text + s.spent()
}

func (s Stopped) sofar() string {
	if after := s.after(); after != "" {
		return " (" + strings.TrimSpace(strings.TrimPrefix(after, ",")) + ")"
	}
	return ""
}

func (s Stopped) spent() string {
	if s.USD == nil {
		return ""
	}
	return ", " + dollars(*s.USD) + " spent"
}

func reason(why string) string {
	if why == "" {
		return ""
	}
	return " (" + why + ")"
}
