package meter_test

import (
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/benchgate/benchgate/internal/meter"
)

// Tokens are limited as dollars are: two hundred at once, of which each may use a
// third of the limit, are sent as far as all that they may use is within it, and the
// limit is exceeded by one request at most. A model without a price has tokens, too.
func TestATrialsTokensAreLimited(t *testing.T) {
	for _, model := range []string{opus, "our-model"} {
		var asked atomic.Int64
		var flying flight
		r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			defer flying.enter()()
			asked.Add(1)
			longAnswer(w, req)
		}))
		base := r.url + "/" + r.Admit(meter.Trial{ID: "t", Model: opus, MaxTokens: 100_000})
		statuses := r.atOnce(200, base, asking(model, 32000))
		if statuses[200] != 4 || statuses[402] != 196 || asked.Load() != 4 {
			t.Errorf("%s: %d were sent; answers by status: %v", model, asked.Load(), statuses)
		}
		if most := flying.most(); most > 3 {
			t.Errorf("%s: %d at once", model, most)
		}
		used := int64(0)
		for _, line := range r.settled("t") {
			if line.Tokens != nil {
				used += line.Tokens.Total()
			}
		}
		if used != 4*32_010 {
			t.Errorf("%s: %d tokens, want one request above the limit", model, used)
		}
		if line := r.last("t"); line.Retry != meter.OverTokens {
			t.Errorf("%s: the last line is %+v", model, line)
		}
	}
}

// What was cut counts as what it may have been; a process that goes on from a ledger
// counts what is in it.
func TestTokensOfWhatWasCutCount(t *testing.T) {
	r := newRig(t, http.HandlerFunc(answering))
	cut := meter.Entry{
		Schema: meter.SchemaV1, Trial: "t", Request: 1, Kind: meter.Finished, Time: noon, Model: opus, EstimatedInput: 600, Cut: true,
		Streamed: &meter.Streamed{Text: 2000}, Status: 200,
	}
	left := meter.Entry{Schema: meter.SchemaV1, Trial: "t", Request: 2, Kind: meter.Started, Time: noon, Model: opus, EstimatedInput: 200}
	if err := r.Import("t", []meter.Entry{cut, left}); err != nil { // 1,100 and 200
		t.Fatal(err)
	}
	for _, of := range []struct {
		limit int64
		want  int
	}{{1300, 402}, {1301, 200}} {
		base := r.url + "/" + r.Admit(meter.Trial{ID: "t", Model: opus, MaxTokens: of.limit})
		if resp, _, err := r.ask(base, opus); err != nil || resp.StatusCode != of.want {
			t.Errorf("limit %d: %v %v, want %d", of.limit, resp, err, of.want)
		}
	}
	base := r.url + "/" + r.Admit(meter.Trial{ID: "u", AllPlaces: true, MaxTokens: 1000})
	if status, _ := do(t, "POST", base+"/v1/messages/batches", batchOfThree, nil); status != 402 {
		t.Errorf("a batch, where tokens are limited: %d", status)
	}
}
