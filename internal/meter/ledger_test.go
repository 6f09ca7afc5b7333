package meter_test

import (
	"math"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/prices"
)

const (
	lineStarted  = `{"schema":"benchgate.ledger/v1","kind":"started","time":"2026-11-23T03:00:01Z","trial":"t","request":1,"model":"claude-opus-4-8","estimated_input":1000000}` + "\n"
	lineFinished = `{"schema":"benchgate.ledger/v1","kind":"finished","time":"2026-11-23T03:00:02Z","trial":"t","request":1,"model":"claude-opus-4-8","tokens":{"input":1000000,"output":0,"cache_read":0,"cache_write_5m":0,"cache_write_1h":0},"usd":5}` + "\n"
)

func TestTheStartedLineIsOnDiskBeforeTheRequestIsSent(t *testing.T) {
	var path, seen string
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		b, _ := os.ReadFile(path)
		seen = string(b)
		answering(w, req)
	}))
	path = r.ledger
	if _, _, err := r.ask(r.admit("t"), opus); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(seen, `"kind":"started"`) || !strings.HasSuffix(seen, "\n") || strings.Count(seen, "\n") != 1 {
		t.Errorf("when the upstream was asked, the ledger held %q", seen)
	}
}

func TestWhatCannotBeRecordedIsNotSent(t *testing.T) {
	asked := false
	var ledger *meter.Ledger
	r := newRig(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }),
		func(o *meter.Options) { ledger = o.Ledger })
	if err := ledger.Close(); err != nil {
		t.Fatal(err)
	}
	resp, body, err := r.ask(r.admit("t"), opus)
	if err != nil || resp.StatusCode != 500 || resp.Header.Get("X-Should-Retry") != "false" {
		t.Errorf("got %v %s %v", resp, body, err)
	}
	if asked {
		t.Error("money was spent without a line")
	}
	r.settled("t")
}

func TestReadLedger(t *testing.T) {
	for name, test := range map[string]struct {
		in    string
		lines int
		want  string // in the error
	}{
		"nothing":                     {"", 0, ""},
		"a whole one":                 {lineStarted + lineFinished, 2, ""},
		"a torn last line":            {lineStarted + lineFinished[:40], 1, ""},
		"a last line but its newline": {lineStarted + strings.TrimSpace(lineFinished), 1, ""},
		"an empty line":               {lineStarted + "\n" + lineFinished, 2, ""},
		"no JSON":                     {"hello\n", 0, "ledger.jsonl:1:1: broken JSON"},
		"a line of another file":      {lineStarted + `{"schema":"benchgate.run/v1"}` + "\n", 0, `ledger.jsonl:2: schema is "benchgate.run/v1"`},
		"an unknown kind":             {strings.Replace(lineStarted, `"started"`, `"begun"`, 1), 0, `kind is "begun"`},
		"no trial":                    {strings.Replace(lineStarted, `"t"`, `""`, 1), 0, `trial is missing`},
		"request 0":                   {strings.Replace(lineStarted, `"request":1`, `"request":0`, 1), 0, `requests count from 1`},
		"negative tokens":             {strings.Replace(lineFinished, `"output":0`, `"output":-1`, 1), 0, `token count is negative`},
		"negative dollars":            {strings.Replace(lineFinished, `"usd":5`, `"usd":-5`, 1), 0, `usd is negative`},
		"two mistakes":                {"x\ny\n", 0, "ledger.jsonl:2:1: "},
		"an endless line":             {strings.Repeat("x", 2<<20), 0, "this is no ledger"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := meter.ReadLedger(strings.NewReader(test.in), "ledger.jsonl")
			if test.want == "" {
				if err != nil || len(got) != test.lines {
					t.Errorf("%d lines, %v; want %d", len(got), err, test.lines)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestAfterACrashTheLedgerGoesOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	lost := strings.Replace(lineStarted, `"request":1`, `"request":2`, 1)
	if err := os.WriteFile(path, []byte(lineStarted+lineFinished+lost+lineFinished[:33]), 0o644); err != nil {
		t.Fatal(err)
	}
	ledger, err := meter.OpenLedger(path)
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, http.HandlerFunc(answering), func(o *meter.Options) { o.Ledger, o.BudgetUSD = ledger, 10 })
	// 5 dollars are reported, one million tokens of estimated input are lost: 5 more.
	if usd := r.SpentUSD(); usd != 5 {
		t.Errorf("spent before the crash: %v, want 5", usd)
	}
	if resp, _, err := r.ask(r.admit("t"), opus); err != nil || resp.StatusCode != 402 {
		t.Errorf("the budget does not know of the time before: %v %v", resp, err)
	}
	if line := r.last("t"); line.Request != 3 {
		t.Errorf("request %d follows 2", line.Request)
	}
	if err := ledger.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if got, err := meter.ReadLedger(file, "ledger.jsonl"); err != nil || len(got) != 4 {
		t.Errorf("the file has %d lines, %v; want 4 and the torn one gone", len(got), err)
	}
}

func TestAFileThatIsNoLedgerIsNotTouched(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(path, []byte("my notes\nmore"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := meter.OpenLedger(path); err == nil || !strings.Contains(err.Error(), path+":1:1: ") {
		t.Errorf("opened: %v", err)
	}
	if b, _ := os.ReadFile(path); string(b) != "my notes\nmore" {
		t.Errorf("the file is now %q", b)
	}
}

func TestARecordingIsBookedAsTheTrialsOwn(t *testing.T) {
	r := newRig(t, http.HandlerFunc(answering))
	recorded, err := meter.ReadLedger(strings.NewReader(lineStarted+strings.Replace(lineFinished, `"usd":5`, `"usd":77`, 1)), "ledger.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := r.Import("candidate/a/1.1", recorded); err != nil {
			t.Fatal(err)
		}
	}
	type brief struct {
		Trial   string
		Request int
		Kind    meter.Kind
		USD     float64
	}
	var got []brief
	fromFile, err := meter.ReadLedger(strings.NewReader(r.file()), "ledger.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range fromFile {
		b := brief{e.Trial, e.Request, e.Kind, 0}
		if e.USD != nil {
			b.USD = *e.USD
		}
		got = append(got, b)
	}
	want := []brief{ // one million tokens at 5 dollars, whatever the recording was priced at
		{"candidate/a/1.1", 1, meter.Started, 0},
		{"candidate/a/1.1", 1, meter.Finished, 5},
		{"candidate/a/1.1", 2, meter.Started, 0},
		{"candidate/a/1.1", 2, meter.Finished, 5},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(r.Entries("candidate/a/1.1"), fromFile); diff != "" {
		t.Errorf("memory and file differ:\n%s", diff)
	}
	if usd := r.SpentUSD(); usd != 10 {
		t.Errorf("spent %v, want 10", usd)
	}
	if recorded[1].Trial != "t" || *recorded[1].USD != 77 {
		t.Error("the recording itself was changed")
	}
}

func TestABrokenRecordingIsNotBooked(t *testing.T) {
	r := newRig(t, http.HandlerFunc(answering))
	bad := []meter.Entry{{Kind: meter.Started, Request: 1}, {Kind: "paid", Request: 1}}
	if err := r.Import("t", bad); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("imported: %v", err)
	}
	if len(r.Entries("t")) > 0 || r.file() != "" {
		t.Error("a part of it was booked")
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	good := func() meter.Options {
		return meter.Options{Upstream: &url.URL{Scheme: "https", Host: "api"}, Prices: prices.Default()}
	}
	for want, spoil := range map[string]func(*meter.Options){
		"URL is missing":         func(o *meter.Options) { o.Upstream = nil },
		"needs http":             func(o *meter.Options) { o.Upstream = &url.URL{Scheme: "ftp", Host: "x"} },
		"and a host":             func(o *meter.Options) { o.Upstream = &url.URL{Scheme: "http", Path: "api"} },
		"price table is missing": func(o *meter.Options) { o.Prices = nil },
		"key is empty":           func(o *meter.Options) { o.Credential = meter.APIKey("") },
		"header x-gateway": func(o *meter.Options) {
			o.Credential = meter.APIKey("k").With(map[string]string{"X-Gateway": "sk-secret\nx"})
		},
		"holds a space":        func(o *meter.Options) { o.Credential = meter.Bearer("sk-secret\n") },
		"requests is negative": func(o *meter.Options) { o.MaxRequests = -1 },
		"budget is negative":   func(o *meter.Options) { o.BudgetUSD = -1 },
	} {
		o := good()
		spoil(&o)
		_, err := meter.New(o)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
		if err != nil && strings.Contains(err.Error(), "sk-secret") {
			t.Error("the error tells the key")
		}
	}
	if _, err := meter.New(good()); err != nil {
		t.Errorf("a good one is refused: %v", err)
	}
}

// Two searches at a cent, and 1,000 x 5 + 10 x 25 = 5250 millionths.
func TestWebSearchesAreBilledApart(t *testing.T) {
	e := meter.Entry{Answered: opus, WebSearch: 2, Tokens: &baselines.Tokens{Input: 1000, Output: 10}}
	if usd, ok := e.Price(prices.Default()); !ok || math.Abs(usd-0.02525) > 1e-15 {
		t.Errorf("price %v, %v; want 0.02525", usd, ok)
	}
}

func FuzzReadLedger(f *testing.F) {
	golden, err := os.ReadFile("testdata/ledger.golden.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(golden))
	f.Add(lineStarted + lineFinished[:20])
	f.Add("{}\n{\n")
	f.Fuzz(func(t *testing.T, in string) {
		entries, err := meter.ReadLedger(strings.NewReader(in), "ledger.jsonl")
		if err != nil {
			return
		}
		if whole := strings.LastIndexByte(in, '\n') + 1; whole < len(in) {
			again, err := meter.ReadLedger(strings.NewReader(in[:whole]), "ledger.jsonl")
			if diff := cmp.Diff(entries, again); err != nil || diff != "" {
				t.Errorf("the torn line was not simply dropped: %v\n%s", err, diff)
			}
		}
		// What was read can be booked, counted and priced.
		m, err := meter.New(meter.Options{Upstream: &url.URL{Scheme: "http", Host: "x"}, Prices: prices.Default()})
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Import("t", entries); err != nil {
			t.Fatal(err)
		}
		if usd := m.SpentUSD(); usd < 0 {
			t.Errorf("spent %v", usd)
		}
	})
}
