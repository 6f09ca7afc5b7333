//go:build unix

package usage_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/usage"
)

// What telemetry costs: log records in batches of 512, as exporters send them, are
// received over HTTP, decoded and summed. Reported are seconds of CPU time of a
// million records, of all three and of each, in one run.
func BenchmarkLogRecords(b *testing.B) {
	const batches, each = 100, 512
	var bodies [][]byte
	for i := range batches {
		bodies = append(bodies, logBatch(i*each, each))
	}
	var received, decoded, summed float64
	for b.Loop() {
		r := otlp.NewReceiver(otlp.Options{})
		handler, token := r.Handler(), r.Admit("t")
		begun := cpuSeconds()
		for _, body := range bodies {
			req := httptest.NewRequest("POST", "/"+token+"/v1/logs", bytes.NewReader(body))
			req.Header.Set("Content-Type", "application/x-protobuf")
			w := httptest.NewRecorder()
			if handler.ServeHTTP(w, req); w.Code != http.StatusOK {
				b.Fatal(w.Code, w.Body)
			}
		}
		in := cpuSeconds()
		records, errs := otlp.DecodeAll(r.Payloads("t"))
		if len(errs) > 0 || len(records.Events) != batches*each {
			b.Fatal(len(records.Events), errs)
		}
		read := cpuSeconds()
		var trial baselines.Trial
		usage.Fill(&trial, usage.Input{Model: opus, Records: records, Prices: prices.Default()})
		if trial.Tokens == nil || trial.Tokens.Output != batches*each*300 {
			b.Fatal(trial.Tokens)
		}
		received, decoded, summed = received+in-begun, decoded+read-in, summed+cpuSeconds()-read
	}
	million := 1e6 / float64(batches*each*b.N)
	b.ReportMetric((received+decoded+summed)*million, "CPU-s/million")
	b.ReportMetric(received*million, "receive-s/million")
	b.ReportMetric(decoded*million, "decode-s/million")
	b.ReportMetric(summed*million, "sum-s/million")
}

// cpuSeconds is the CPU time that this process has used.
func cpuSeconds() float64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()).Seconds()
}

// logBatch is an export request of api_request events with the attributes that Claude
// Code gives them, in protobuf.
func logBatch(from, n int) []byte {
	var records []byte
	for i := from; i < from+n; i++ {
		at := time.Date(2026, 11, 27, 3, 0, 0, i*1000, time.UTC)
		record := binary.LittleEndian.AppendUint64([]byte{1<<3 | 1}, uint64(at.UnixNano()))
		record = message(record, 5, message(nil, 1, []byte("claude_code.api_request")))
		for _, a := range [][2]string{
			{"session.id", "e3cc013a-8aae-4971-ae01-3aafc4f73023"},
			{"user.id", strings.Repeat("0123456789abcdef", 4)},
			{"terminal.type", "xterm"},
			{"anthropic.provider", "firstParty"},
			{"event.name", "api_request"},
			{"event.timestamp", at.Format(time.RFC3339Nano)},
			{"prompt.id", "55dfe5f5-93f2-4a48-b96b-d9a0f8e5ef20"},
			{"model", opus},
			{"query_source", "sdk"},
			{"request_id", "req_" + strconv.Itoa(i)},
			{"speed", "normal"},
			{"effort", "high"},
		} {
			record = message(record, 6, attribute(a[0], message(nil, 1, []byte(a[1]))))
		}
		for j, key := range []string{
			"event.sequence", "input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens", "cache_creation_5m_tokens",
			"cache_creation_1h_tokens", "duration_ms", "ttft_ms", "cost_usd_micros",
		} {
			number := []int{i, 12, 300, 40_000, 700, 700, 0, 2311, 804, 30_000}[j]
			record = message(record, 6, attribute(key, binary.AppendUvarint([]byte{3 << 3}, uint64(number))))
		}
		usd := binary.LittleEndian.AppendUint64([]byte{4<<3 | 1}, math.Float64bits(0.03))
		records = message(records, 2, message(record, 6, attribute("cost_usd", usd)))
	}
	scope := message(nil, 1, message(nil, 1, []byte("com.anthropic.claude_code.events")))
	resource := message(nil, 1, message(nil, 1, attribute("service.name", message(nil, 1, []byte("claude-code")))))
	return message(nil, 1, message(resource, 2, append(scope, records...)))
}

// message appends a field with a length, which is how protobuf holds messages and
// strings.
func message(to []byte, field int, content []byte) []byte {
	to = binary.AppendUvarint(to, uint64(field)<<3|2)
	return append(binary.AppendUvarint(to, uint64(len(content))), content...)
}

func attribute(key string, value []byte) []byte {
	return message(message(nil, 1, []byte(key)), 2, value)
}
