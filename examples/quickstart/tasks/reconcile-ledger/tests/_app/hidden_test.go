package ledger

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestEveryAmountSurvivesTheRoundTrip(t *testing.T) {
	for cents := Cents(-2500); cents <= 2500; cents++ {
		got, err := ParseCents(cents.String())
		if err != nil || got != cents {
			t.Fatalf("%d prints as %q, which reads as %d, %v", cents, cents, got, err)
		}
	}
}

func TestAmountsInAllSpellings(t *testing.T) {
	for text, want := range map[string]Cents{
		"-0.50": -50, "(0.50)": -50, " 7.1 ": 710, "0.07": 7, "90071992547409.93": 9007199254740993, "12,345,678.90": 1234567890,
	} {
		if got, err := ParseCents(text); err != nil || got != want {
			t.Errorf("ParseCents(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
}

func TestWhatIsNoAmountIsRefused(t *testing.T) {
	for _, text := range []string{"", "-", "()", "1.005", "1e3", "0x10", "NaN", "Inf", "1.2.3", "--1", "(-1.00)", "1_000", "ten", "99999999999999999999"} {
		if got, err := ParseCents(text); err == nil {
			t.Errorf("ParseCents(%q) = %d, want an error", text, got)
		}
	}
}

func TestABadAmountNamesItsLine(t *testing.T) {
	_, err := ReadEntries(strings.NewReader("amount,ref\n1.00,A\nx,B\n"))
	if err == nil || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("error is %v, want one that names line 3", err)
	}
}

func TestSplitKeepsEveryCent(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	for range 2000 {
		total := Cents(random.IntN(2001) - 1000)
		weights := make([]int, 1+random.IntN(6))
		sum := 0
		for i := range weights {
			weights[i] = random.IntN(4)
			sum += weights[i]
		}
		if sum == 0 {
			continue
		}
		var got Cents
		for i, part := range Split(total, weights) {
			got += part
			if off := part*Cents(sum) - total*Cents(weights[i]); off < Cents(-sum) || off > Cents(sum) {
				t.Fatalf("Split(%d, %v): part %d is %d, more than a cent off", total, weights, i, part)
			}
			if weights[i] == 0 && part != 0 {
				t.Fatalf("Split(%d, %v): part %d has no weight but gets %d", total, weights, i, part)
			}
		}
		if got != total {
			t.Fatalf("Split(%d, %v) adds up to %d", total, weights, got)
		}
	}
}

func show(differences []Difference) []string {
	var lines []string
	for _, d := range differences {
		side := func(c *Cents) string {
			if c == nil {
				return "-"
			}
			return fmt.Sprint(int64(*c))
		}
		lines = append(lines, fmt.Sprintf("%s %s/%s", d.Ref, side(d.Bank), side(d.Book)))
	}
	return lines
}

func TestReconcile(t *testing.T) {
	for _, tt := range []struct {
		name        string
		bank, books []Entry
		want        []string
	}{
		{"instalments that agree", []Entry{{"A", 500}, {"A", 500}}, []Entry{{"A", 500}, {"A", 500}}, nil},
		{"one instalment missing in the books", []Entry{{"A", 500}, {"A", 500}}, []Entry{{"A", 500}}, []string{"A 500/-"}},
		{"one instalment missing at the bank", []Entry{{"A", 500}}, []Entry{{"A", 300}, {"A", 500}}, []string{"A -/300"}},
		{"equal amounts first, in any order", []Entry{{"A", 100}, {"A", 200}, {"A", 300}}, []Entry{{"A", 300}, {"A", 250}, {"A", 100}}, []string{"A 200/250"}},
		{"only in one of both", []Entry{{"B", 1}}, []Entry{{"A", 1}}, []string{"A -/1", "B 1/-"}},
		{"in order of the bank's amount", []Entry{{"A", 900}, {"A", 400}}, nil, []string{"A 400/-", "A 900/-"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := show(Reconcile(tt.bank, tt.books)); !slices.Equal(got, tt.want) {
				t.Errorf("Reconcile = %q, want %q", got, tt.want)
			}
		})
	}
}
