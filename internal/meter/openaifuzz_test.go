package meter

import (
	"bytes"
	"net/http"
	"os"
	"testing"
)

// Whatever an answer of OpenAI's APIs says: no count is negative, and an answer of
// which all is known has its input and output.
func FuzzOpenAIUsage(f *testing.F) {
	for _, name := range []string{"response", "completion"} {
		b, err := os.ReadFile("testdata/answers/openai-" + name + ".sse")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"object":"response","output":[],"usage":{"input_tokens":5,"input_tokens_details":{"cached_tokens":9}}}`))
	f.Add([]byte(`{"choices":[],"usage":{"prompt_tokens":-5}}`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		for _, a := range []*api{responsesAPI, completionsAPI} {
			for _, kind := range []string{"text/event-stream", "application/json"} {
				w := newWatch(a, http.Header{"Content-Type": {kind}})
				for piece := range bytes.SplitAfterSeq(answer, []byte("\n")) {
					w.bytes(piece)
				}
				u := w.usage(true)
				if min(u.tokens.Input, u.tokens.Output, u.tokens.CacheRead, u.tokens.CacheWrite5m, u.webSearch) < 0 {
					t.Errorf("counts %+v, %d searches", u.tokens, u.webSearch)
				}
				if u.complete && !u.reported && len(u.unknown) == 0 {
					t.Errorf("complete, and neither counted nor unknown: %+v", u)
				}
			}
		}
	})
}
