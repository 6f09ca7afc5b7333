package report

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/benchgate/benchgate/baselines"
)

// Bill is what the model requests of one command cost.
type Bill struct {
	Lines      []BillLine // by the model that answered
	BrokenOff  int        // requests whose answer ended before its usage was complete
	Rest       Rest       // what these may have cost above what is in the lines
	Unanswered int        // requests without a result, which are not billed

	// Unpriced says why dollars are not known, and of how many requests.
	Unpriced map[string]int
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

// WriteBill writes a bill for people: a row a model, their sum when there are
// several, and what no sum can hold.
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
	if b.Unanswered > 0 {
		fmt.Fprintf(out, "requests without a result, which are not billed: %d\n", b.Unanswered)
	}
	if len(b.Lines)+b.BrokenOff+b.Unanswered+len(b.Unpriced) == 0 {
		fmt.Fprintln(out, "the command made no model request through ANTHROPIC_BASE_URL")
	}
	_, err := w.Write(out.Bytes())
	return err
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

func (l BillLine) write(w io.Writer) {
	usd := "not known"
	if l.USD != nil {
		usd = fmt.Sprintf("%.4f", *l.USD)
	}
	t := l.Tokens
	fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%s\n",
		plain(l.Model, maxName), l.Requests, t.Input, t.Output, t.CacheRead, t.CacheWrite5m+t.CacheWrite1h, usd)
}
