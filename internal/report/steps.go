package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Step is work that somebody waits for: a download, an image that is built.
type Step struct {
	Doing string // a gerund: "downloading"
	What  string // what it is done to
	Now   string // the part that goes on now; may be empty

	Done, Total int64  // zero: not known
	Unit        string // "bytes", "steps" of which number Done goes on, or what is counted, in the plural; empty: nothing

	Seconds float64 // since it began
}

// Waiting is a step that goes on, in one line of at most width columns; zero:
// as many as it takes.
//
//	downloading claude-code 2.1.330: 12.3 of 80.1 MB, 5.0 s
//	building the image of lru-cache: step 3 of 7, RUN make, 12 s
func Waiting(s Step, width int) string {
	return s.line("", width, s.amount(), plain(s.Now, maxName), duration(s.Seconds))
}

// Waited is a step that has ended, well or not.
func Waited(s Step, failed bool, width int) string {
	if failed {
		return s.line("failed: ", width, "after "+duration(s.Seconds))
	}
	amount := ""
	if s.Unit == "bytes" {
		amount = s.size(s.Done)
	}
	return s.line("done: ", width, amount, duration(s.Seconds))
}

// line joins the facts that there are. Where it is too wide the name of what is
// done is shortened first, because the facts change and the name does not.
func (s Step) line(before string, width int, facts ...string) string {
	said := ""
	for _, fact := range facts {
		switch {
		case fact == "":
		case said == "":
			said = ": " + fact
		default:
			said += ", " + fact
		}
	}
	before += s.Doing
	what := plain(s.What, maxName)
	if what != "" {
		what = " " + what
	}
	if width > 0 {
		const shortest = 20
		what = shorten(what, max(width-displayWidth(before+said), shortest))
		return cut(before+what+said, width)
	}
	return before + what + said
}

// amount is how much is done; empty when nothing is counted.
func (s Step) amount() string {
	switch {
	case s.Unit == "bytes" && s.Total > 0:
		return s.size(s.Done) + " of " + s.size(s.Total)
	case s.Unit == "bytes" && s.Done > 0:
		return s.size(s.Done)
	case s.Unit == "steps" && s.Total > 0:
		return fmt.Sprintf("step %d of %d", s.Done, s.Total)
	case s.Unit != "" && s.Unit != "bytes" && s.Total > 0:
		return fmt.Sprintf("%d of %d %s", s.Done, s.Total, s.Unit)
	}
	return ""
}

// size writes bytes in powers of ten, as registries and disks do.
func (s Step) size(bytes int64) string {
	x, units := math.Max(float64(bytes), 0), []string{"B", "kB", "MB", "GB", "TB", "PB", "EB"}
	for x >= 999.5 && len(units) > 1 {
		x, units = x/1000, units[1:]
	}
	decimals := 0
	if x < 99.95 && units[0] != "B" {
		decimals = 1
	}
	return strconv.FormatFloat(x, 'f', decimals, 64) + " " + units[0]
}

// Stopping says what an interrupted command is about to stop, and what a second
// signal does; trials is how many run.
func Stopping(signal string, trials int, steps []Step) string {
	var what []string
	if trials > 0 {
		what = append(what, "stopping "+plural(trials, "trial")+" and removing what they made; the finished ones are kept")
	}
	for _, s := range steps {
		what = append(what, "ending: "+s.Doing+" "+plain(s.What, maxName))
	}
	if len(what) == 0 {
		what = append(what, "stopping")
	}
	again := "once more ends benchgate at once, and leaves the rest to \"benchgate clean\""
	return signal + ": " + strings.Join(what, "; ") + " (" + again + ")"
}
