package ledger

import (
	"slices"
	"strings"
	"testing"
)

func TestParseCents(t *testing.T) {
	for text, want := range map[string]Cents{"12": 1200, "1,234.50": 123450, "(12.00)": -1200, "0.29": 29} {
		if got, err := ParseCents(text); err != nil || got != want {
			t.Errorf("ParseCents(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
}

func TestSplitGivesLeftoverCentsToTheFirst(t *testing.T) {
	if got, want := Split(100, []int{1, 1, 1}), []Cents{34, 33, 33}; !slices.Equal(got, want) {
		t.Errorf("Split = %v, want %v", got, want)
	}
}

func TestReconcileReportsWhatDiffers(t *testing.T) {
	bank, err := ReadEntries(strings.NewReader("date,ref,amount\n2026-03-01,A1,10.00\n2026-03-02,A2,5.00\n"))
	if err != nil {
		t.Fatal(err)
	}
	got := Reconcile(bank, []Entry{{"A1", 1000}, {"A2", 550}})
	if len(got) != 1 || got[0].Ref != "A2" || *got[0].Bank != 500 || *got[0].Book != 550 {
		t.Errorf("Reconcile = %+v, want A2 with 5.00 against 5.50", got)
	}
}
