package meter_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/prices"
)

// fileAnswer is an answer of testdata/answers, a whole stream.
func fileAnswer(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/answers/" + name + ".sse")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// streamOf is a whole answer of a model with these usage objects at its start and
// its end.
func streamOf(model, atStart, atEnd string) string {
	return fmt.Sprintf("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"model\":%q,\"usage\":%s}}\n\n"+
		"event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":%s}\n\n"+
		"event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", model, atStart, atEnd)
}

// metered sends one answer through a meter and returns the request's line.
func metered(t *testing.T, header map[string]string, body string, change ...func(*meter.Options)) meter.Entry {
	t.Helper()
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for name, value := range header {
			w.Header().Set(name, value)
		}
		io.WriteString(w, body)
	}), change...)
	if resp, got, err := r.ask(r.admit("t"), opus); err != nil || resp.StatusCode != 200 || header["Content-Encoding"] == "" && got != body {
		t.Fatalf("the client got %v, %v, %q", resp, err, got)
	}
	return r.last("t")
}

// What an answer says decides its price: all of it, in whatever form it comes. Base:
// 1,000 input, 200 output, 40,000 read, 2,000 written for 5 minutes cost $0.0425.
func TestWhatAnAnswerCosts(t *testing.T) {
	const (
		usual    = `{"input_tokens":1000,"output_tokens":1,"cache_read_input_tokens":40000,"cache_creation_input_tokens":2000`
		ended    = `{"output_tokens":200`
		executor = `{"type":"message","input_tokens":1000,"output_tokens":200,"cache_read_input_tokens":40000,"cache_creation_input_tokens":2000}`
		message  = `{"type":"message","model":"claude-opus-4-8","stop_reason":"end_turn","content":[],"usage":`
	)
	plain := streamOf(opus, usual+"}", ended+"}")
	with := func(more string) string { return streamOf(opus, usual+","+more+"}", ended+"}") }
	haiku := func(read int) string {
		return streamOf("claude-haiku-5-5", fmt.Sprintf(`{"input_tokens":1000,"output_tokens":1,"cache_read_input_tokens":%d}`, read), `{"output_tokens":1000}`)
	}
	for name, test := range map[string]struct {
		body    string
		usd     float64 // NaN: not known
		unknown string  // why
	}{
		// The recorded inputs.
		"fast-mode":             {fileAnswer(t, "fast-mode"), 0.0850, ""},
		"geo-us":                {fileAnswer(t, "geo-us"), 0.04675, ""},
		"delta-zeros":           {fileAnswer(t, "delta-zeros"), 0.0425, ""},
		"split-partial":         {fileAnswer(t, "split-partial"), 0.044375, ""},
		"start-usage-null":      {fileAnswer(t, "start-usage-null"), math.NaN(), "usage.input_tokens"},
		"compaction-iterations": {fileAnswer(t, "compaction-iterations"), 1.0300, ""},

		"nothing special":      {plain, 0.0425, ""},
		"standard by name":     {with(`"service_tier":"standard","speed":"standard","inference_geo":"global"`), 0.0425, ""},
		"a place of no price":  {with(`"inference_geo":"not_available"`), 0.0425, ""},
		"fast and there":       {with(`"speed":"fast","inference_geo":"us"`), 0.0935, ""},
		"a batch":              {with(`"service_tier":"batch"`), 0.02125, ""},
		"a tier of a contract": {with(`"service_tier":"priority"`), math.NaN(), "service_tier=priority"},
		"a place not known":    {with(`"inference_geo":"moon"`), math.NaN(), "inference_geo=moon"},
		"a speed not known":    {with(`"speed":"slow"`), math.NaN(), "speed=slow"},
		"a speed of no text":   {with(`"speed":2`), math.NaN(), "usage.speed"},

		"a small prompt":          {haiku(99_000), 0.0001 + 0.00099 + 0.0005, ""},
		"a prompt a little above": {haiku(99_001), 5*(0.0001+0.0005) + 99_001*0.05e-6, ""},

		// 29,000 x 5 + 500 x 25 = 157,500 millionths; the answer itself is Sonnet's:
		// 2,000 + 2,000 + 8,000 + 5,000 = 17,000.
		"another model's advice": {
			streamOf("claude-sonnet-5", usual+"}", ended+`,"iterations":[`+executor+`,{"type":"advisor_message","model":"claude-opus-4-8","input_tokens":29000,"output_tokens":500,"cache_read_input_tokens":0,"cache_creation_input_tokens":0}]}`),
			0.1745, "",
		},
		"advice of a model without a price": {
			streamOf(opus, usual+"}", ended+`,"iterations":[`+executor+`,{"type":"advisor_message","model":"our-model","input_tokens":1,"output_tokens":1}]}`),
			math.NaN(), "model our-model",
		},
		"only what the top level leaves out is listed": {
			streamOf(opus, usual+"}", ended+`,"iterations":[{"type":"compaction","input_tokens":180000,"output_tokens":3500}]}`), 1.03, "",
		},
		"a loop over the server's tools": { // the top level's input is the first turn's
			streamOf(opus, `{"input_tokens":1000,"output_tokens":1}`, `{"output_tokens":300,"iterations":[{"type":"message","input_tokens":1000,"output_tokens":200},{"type":"message","input_tokens":1400,"output_tokens":100}]}`),
			0.0195, "",
		},
		"one iteration":             {streamOf(opus, usual+"}", ended+`,"iterations":[`+executor+`]}`), 0.0425, ""},
		"a one-hour write":          {streamOf(opus, usual+`,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":2000}}`, ended+`,"iterations":[`+executor+`]}`), 0.05, ""},
		"parts below their sum":     {streamOf(opus, usual+"}", ended+`,"iterations":[{"type":"message","input_tokens":1,"output_tokens":200}]}`), math.NaN(), "usage.iterations"},
		"a part of a new kind":      {streamOf(opus, usual+"}", ended+`,"iterations":[`+executor+`,{"type":"dream","input_tokens":1,"output_tokens":1}]}`), math.NaN(), "usage.iterations.type=dream"},
		"a new field of a part":     {streamOf(opus, usual+"}", ended+`,"iterations":[{"type":"message","input_tokens":1000,"output_tokens":200,"cache_read_input_tokens":40000,"cache_creation_input_tokens":2000,"dreams":1}]}`), math.NaN(), "usage.iterations.dreams"},
		"a credit that is redeemed": {with(`"fallback_credit":{"status":{"type":"redeemed"}}`), math.NaN(), "usage.fallback_credit.status.type=redeemed"},
		"a credit that is not":      {with(`"fallback_credit":{"status":{"type":"not_applied","reason":"expired"}}`), 0.0425, ""},

		"web searches":             {with(`"server_tool_use":{"web_search_requests":3,"web_fetch_requests":0}`), 0.0725, ""},
		"pages, which are free":    {with(`"server_tool_use":{"web_fetch_requests":3}`), 0.0425, ""},
		"programs, by the hour":    {with(`"server_tool_use":{"code_execution_requests":1}`), math.NaN(), "code_execution"},
		"a new tool":               {with(`"server_tool_use":{"crystal_ball_requests":1}`), math.NaN(), "usage.server_tool_use.crystal_ball_requests"},
		"a new tool that is idle":  {with(`"server_tool_use":{"crystal_ball_requests":0}`), 0.0425, ""},
		"a new field":              {with(`"audio_tokens":7`), math.NaN(), "usage.audio_tokens"},
		"a new field at the end":   {streamOf(opus, usual+"}", ended+`,"audio_tokens":7}`), math.NaN(), "usage.audio_tokens"},
		"a new field that is null": {with(`"audio_tokens":null,"x":{"y":[0,false,""]}`), 0.0425, ""},
		"how much was thought":     {streamOf(opus, usual+"}", ended+`,"output_tokens_details":{"thinking_tokens":150}}`), 0.0425, ""},

		"a split of zeros":               {with(`"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0}`), 0.0425, ""},
		"a split that names 5 minutes":   {with(`"cache_creation":{"ephemeral_5m_input_tokens":500,"ephemeral_1h_input_tokens":0}`), 0.0425, ""},
		"a split that names more":        {streamOf(opus, `{"input_tokens":1000,"output_tokens":1,"cache_read_input_tokens":40000,"cache_creation_input_tokens":0,"cache_creation":{"ephemeral_5m_input_tokens":2000}}`, ended+"}"), 0.0425, ""},
		"fractions":                      {streamOf(opus, `{"input_tokens":1000.0,"output_tokens":1.0,"cache_read_input_tokens":4e4,"cache_creation_input_tokens":1999.5}`, `{"output_tokens":200.0}`), 0.0425, ""},
		"zeros first, counts at the end": {streamOf(opus, `{"input_tokens":0,"output_tokens":0}`, strings.Replace(usual, `"output_tokens":1`, `"output_tokens":200`, 1)+"}"), 0.0425, ""},
		"null first, counts at the end":  {streamOf(opus, `null`, strings.Replace(usual, `"output_tokens":1`, `"output_tokens":200`, 1)+"}"), 0.0425, ""},
		"an empty usage at the start":    {streamOf(opus, `{}`, ended+"}"), math.NaN(), "usage.input_tokens"},
		"an empty usage at the end":      {streamOf(opus, usual+"}", `{}`), math.NaN(), "usage.output_tokens"},
		"null at the end":                {streamOf(opus, usual+"}", `null`), math.NaN(), "usage.output_tokens"},
		"a message":                      {message + strings.Replace(usual, `"output_tokens":1`, `"output_tokens":200`, 1) + "}}", 0.0425, ""},
		"a message with null":            {message + "null}", math.NaN(), "usage.input_tokens, usage.output_tokens"},
		"a message with nothing":         {message + "{}}", math.NaN(), "usage.input_tokens, usage.output_tokens"},
		"a message without usage":        {strings.TrimSuffix(message, `,"usage":`) + "}", math.NaN(), "usage.input_tokens, usage.output_tokens"},
		"a message with input only":      {message + `{"input_tokens":5}}`, math.NaN(), "usage.output_tokens"},
		"a message with fast mode":       {message + strings.Replace(usual, `"output_tokens":1`, `"output_tokens":200,"speed":"fast"`, 1) + "}}", 0.085, ""},
	} {
		t.Run(name, func(t *testing.T) {
			labels := map[string]map[string]string{
				"as the API labels it":      {"Content-Type": "text/event-stream; charset=utf-8"},
				"labelled as JSON":          {"Content-Type": "application/json"},
				"without a label":           {"Content-Type": ""},
				"compressed without asking": {"Content-Encoding": "gzip"},
			}
			for label, header := range labels {
				body := test.body
				if header["Content-Encoding"] != "" {
					body = gzipped(body)
				}
				line := metered(t, header, body)
				if line.Cut || line.Retry != "" {
					t.Errorf("%s: cut %v, class %q", label, line.Cut, line.Retry)
				}
				if got := strings.Join(line.Unpriced(prices.Default()), ", "); got != test.unknown {
					t.Errorf("%s: not known for %q, want %q", label, got, test.unknown)
				}
				switch {
				case math.IsNaN(test.usd) != (line.USD == nil):
					t.Errorf("%s: costs %v, want %v", label, line.USD, test.usd)
				case line.USD != nil && math.Abs(*line.USD-test.usd) > 1e-9:
					t.Errorf("%s: costs %v, want %v", label, *line.USD, test.usd)
				}
			}
		})
	}
}

func gzipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, s)
	w.Close()
	return b.String()
}

// A compressed answer is read, also as far as a broken one came; of a coding that is
// not known its cost is not known.
func TestCompressedAnswers(t *testing.T) {
	body := strings.Repeat(":\n", 1000) + streamOf(opus, `{"input_tokens":1000,"output_tokens":1}`, `{"output_tokens":200}`)
	var zlibbed bytes.Buffer
	z := zlib.NewWriter(&zlibbed)
	io.WriteString(z, body)
	z.Close()
	var br, zst bytes.Buffer
	b := brotli.NewWriterLevel(&br, 1)
	io.WriteString(b, body)
	b.Close()
	s, err := zstd.NewWriter(&zst)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(s, body)
	s.Close()
	for coding, packed := range map[string]string{"br": br.String(), "zstd": zst.String(), "gzip": gzipped(body), "x-gzip": gzipped(body), "GZIP": gzipped(body), "deflate": zlibbed.String(), "identity": body} {
		if line := metered(t, map[string]string{"Content-Encoding": coding}, packed); line.USD == nil || math.Abs(*line.USD-0.01) > 1e-12 {
			t.Errorf("%s: %+v", coding, line)
		}
	}
	for _, coding := range []string{"compress", "gzip, br", "dcz"} {
		line := metered(t, map[string]string{"Content-Encoding": coding}, "\x0b\x02\x80hello\x03")
		if line.Cut || line.Tokens != nil || line.USD != nil || !cmp.Equal(line.Unknown, []string{"content-encoding: " + coding}) {
			t.Errorf("%s: %+v; want its cost not known", coding, line)
		}
	}
	large := streamOf(opus, `{"input_tokens":1,"output_tokens":1}`, `{"output_tokens":1}`) + strings.Repeat("\n", 70<<20)
	br.Reset()
	zst.Reset()
	b.Reset(&br)
	s.Reset(&zst)
	for _, w := range []io.WriteCloser{b, s} {
		io.WriteString(w, large)
		w.Close()
	}
	for coding, bomb := range map[string]string{"gzip": gzipped(large), "br": br.String(), "zstd": zst.String()} {
		if line := metered(t, map[string]string{"Content-Encoding": coding}, bomb); line.USD != nil || line.Unknown == nil {
			t.Errorf("%s, 70 MB in %d bytes: %+v", coding, len(bomb), line)
		}
	}
}

func TestACompressedAnswerThatBreaksOff(t *testing.T) {
	packed := gzipped(streamOf(opus, `{"input_tokens":1000,"output_tokens":1}`, `{"output_tokens":200}`))
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "br")
		io.WriteString(w, packed[:len(packed)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}))
	if _, _, err := r.ask(r.admit("t"), opus); err == nil {
		t.Error("the client saw an orderly end")
	}
	if line := r.last("t"); !line.Cut || line.Tokens != nil || line.Unknown != nil || line.Retry != meter.Network {
		t.Errorf("line %+v", line)
	}
}

// A table of one's own gives a server tool its price.
func TestOwnPricesOfServerTools(t *testing.T) {
	own, err := prices.Decode(strings.NewReader(`{"schema":"benchgate.prices/v1","source":"s","date":"2026-11-01","code_execution":0.02,
		"models":{"m":[{"input":1,"output":1,"cache_write_5m":1,"cache_write_1h":1,"cache_read":1}]}}`), "own.json")
	if err != nil {
		t.Fatal(err)
	}
	line := metered(t, nil, streamOf("m", `{"input_tokens":1000000,"output_tokens":1}`, `{"output_tokens":0,"server_tool_use":{"code_execution_requests":2}}`),
		func(o *meter.Options) { o.Prices = prices.Default().With(own) })
	if line.USD == nil || math.Abs(*line.USD-1.040001) > 1e-9 {
		t.Errorf("line %+v", line)
	}
}

// An answer through Bedrock does not name the place that the id asked for had.
func TestABedrockIDIsPricedByItsPlace(t *testing.T) {
	million := baselines.Tokens{Input: 1_000_000}
	for asked, want := range map[string]float64{"us.anthropic.claude-opus-4-8": 5.5, "global.anthropic.claude-opus-4-8-v1:0": 5, "claude-opus-4-8": 5} {
		e := meter.Entry{Kind: meter.Finished, Time: noon, Model: asked, Answered: "claude-opus-4-8-20261120", Tokens: &million}
		if usd, ok := e.Price(prices.Default()); !ok || math.Abs(usd-want) > 1e-9 {
			t.Errorf("%s: %v, %v; want %v", asked, usd, ok, want)
		}
	}
}
