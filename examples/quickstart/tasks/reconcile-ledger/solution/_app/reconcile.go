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
	var differences []Difference
	bankByRef, booksByRef := amounts(bank), amounts(books)
	for ref, paid := range bankByRef {
		differences = append(differences, pair(ref, paid, booksByRef[ref])...)
	}
	for ref, booked := range booksByRef {
		if _, ok := bankByRef[ref]; !ok {
			differences = append(differences, pair(ref, nil, booked)...)
		}
	}
	slices.SortStableFunc(differences, func(a, b Difference) int { return cmp.Compare(a.Ref, b.Ref) })
	return differences
}

// amounts collects the payments of each reference, smallest first.
func amounts(entries []Entry) map[string][]Cents {
	byRef := make(map[string][]Cents)
	for _, e := range entries {
		byRef[e.Ref] = append(byRef[e.Ref], e.Amount)
	}
	for _, list := range byRef {
		slices.Sort(list)
	}
	return byRef
}

// pair removes equal amounts from two sorted lists and pairs what remains by
// rank.
func pair(ref string, paid, booked []Cents) []Difference {
	var onlyPaid, onlyBooked []Cents
	for len(paid) > 0 && len(booked) > 0 {
		switch {
		case paid[0] == booked[0]:
			paid, booked = paid[1:], booked[1:]
		case paid[0] < booked[0]:
			onlyPaid, paid = append(onlyPaid, paid[0]), paid[1:]
		default:
			onlyBooked, booked = append(onlyBooked, booked[0]), booked[1:]
		}
	}
	onlyPaid, onlyBooked = append(onlyPaid, paid...), append(onlyBooked, booked...)
	differences := make([]Difference, max(len(onlyPaid), len(onlyBooked)))
	for i := range differences {
		differences[i].Ref = ref
		if i < len(onlyPaid) {
			differences[i].Bank = &onlyPaid[i]
		}
		if i < len(onlyBooked) {
			differences[i].Book = &onlyBooked[i]
		}
	}
	return differences
}
