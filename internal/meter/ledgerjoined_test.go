package meter_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/benchgate/benchgate/internal/meter"
)

// Four commands write one ledger at once, each with parallel requests. Every line can
// be read, and each command counts its own requests only.
func TestSeveralWritersShareALedger(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	if err := os.WriteFile(path, []byte(lineStarted+lineFinished), 0o644); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for writer := range 4 {
		ledger, err := meter.JoinLedger(path)
		if err != nil {
			t.Fatal(err)
		}
		r := newRig(t, http.HandlerFunc(answering), func(o *meter.Options) { o.Ledger, o.BudgetUSD = ledger, 1 })
		base := r.admit("meter/" + strconv.Itoa(writer) + "/1.1")
		for range 8 {
			all.Go(func() {
				if resp, _, err := r.ask(base, opus); err != nil || resp.StatusCode != http.StatusOK {
					t.Errorf("the ledger's former $5 count against this command's dollar: %v %v", resp, err)
				}
			})
		}
		t.Cleanup(func() { ledger.Close() })
	}
	all.Wait()
	got := make(map[string]int)
	for _, e := range readFile(t, path) {
		got[e.Trial]++
	}
	for _, n := range got {
		if n != 16 && n != 2 {
			t.Errorf("lines by command: %v, want 2 of before and 16 of each", got)
		}
	}
	if len(got) != 5 {
		t.Errorf("lines by command: %v", got)
	}
}

// Another program may have ended in the middle of a line.
func TestAHalfLineOfAnotherWriterIsRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	ledger, err := meter.JoinLedger(path)
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, http.HandlerFunc(answering), func(o *meter.Options) { o.Ledger = ledger })
	base := r.admit("t")
	ask := func() {
		if _, _, err := r.ask(base, opus); err != nil {
			t.Fatal(err)
		}
		r.settled("t")
	}
	ask()
	other, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.WriteString(strings.Replace(lineStarted, `"t"`, `"u"`, 1) + lineFinished[:60]); err != nil {
		t.Fatal(err)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	ask()
	if err := ledger.Close(); err != nil {
		t.Fatal(err)
	}
	var trials []string
	for _, e := range readFile(t, path) {
		trials = append(trials, e.Trial)
	}
	if want := []string{"t", "t", "u", "t", "t"}; !slices.Equal(trials, want) {
		t.Errorf("lines of %q, want %q", trials, want)
	}
}

func readFile(t *testing.T, path string) []meter.Entry {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := meter.ReadLedger(strings.NewReader(string(text)), "ledger.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	return entries
}
