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
	negative := strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")")
	if negative {
		s = s[1 : len(s)-1]
	}
	amount, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, fmt.Errorf("amount %q is not a number", text)
	}
	cents := Cents(amount * 100)
	if negative {
		cents = -cents
	}
	return cents, nil
}

// String formats c with two decimals: "-0.50".
func (c Cents) String() string {
	return fmt.Sprintf("%d.%02d", c/100, c%100)
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
	for i := range parts {
		if rest <= 0 {
			break
		}
		parts[i]++
		rest--
	}
	return parts
}
