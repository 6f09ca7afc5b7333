package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"time"

	"github.com/benchgate/benchgate/internal/plain"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/wholefile"
)

const pricesHelp = `
Usage: benchgate prices update [--prices FILE] [--write FILE] [--digest D] LITELLM [MODEL...]

Shows what LiteLLM's model_prices_and_context_window.json, a file or an address,
would change in a price table of your own, and with --write changes it. A price that
changes does so from --from on, so that what was measured before keeps its price.

Without a MODEL it looks at the chat models of Anthropic, OpenAI and Google that are
still served; those that cost what the embedded table says are left out. Rows of
your own win: only rows that an update wrote are changed. A row that LiteLLM has not
filled in, of zeros or half, gives no price, nor does an alias such as
claude-opus-latest: the model that answers is the one that is billed.

What an address answers is written only with the --digest that the review showed.
`

// lineLimit bounds names that come from LiteLLM's file, in characters.
const lineLimit = 200

var digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

func pricesVerb(ctx context.Context, p *program, args []string) error {
	fs := p.flags("prices", pricesHelp)
	own := fs.String("prices", "", "`file` with prices of your own, which win (default: what --write names, if it exists)")
	write := fs.String("write", "", "write the changed table to this `file`")
	digest := fs.String("digest", "", "`digest` of LiteLLM's file that was reviewed, sha256:...; another is an error")
	from := fs.String("from", time.Now().UTC().Format(time.DateOnly), "`day` from which changed prices hold")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	on, err := time.Parse(time.DateOnly, *from)
	switch {
	case len(rest) < 2 || rest[0] != "update":
		return usagef("prices needs: update LITELLM [MODEL...]; run \"benchgate prices -h\"")
	case err != nil:
		return usagef("--from is %q, want a day such as 2026-11-27", *from)
	case *digest != "" && !digestForm.MatchString(*digest):
		return usagef("--digest is %q, want sha256: and 64 hexadecimal digits", *digest)
	case *write != "" && prices.IsURL(rest[1]) && *digest == "":
		return usagef("what an address answers can change: look at it without --write first, then give the --digest that is shown")
	}
	table, err := ownPrices(*own, *write)
	if err != nil {
		return err
	}
	data, found, err := prices.ReadSource(ctx, rest[1], *digest)
	if err != nil {
		return err
	}
	theirs, err := prices.DecodeLiteLLM(data, rest[1])
	if err != nil {
		return err
	}
	update := theirs.Update(table, rest[2:], found, on)
	for _, none := range update.NotPriced {
		if none.Kind == prices.Absent {
			return usagef("%s has no model %q", rest[1], none.Model)
		}
	}
	fmt.Fprintf(p.Stdout, "LiteLLM's %s, %s\n", plain.Line(rest[1], lineLimit), found)
	showUpdate(p.Stdout, update)
	if *write == "" || len(update.Changes) == 0 {
		return nil
	}
	if err := wholefile.Write(*write, func(w io.Writer) error { return update.Table.Write(w, on) }); err != nil {
		return fmt.Errorf("writing prices: %w", err)
	}
	p.note("written to " + *write)
	return nil
}

// ownPrices is the user's own table: the named one, else the one that will be
// written, which need not exist yet.
func ownPrices(named, written string) (*prices.Table, error) {
	file := named
	if file == "" {
		file = written
	}
	if file == "" {
		return new(prices.Table), nil
	}
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) && named == "" {
		return new(prices.Table), nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading prices: %w", err)
	}
	defer f.Close()
	return prices.Decode(f, file)
}

// showUpdate shows each change as the lines of the table that go and come, and then
// counts.
func showUpdate(w io.Writer, u prices.Update) {
	for _, c := range u.Changes {
		showChange(w, plain.Line(c.Model, lineLimit), c)
	}
	for _, c := range u.Kept {
		showChange(w, plain.Line(c.Model, lineLimit)+", not changed: the rows are your own", c)
	}
	fmt.Fprintf(w, "\nmodels changed: %d; the same: %d; your own that differ: %d; no longer served: %d; without a price: %d\n",
		len(u.Changes), u.Same, len(u.Kept), u.Retired, len(u.NotPriced))
	for _, none := range u.NotPriced {
		fmt.Fprintf(w, "  %s\n", plain.Line(none.Error(), lineLimit))
	}
}

func showChange(w io.Writer, title string, c prices.Change) {
	fmt.Fprintf(w, "\n%s\n", title)
	for _, line := range c.Before {
		fmt.Fprintf(w, "  - %s\n", line)
	}
	for _, line := range c.After {
		fmt.Fprintf(w, "  + %s\n", line)
	}
}
