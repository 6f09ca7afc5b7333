//go:build unix

package usage_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"runtime"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/usage"
)

// A hundred thousand series are summed in bounded memory, whatever tells them apart;
// of as many models nothing is taken, as their names would fill the trial's line.
func TestAHundredThousandSeries(t *testing.T) {
	const payloads, each = 20, 5000
	for name, test := range map[string]struct {
		attribute string
		tokens    *baselines.Tokens
	}{
		"of one model":    {"effort", &baselines.Tokens{Input: 2 * payloads * each}},
		"of their models": {"model", nil},
	} {
		t.Run(name, func(t *testing.T) {
			var all []otlp.Payload
			for i := range payloads {
				all = append(all, otlp.Payload{Signal: otlp.Metrics, Encoding: otlp.Protobuf, Body: seriesBody(test.attribute, i*each, each)})
			}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			records, errs := otlp.DecodeAll(all)
			if len(errs) > 0 || len(records.Points) != payloads*each {
				t.Fatalf("%d points, %v", len(records.Points), errs)
			}
			trial := fill(usage.Input{Model: opus, Records: records, Prices: prices.Default()})
			runtime.ReadMemStats(&after)
			if took := int64(after.TotalAlloc-before.TotalAlloc) >> 20; took > 800 { // in all; most of it is garbage at once
				t.Errorf("%d MiB were allocated", took)
			}
			if (trial.Tokens == nil) != (test.tokens == nil) || test.tokens != nil && *trial.Tokens != *test.tokens {
				t.Errorf("tokens %+v, want %+v", trial.Tokens, test.tokens)
			}
			if len(trial.Models)+len(trial.Unpriced) > 1 {
				t.Errorf("%d models and %d without a price in the trial's line", len(trial.Models), len(trial.Unpriced))
			}
		})
	}
}

// seriesBody is an export request of metrics: two input tokens in each series.
func seriesBody(differing string, from, n int) []byte {
	var points []byte
	for i := from; i < from+n; i++ {
		point := binary.LittleEndian.AppendUint64([]byte{2<<3 | 1}, 1)     // start
		point = binary.LittleEndian.AppendUint64(append(point, 3<<3|1), 2) // time
		point = binary.LittleEndian.AppendUint64(append(point, 4<<3|1), math.Float64bits(2))
		for key, value := range map[string]string{"type": "input", "model": opus, "query_source": "main", differing: fmt.Sprint("m-", i)} {
			point = message(point, 7, attribute(key, message(nil, 1, []byte(value))))
		}
		points = message(points, 1, point)
	}
	sum := append(points, 2<<3, 1, 3<<3, 1) // delta, monotonic
	metric := message(message(nil, 1, []byte("claude_code.token.usage")), 7, sum)
	return message(nil, 1, message(nil, 2, message(nil, 2, metric)))
}
