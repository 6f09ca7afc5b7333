package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
)

// billed are the answered requests of one model.
type billed struct {
	requests int
	tokens   baselines.Tokens
	usd      float64
	unpriced bool
}

func (b *billed) add(o billed) {
	b.requests += o.requests
	b.tokens = b.tokens.Add(o.tokens)
	b.usd += o.usd
	b.unpriced = b.unpriced || o.unpriced
}

// printBill sums the ledger by the model that answered, and says what no sum
// can hold.
func printBill(out io.Writer, entries []meter.Entry) {
	models := make(map[string]*billed)
	var total billed
	var cut, failed int
	for _, e := range entries {
		if e.Kind != meter.Finished {
			continue
		}
		if e.Cut {
			cut++
		}
		if e.Tokens == nil {
			if !e.Cut {
				failed++
			}
			continue
		}
		one := billed{requests: 1, tokens: *e.Tokens, unpriced: e.USD == nil}
		if e.USD != nil {
			one.usd = *e.USD
		}
		name := e.Answered
		if name == "" {
			name = e.Model
		}
		if models[name] == nil {
			models[name] = new(billed)
		}
		models[name].add(one)
		total.add(one)
	}
	if len(models) > 0 {
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "MODEL\tREQUESTS\tINPUT\tOUTPUT\tCACHE READ\tCACHE WRITE\tUSD")
		for _, name := range slices.Sorted(maps.Keys(models)) {
			models[name].print(w, visible(name))
		}
		if len(models) > 1 {
			total.print(w, "all")
		}
		w.Flush()
	}
	if cut > 0 {
		fmt.Fprintf(out, "requests broken off before their usage was complete: %d; they were billed for more than this\n", cut)
	}
	if failed > 0 {
		fmt.Fprintf(out, "requests without a result, which are not billed: %d\n", failed)
	}
	if len(models)+cut+failed == 0 {
		fmt.Fprintln(out, "the command made no model request through ANTHROPIC_BASE_URL")
	}
}

func (b *billed) print(w io.Writer, name string) {
	usd := fmt.Sprintf("%.4f", b.usd)
	if b.unpriced {
		usd = "not known"
	}
	t := b.tokens
	fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%s\n",
		name, b.requests, t.Input, t.Output, t.CacheRead, t.CacheWrite5m+t.CacheWrite1h, usd)
}
