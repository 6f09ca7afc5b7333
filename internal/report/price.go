package report

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/benchgate/benchgate/baselines"
)

// ModelPrice is what the tokens of a model that will be measured cost, for [Plan],
// [PriceLine] and [Unpriced].
type ModelPrice struct {
	Model string `json:"model"` // as configured

	// PerMillion are US dollars per million tokens, by class. Nil: the model has no
	// price.
	PerMillion *baselines.Rates `json:"usd_per_million_tokens,omitempty"`

	Date   string `json:"date,omitempty"`   // "2026-11-23": from which the row is valid, else that of its table
	Source string `json:"source,omitempty"` // "embedded table", or the user's file with the row's line

	// From is the day from which the model will have a price; empty for one that
	// has a price, or never will.
	From string `json:"from,omitempty"`
}

// PriceLine is the price in one line, without the model's name.
func PriceLine(p ModelPrice) string {
	if p.PerMillion == nil {
		return "no price" + p.notYet()
	}
	r := p.PerMillion
	return fmt.Sprintf("%s input, %s output, %s cache read, %s and %s cache write (5 min, 1 h) per million tokens; %s of %s",
		price(r.Input), price(r.Output), price(r.CacheRead), price(r.CacheWrite5m), price(r.CacheWrite1h), plain(p.Source, maxProse), p.Date)
}

func (p ModelPrice) notYet() string {
	if p.From == "" {
		return ""
	}
	return " before " + p.From
}

// priceTable shows the prices, a row a model.
func priceTable(prices []ModelPrice) *table {
	t := &table{columns: []column{{title: "USD per million tokens"}}}
	for _, title := range []string{"input", "output", "cache read", "write 5 min", "write 1 h"} {
		t.columns = append(t.columns, column{title: title, right: true})
	}
	t.columns = append(t.columns, column{title: "date"}, column{title: "source"})
	for _, p := range prices {
		cells := []string{plain(p.Model, maxName), "–", "–", "–", "–", "–", "–", "no price" + p.notYet()}
		if r := p.PerMillion; r != nil {
			cells = []string{
				cells[0], price(r.Input), price(r.Output), price(r.CacheRead), price(r.CacheWrite5m), price(r.CacheWrite1h),
				p.Date, plain(p.Source, maxProse),
			}
		}
		var row []cell
		for _, s := range cells {
			row = append(row, cell{text: s})
		}
		t.rows = append(t.rows, row)
	}
	return t
}

// Unpriced is a run that is not started because models have no price.
type Unpriced struct {
	Models []ModelPrice // those without one, at least one
	Date   string       // of today, "2026-11-26"

	// Prices is the user's own price table, which the rows are added to; empty:
	// there is none yet.
	Prices string

	// Config is the configuration's file; empty when flags stand for it.
	Config string

	Trials int // planned, of all arms; zero: not known
}

// Text says what is missing and which lines to add, ready to be copied. A price is
// left as "?", which a price table refuses with its place: a guess would be taken
// for the truth.
func (u Unpriced) Text() string {
	var names []string
	for _, m := range u.Models {
		names = append(names, plain(m.Model, maxName)+m.dated())
	}
	models, verb, its := "model", "has", "its"
	if len(names) > 1 {
		models, verb, its = "models", "have", "their"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s no price on %s: no dollar limit would hold, and costs could not be judged\n",
		models, strings.Join(names, " and "), verb, u.Date)
	fmt.Fprintf(&b, "\n  Give %s prices: US dollars per million tokens, a number for each \"?\".\n", its)
	b.WriteString(u.rowsToAdd())
	b.WriteString("\n  Or measure without dollars: report both costs without gating them, and bound the requests instead.\n")
	b.WriteString(u.withoutDollars())
	return strings.TrimSuffix(b.String(), "\n")
}

func (p ModelPrice) dated() string {
	if p.From == "" {
		return ""
	}
	return " (priced from " + p.From + " on)"
}

func (u Unpriced) rowsToAdd() string {
	rows := make([]string, len(u.Models))
	for i, m := range u.Models {
		name, err := json.Marshal(m.Model)
		if err != nil {
			panic(err) // a string always encodes
		}
		rows[i] = fmt.Sprintf(`%s: [{"input": "?", "output": "?", "cache_write_5m": "?", "cache_write_1h": "?", "cache_read": "?"}]`, name)
	}
	var b strings.Builder
	if u.Prices != "" {
		fmt.Fprintf(&b, "  In %s, first under \"models\":\n\n    %s,\n", plain(u.Prices, maxProse), strings.Join(rows, ",\n    "))
		return b.String()
	}
	where := "here"
	if u.Config != "" {
		where = "beside " + plain(u.Config, maxProse)
	}
	fmt.Fprintf(&b, "  In a file prices.json %s:\n\n", where)
	fmt.Fprintf(&b, "    {\n      \"schema\": \"benchgate.prices/v1\",\n      \"source\": \"where these prices are from\",\n      \"date\": \"%s\",\n      \"models\": {\n        %s\n      }\n    }\n",
		u.Date, strings.Join(rows, ",\n        "))
	if u.Config == "" {
		b.WriteString("\n  and with the flag --prices prices.json\n")
	} else {
		fmt.Fprintf(&b, "\n  and in %s:\n\n    prices: prices.json\n", plain(u.Config, maxProse))
	}
	return b.String()
}

// requestsPerTrial is how many model requests a trial is expected to make at the
// most, where a limit is proposed.
const requestsPerTrial = 50

func (u Unpriced) withoutDollars() string {
	requests, per := 2000, ""
	if u.Trials > 0 {
		requests = u.Trials * requestsPerTrial
		per = fmt.Sprintf("   # %d for each of %s", requestsPerTrial, plural(u.Trials, "trial"))
	}
	into := "In a configuration"
	if u.Config != "" {
		into = "In " + plain(u.Config, maxProse)
	}
	return fmt.Sprintf("  %s, in place of these keys of gate and limits:\n\n    gate:\n      typical_cost: off\n      cost_per_solved: off\n    limits:\n      requests: %d%s\n", into, requests, per)
}

// price is an exact price: at least two decimals, and all that it has.
func price(usd float64) string {
	text := strconv.FormatFloat(usd, 'f', -1, 64)
	whole, decimals, _ := strings.Cut(text, ".")
	for len(decimals) < 2 {
		decimals += "0"
	}
	return "$" + whole + "." + decimals
}
