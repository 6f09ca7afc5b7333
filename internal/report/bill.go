package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/benchgate/benchgate/baselines"
)

// Bill is what one command cost, and how.
type Bill struct {
	Trial baselines.Trial // the command's numbers, as a run file has those of a trial

	Lines     []BillLine     // by the model that answered
	BrokenOff int            // requests whose answer ended before its usage was complete
	Rest      Rest           // what these may have cost above what is in the lines
	Failed    map[string]int // requests without a result, which are not billed, by class (meter.RetryClass)

	// Unpriced says why dollars are not known, and of how many requests.
	Unpriced map[string]int

	// Lingered is for how many seconds processes that the command left behind were
	// waited for, and then still ran; zero: none did.
	Lingered float64
}

// Rest is an estimate in US dollars with its bounds.
type Rest struct{ USD, Low, High float64 }

// BillLine is one model's part of a bill.
type BillLine struct {
	Model    string
	Requests int
	Tokens   baselines.Tokens
	USD      *float64 // nil: not known, as some request has no price
}

// WriteBillJSON writes the bill's trial as one line of a run file.
func WriteBillJSON(w io.Writer, b Bill) error {
	line := json.NewEncoder(w)
	line.SetEscapeHTML(false)
	return line.Encode(b.Trial)
}

// WriteBill writes a bill for people: a row a model, their sum when there are
// several, what no sum can hold, and what is known of how the command worked.
func WriteBill(w io.Writer, b Bill) error {
	out := new(bytes.Buffer)
	if len(b.Lines) > 0 {
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "MODEL\tREQUESTS\tINPUT\tOUTPUT\tCACHE READ\tCACHE WRITE\tUSD")
		for _, line := range b.Lines {
			line.write(table)
		}
		if len(b.Lines) > 1 {
			b.total().write(table)
		}
		b.writeKinds(table)
		table.Flush()
	}
	if b.BrokenOff > 0 {
		more := "were billed for more than this"
		if b.Rest != (Rest{}) {
			more = fmt.Sprintf("may have cost $%.4f more ($%.4f to $%.4f)", b.Rest.USD, b.Rest.Low, b.Rest.High)
		}
		fmt.Fprintf(out, "requests broken off before their usage was complete: %d; they %s\n", b.BrokenOff, more)
	}
	if len(b.Unpriced) > 0 {
		fmt.Fprintf(out, "dollars are not known for: %s\n", unpriced(b.Unpriced))
	}
	if len(b.Failed) > 0 {
		fmt.Fprintf(out, "requests without a result, which are not billed: %s\n", counted(b.Failed))
	}
	if len(b.Lines)+b.BrokenOff+len(b.Failed)+len(b.Unpriced) == 0 {
		fmt.Fprintln(out, b.noRequest())
	}
	b.writeWork(out)
	_, err := w.Write(out.Bytes())
	return err
}

// noRequest says that nothing came through the meter, and what that means.
func (b Bill) noRequest() string {
	if !b.Trial.Flagged(baselines.RequestsElsewhere) {
		return "the command made no model request through ANTHROPIC_BASE_URL, and its telemetry, if it sent any, tells of none"
	}
	text := "the command asked a model past the meter, as its telemetry shows, and that is billed elsewhere: its own settings led its requests there"
	if a := b.Trial.Agreement; a != nil && a.TelemetryUSD != nil {
		text += "; the tokens that it tells of cost " + dollars(*a.TelemetryUSD) + " at our prices"
	}
	return text
}

// unpriced are the reasons in words, each with its number of requests. An API chose
// some of them.
func unpriced(why map[string]int) string {
	var words []string
	for _, what := range slices.Sorted(maps.Keys(why)) {
		words = append(words, fmt.Sprintf("%s (%s)", plain(what, maxName), plural(why[what], "request")))
	}
	return strings.Join(words, ", ")
}

// total is the sum of the lines; without dollars when one of them has none.
func (b Bill) total() BillLine {
	all := BillLine{Model: "all", USD: new(float64)}
	for _, line := range b.Lines {
		all.Requests += line.Requests
		all.Tokens = all.Tokens.Add(line.Tokens)
		if line.USD == nil || all.USD == nil {
			all.USD = nil
			continue
		}
		*all.USD += *line.USD
	}
	return all
}

// writeKinds is a row of what the tokens of all lines cost, by kind. Where dollars are
// not known there is none.
func (b Bill) writeKinds(w io.Writer) {
	k := b.kinds()
	tokens := k.Input + k.Output + k.CacheRead + k.CacheWrite5m + k.CacheWrite1h
	if tokens == 0 {
		return
	}
	fmt.Fprintf(w, "in dollars\t\t%.4f\t%.4f\t%.4f\t%.4f\t%.4f\n", k.Input, k.Output, k.CacheRead, k.CacheWrite5m+k.CacheWrite1h, tokens)
}

// kinds are the dollars by kind, housekeeping included; zeros when they are not known.
func (b Bill) kinds() baselines.KindUSD {
	of := b.Trial.USDByKind
	if of == nil {
		return baselines.KindUSD{}
	}
	all := of.Compared
	if of.Auxiliary != nil {
		all = all.Add(*of.Auxiliary)
	}
	return all
}

func (l BillLine) write(w io.Writer) {
	usd := "not known"
	if l.USD != nil {
		usd = fmt.Sprintf("%.4f", *l.USD)
	}
	t := l.Tokens
	fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%s\n",
		plain(l.Model, maxName), l.Requests, t.Input, t.Output, t.CacheRead, t.CacheWrite5m+t.CacheWrite1h, usd)
}
