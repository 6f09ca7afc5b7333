package meter_test

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/prices"
)

const batchOfThree = `{"requests":[{"custom_id":"1","params":{"model":"claude-opus-4-8","max_tokens":9,"messages":[]}}]}`

// succeeded is a result whose tokens cost $0.0425 outside of a batch.
func succeeded(id string) string {
	return `{"custom_id":"` + id + `","result":{"type":"succeeded","message":{"type":"message","model":"claude-opus-4-8","content":[],"stop_reason":"end_turn",` +
		`"usage":{"input_tokens":1000,"output_tokens":200,"cache_read_input_tokens":40000,"cache_creation_input_tokens":2000,"service_tier":"batch"}}}}` + "\n"
}

// batchRig has an upstream with one batch, msgbatch_1.
func batchRig(t *testing.T, results func(http.ResponseWriter)) *rig {
	var self string
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if self == "" {
			self = "http://" + req.Host
		}
		if strings.HasSuffix(req.URL.Path, "/results") {
			results(w)
			return
		}
		fmt.Fprintf(w, `{"id":"msgbatch_1","type":"message_batch","results_url":"%s/v1/messages/batches/msgbatch_1/results"}`, self)
	}))
	return r
}

// The results of a batch cost half, each of them once, however often they are
// fetched; and the batch itself, which had no known cost, then has no other.
func TestABatchIsBilledByItsResults(t *testing.T) {
	fetched := 0
	r := batchRig(t, func(w http.ResponseWriter) {
		fetched++
		_, _ = io.WriteString(w, succeeded("1")+`{"custom_id":"2","result":{"type":"errored","error":{"type":"invalid_request"}}}`+"\n"+strings.TrimSuffix(succeeded("3"), "\n"))
	})
	base := r.url + "/" + r.Admit(meter.Trial{ID: "t", AllPlaces: true})
	_, made := do(t, "POST", base+"/v1/messages/batches", batchOfThree, nil)
	if line := r.last("t"); line.Batch != "msgbatch_1" || len(line.Unknown) != 1 {
		t.Errorf("before its results: %+v", line)
	}
	// The address of the results is the meter's own, so that no client asks past it.
	results := base + "/v1/messages/batches/msgbatch_1/results"
	if !strings.Contains(made, `"results_url":"`+results+`"`) {
		t.Errorf("the client was told %s", made)
	}
	for range 3 {
		if status, got := do(t, "GET", results, "", nil); status != 200 || !strings.Contains(got, `"custom_id":"3"`) {
			t.Errorf("%d %s", status, got)
		}
	}
	lines := r.settled("t")
	file, err := meter.ReadLedger(strings.NewReader(r.file()), "ledger.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for name, lines := range map[string][]meter.Entry{"in memory": lines, "in the file": file} {
		usd, unknown := 0.0, map[int]bool{}
		for _, line := range lines {
			if line.USD != nil {
				usd += *line.USD
			}
			unknown[line.Request] = len(line.Unpriced(prices.Default())) > 0
			if line.CustomID != "" && (line.Tier != "batch" || line.Batch != "msgbatch_1" || line.Model != opus) {
				t.Errorf("%s: a result's line is %+v", name, line)
			}
		}
		if math.Abs(usd-0.0425) > 1e-9 || len(unknown) != 3 || unknown[1] || unknown[2] || unknown[3] {
			t.Errorf("%s: $%v, of cost not known %v", name, usd, unknown)
		}
	}
	if fetched != 3 {
		t.Errorf("fetched %d times", fetched)
	}
}

// Results that broke off, or cannot be read, leave the batch's cost unknown; those
// that came are booked, once.
func TestABatchWhoseResultsDoNotAllPass(t *testing.T) {
	for name, bad := range map[string]func(http.ResponseWriter){
		"cut": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "100000")
			_, _ = io.WriteString(w, succeeded("1"))
		},
		"no JSON": func(w http.ResponseWriter) { _, _ = io.WriteString(w, succeeded("1")+"what is this\n") },
		"too long": func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, succeeded("1"))
			_, _ = w.Write(bytes.Repeat([]byte("x"), 5<<20))
		},
		"no usage": func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, succeeded("1")+`{"custom_id":"2","result":{"type":"succeeded","message":{}}}`+"\n")
		},
		"another coding": func(w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "br")
			_, _ = io.WriteString(w, succeeded("1"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := batchRig(t, bad)
			base := r.url + "/" + r.Admit(meter.Trial{ID: "t", AllPlaces: true})
			do(t, "POST", base+"/v1/messages/batches", batchOfThree, nil)
			for range 2 {
				resp, err := http.Get(base + "/v1/messages/batches/msgbatch_1/results")
				if err != nil {
					t.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
			unknown, usd := 0, 0.0
			for _, line := range r.settled("t") {
				unknown += len(line.Unpriced(prices.Default()))
				if line.USD != nil {
					usd += *line.USD
				}
			}
			if unknown == 0 || math.Abs(usd-0.02125) > 1e-9 {
				t.Errorf("%d reasons, $%v", unknown, usd)
			}
		})
	}
}

// A trial's lines are bounded: of more results the batch's cost is not known.
func TestTooManyResults(t *testing.T) {
	r := batchRig(t, func(w http.ResponseWriter) {
		for i := range 10_001 {
			_, _ = io.WriteString(w, succeeded(fmt.Sprint(i)))
		}
	})
	base := r.url + "/" + r.Admit(meter.Trial{ID: "t", AllPlaces: true})
	do(t, "POST", base+"/v1/messages/batches", batchOfThree, nil)
	do(t, "GET", base+"/v1/messages/batches/msgbatch_1/results", "", nil)
	lines := r.settled("t")
	if len(lines) != 10_002 || len(lines[1].Unknown) == 0 {
		t.Errorf("%d lines, the batch's is %+v", len(lines), lines[1])
	}
}
