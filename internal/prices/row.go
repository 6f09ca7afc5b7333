package prices

import (
	"fmt"
	"time"
)

// place is where a rate was read.
type place struct {
	file    string
	line    int       // from 1
	written time.Time // the date of the file's table
}

// Row is a model's price with where it comes from, to be shown.
type Row struct {
	Rate

	// Model is the name under which the table has it, which may lack the
	// provider, the date and "[1m]" of the name that was looked up.
	Model string

	// File and Line are where the rate stands. Both are empty for a rate of the
	// embedded table.
	File string
	Line int

	// Date is that of the whole table the rate stands in.
	Date time.Time
}

// Source names where the row stands: "prices.json:9", or the embedded table.
func (r Row) Source() string {
	if r.File == "" {
		return "embedded table"
	}
	return fmt.Sprintf("%s:%d", r.File, r.Line)
}

// Row returns what the model costs at that time on the usual terms, as
// [Table.Rate] finds it, with its source.
func (t *Table) Row(model string, at time.Time) (Row, bool) {
	rate, ok := t.Rate(model, at)
	if !ok {
		return Row{}, false
	}
	row := Row{Rate: rate, Date: rate.at.written}
	row.Model, _ = t.nameOf(model)
	if rate.at.file != embeddedFile {
		row.File, row.Line = rate.at.file, rate.at.line
	}
	return row, true
}

// NotYet returns the day from which the model has a price in the standard tier,
// when that is after the time; ok is false when it has one then, or none at all.
func (t *Table) NotYet(model string, at time.Time) (from time.Time, ok bool) {
	if _, priced := t.Rate(model, at); priced {
		return time.Time{}, false
	}
	name, _ := t.nameOf(model)
	for _, r := range t.rates[name] {
		if r.Tier == Standard && r.Above == 0 {
			return r.From, true
		}
	}
	return time.Time{}, false
}
