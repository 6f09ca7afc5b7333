// Package ledger compares the bank's statement with our own books.
package ledger

import (
	"fmt"
	"strconv"
	"strings"
)

// Cents is an amount of money. Negative amounts are refunds.
type Cents int64

// ParseCents reads an amount with at most two decimals: "12", "12.5",
// "1,234.56", "-0.50". Accountants write negative amounts in parentheses:
// "(12.00)" is -12.00. More decimals, and anything else, is an error: money is
// never rounded.
func ParseCents(text string) (Cents, error) {
	s := strings.ReplaceAll(strings.TrimSpace(text), ",", "")
	rest, negative := strings.CutPrefix(s, "-")
	if inner, ok := strings.CutPrefix(s, "("); ok && strings.HasSuffix(inner, ")") {
		rest, negative = strings.TrimSuffix(inner, ")"), true
	}
	whole, decimals, _ := strings.Cut(rest, ".")
	if len(decimals) > 2 || whole == "" || strings.Trim(whole+decimals, "0123456789") != "" {
		return 0, fmt.Errorf("amount %q is not a number with at most two decimals", text)
	}
	digits := whole + (decimals + "00")[:2]
	cents, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("amount %q: %w", text, err)
	}
	if negative {
		cents = -cents
	}
	return Cents(cents), nil
}

// String formats c with two decimals: "-0.50".
func (c Cents) String() string {
	sign := ""
	if c < 0 {
		sign, c = "-", -c
	}
	return fmt.Sprintf("%s%d.%02d", sign, c/100, c%100)
}

// Split divides total in proportion to the weights without losing a cent: the
// parts add up to total. Every part is at most a cent away from its exact
// share, and cents left over go to the first parts with a weight. Weights are
// not negative and not all zero.
func Split(total Cents, weights []int) []Cents {
	var sum Cents
	for _, w := range weights {
		sum += Cents(w)
	}
	parts := make([]Cents, len(weights))
	rest := total
	for i, w := range weights {
		parts[i] = total * Cents(w) / sum
		rest -= parts[i]
	}
	cent := Cents(1)
	if rest < 0 {
		cent = -1
	}
	for i, w := range weights {
		if rest == 0 {
			break
		}
		if w > 0 {
			parts[i] += cent
			rest -= cent
		}
	}
	return parts
}
