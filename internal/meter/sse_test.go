package meter

import (
	"bytes"
	"math/rand/v2"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
)

const wholeAnswer = "event: message_start\n" +
	`data: {"type":"message_start","message":{"model":"m","usage":{"input_tokens":10,"cache_read_input_tokens":4,"cache_creation_input_tokens":5,"cache_creation":{"ephemeral_5m_input_tokens":2,"ephemeral_1h_input_tokens":3},"output_tokens":1}}}` + "\n\n" +
	"event: ping\ndata: {\"type\": \"ping\"}\n\n" +
	"event: content_block_delta\n" + `data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"event: message_stop\\n"}}` + "\n\n" +
	"event: message_delta\n" + `data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":20}}` + "\n\n" +
	"event: message_delta\n" + `data: {"type":"message_delta","delta":{},"usage":{"output_tokens":77,"input_tokens":11,"cache_creation_input_tokens":9}}` + "\n\n" +
	"event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"

// Cumulative counts replace earlier ones; of 9 cache writes 3 are known to be
// 1-hour ones.
var wholeUsage = usage{
	tokens:   baselines.Tokens{Input: 11, Output: 77, CacheRead: 4, CacheWrite5m: 6, CacheWrite1h: 3},
	reported: true, complete: true, model: "m", stop: "tool_use",
}

func readStream(chunks ...string) usage {
	w := newWatch(messagesAPI, http.Header{"Content-Type": {"text/event-stream; charset=utf-8"}})
	for _, c := range chunks {
		w.bytes([]byte(c))
	}
	return w.usage(true)
}

func TestUsageOfAStream(t *testing.T) {
	crlf := strings.ReplaceAll(wholeAnswer, "\n", "\r\n")
	cr := strings.ReplaceAll(wholeAnswer, "\n", "\r")
	for name, in := range map[string]string{
		"as the API sends it":     wholeAnswer,
		"CRLF":                    crlf,
		"CR alone":                cr,
		"a byte order mark":       "\xef\xbb\xbf" + wholeAnswer,
		"no space after colons":   strings.ReplaceAll(strings.ReplaceAll(wholeAnswer, "event: ", "event:"), "data: ", "data:"),
		"without event names":     dropLines(wholeAnswer, "event:"),
		"comments and odd fields": ": hi\n\nid: 7\nretry: 3\nevent\n\nnonsense\n\n" + wholeAnswer,
		"unknown events":          "event: future\ndata: {\"type\":\"future\",\"usage\":{\"output_tokens\":-1}}\n\n" + wholeAnswer,
		"data that is no JSON":    "data: hello\n\n" + wholeAnswer + "event: x\ndata: }{\n\n",
		"JSON over several lines": strings.ReplaceAll(wholeAnswer, `,"usage":`, ",\ndata: \"usage\":"),
		"a huge event first":      "event: content_block_delta\ndata: " + strings.Repeat("x", 3*maxEvent) + "\n\n" + wholeAnswer,
		"a huge nameless event":   "data: " + strings.Repeat("x", 3*maxEvent) + "\n\n" + wholeAnswer,
		"a huge comment":          ":" + strings.Repeat("x", 3*maxEvent) + "\n\n" + wholeAnswer,
		"more after its end":      wholeAnswer + wholeAnswer,
		"fractions":               strings.Replace(strings.Replace(wholeAnswer, `:77`, `:76.5`, 1), `"input_tokens":11`, `"input_tokens":1.1e1`, 1),
	} {
		got := readStream(in)
		if got.streamed.Text < 20 {
			t.Errorf("%s: %d bytes of text were streamed", name, got.streamed.Text)
		}
		got.streamed = Streamed{}
		if diff := cmp.Diff(wholeUsage, got, cmp.AllowUnexported(usage{}, errorBody{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAnEventThatMattersAndCannotBeReadMeansIncomplete(t *testing.T) {
	for name, in := range map[string]string{
		"broken JSON":        strings.Replace(wholeAnswer, `"output_tokens":77`, `"output_tokens":7 7`, 1),
		"words":              strings.Replace(wholeAnswer, `"output_tokens":77`, `"output_tokens":"many"`, 1),
		"beyond int64":       strings.Replace(wholeAnswer, `"output_tokens":77`, `"output_tokens":99999999999999999999`, 1),
		"no start":           strings.Replace(wholeAnswer, "message_start", "something", 2),
		"a huge usage event": strings.Replace(wholeAnswer, `"output_tokens":77`, `"pad":"`+strings.Repeat("x", maxEvent)+`","output_tokens":77`, 1),
		"the last newline":   strings.TrimSuffix(wholeAnswer, "\n"),
	} {
		got := readStream(in)
		if got.complete {
			t.Errorf("%s: told as complete: %+v", name, got)
		}
	}
}

func dropLines(s, prefix string) string {
	var kept []string
	for line := range strings.SplitSeq(s, "\n") {
		if !strings.HasPrefix(line, prefix) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

func TestMemoryIsBounded(t *testing.T) {
	kept := 0
	r := &eventReader{wanted: func(string) bool { return true }, emit: func(_ string, data []byte) { kept = max(kept, len(data)) }}
	line := []byte("data: " + strings.Repeat("x", 64<<10) + "\n")
	for range 1000 { // 64 MiB in one event of many lines
		_, _ = r.Write(line)
	}
	_, _ = r.Write([]byte("\n"))
	for range 1000 { // and in one line
		_, _ = r.Write(bytes.TrimSpace(line))
	}
	if held := cap(r.line) + cap(r.data) + cap(r.name); held > 6*maxEvent {
		t.Errorf("%d bytes are held", held)
	}
	if kept != 0 {
		t.Errorf("an event of %d bytes was emitted although a part of it is lost", kept)
	}
}

// Any pieces tell the same as the whole.
func FuzzChunks(f *testing.F) {
	f.Add([]byte(wholeAnswer), uint64(1))
	f.Add([]byte(strings.ReplaceAll(wholeAnswer, "\n", "\r\n")), uint64(2))
	f.Add([]byte("\xef\xbb\xbfdata\r\r\ndata:x\n\n"), uint64(3))
	f.Fuzz(func(t *testing.T, in []byte, seed uint64) {
		var whole, pieces []string
		collect := func(to *[]string) *eventReader {
			return &eventReader{
				wanted: func(string) bool { return true },
				emit:   func(name string, data []byte) { *to = append(*to, name+"|"+string(data)) },
			}
		}
		_, _ = collect(&whole).Write(in)
		r, dice := collect(&pieces), rand.New(rand.NewPCG(seed, 0))
		var chunks []string
		for rest := in; len(rest) > 0; {
			n := 1 + dice.IntN(min(len(rest), 40))
			before := string(rest[:n])
			_, _ = r.Write(rest[:n])
			if string(rest[:n]) != before {
				t.Fatal("the reader changed bytes that are not its own")
			}
			chunks = append(chunks, before)
			rest = rest[n:]
		}
		if diff := cmp.Diff(whole, pieces); diff != "" {
			t.Errorf("events (-whole +pieces):\n%s", diff)
		}
		a, b := readStream(string(in)), readStream(chunks...)
		if !reflect.DeepEqual(a, b) {
			t.Errorf("usage %+v of the whole, %+v of the pieces", a, b)
		}
		if u := a.tokens; min(u.Input, u.Output, u.CacheRead, u.CacheWrite5m, u.CacheWrite1h) < 0 {
			t.Errorf("negative tokens: %+v", u)
		}
	})
}

func FuzzMessage(f *testing.F) {
	f.Add([]byte(`{"model":"m","usage":{"input_tokens":1,"output_tokens":2,"cache_creation_input_tokens":3}}`))
	f.Add([]byte(`{"usage":{"input_tokens":1,"output_tokens":2,"cache_creation":{"ephemeral_1h_input_tokens":-3}}}`))
	f.Add([]byte(`{"usage":{"input_tokens":1.5,"output_tokens":2e3,"speed":"fast","":0.1,"iterations":[{"type":"x","input_tokens":9},null]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		u := messageUsage(body)
		if k := u.tokens; min(k.Input, k.Output, k.CacheRead, k.CacheWrite5m, k.CacheWrite1h, u.webSearch) < 0 {
			t.Errorf("negative: %+v", u)
		}
		if u.complete && !u.reported && len(u.unknown) == 0 {
			t.Errorf("complete without a report, and nothing says so: %+v", u)
		}
	})
}
