package ledger

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
)

// Entry is one payment.
type Entry struct {
	Ref    string
	Amount Cents
}

// ReadEntries reads CSV with the columns "ref" and "amount" in any order, as
// the header names them; other columns are ignored. Errors name the line.
func ReadEntries(r io.Reader) ([]Entry, error) {
	reader := csv.NewReader(r)
	header, err := reader.Read()
	if err != nil {
		return nil, fmt.Errorf("reading header: %w", err)
	}
	ref, amount := slices.Index(header, "ref"), slices.Index(header, "amount")
	if ref < 0 || amount < 0 {
		return nil, fmt.Errorf("header %q lacks ref or amount", header)
	}
	var entries []Entry
	for {
		row, err := reader.Read()
		if err == io.EOF {
			return entries, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading entries: %w", err)
		}
		cents, err := ParseCents(row[amount])
		if err != nil {
			line, _ := reader.FieldPos(amount)
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		entries = append(entries, Entry{Ref: row[ref], Amount: cents})
	}
}

// Difference is a payment on which bank and books disagree.
type Difference struct {
	Ref  string
	Bank *Cents // nil: not on the statement
	Book *Cents // nil: not in the books
}

// Reconcile pairs the payments of both sides by reference. A reference may
// occur several times (instalments): then equal amounts are paired first, the
// others in order of amount, and what is left over is missing on the other
// side. Differences are in order of reference, then of the bank's amount.
func Reconcile(bank, books []Entry) []Difference {
	byRef := make(map[string]Cents)
	for _, e := range books {
		byRef[e.Ref] = e.Amount
	}
	var differences []Difference
	for _, e := range bank {
		book, ok := byRef[e.Ref]
		switch {
		case !ok:
			differences = append(differences, Difference{Ref: e.Ref, Bank: &e.Amount})
		case book != e.Amount:
			differences = append(differences, Difference{Ref: e.Ref, Bank: &e.Amount, Book: &book})
		}
		delete(byRef, e.Ref)
	}
	for ref, amount := range byRef {
		differences = append(differences, Difference{Ref: ref, Book: &amount})
	}
	slices.SortFunc(differences, func(a, b Difference) int { return cmp.Compare(a.Ref, b.Ref) })
	return differences
}
