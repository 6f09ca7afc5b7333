package meter

import (
	"bytes"
	"testing"
)

// Results are read alike in whatever pieces they come, and what is kept is bounded.
func FuzzResults(f *testing.F) {
	const one = `{"custom_id":"1","result":{"type":"succeeded","message":{"model":"m","content":[],"usage":{"input_tokens":1,"output_tokens":2}}}}`
	f.Add([]byte(one+"\n"+one), 7)
	f.Add([]byte(`{"custom_id":"2","result":{"type":"expired"}}`+"\n\n[]\n"), 1)
	f.Fuzz(func(t *testing.T, text []byte, size int) {
		whole, pieces := resultsReader{batch: "b"}, resultsReader{batch: "b"}
		whole.bytes(text)
		for rest := text; len(rest) > 0; {
			n := min(len(rest), max(1, size))
			pieces.bytes(rest[:n])
			rest = rest[n:]
		}
		if whole.lines != pieces.lines || whole.lost != pieces.lost || len(whole.found) != len(pieces.found) || !bytes.Equal(whole.line, pieces.line) {
			t.Errorf("whole: %d lines, %d found, lost %v; in pieces of %d: %d, %d, %v", whole.lines, len(whole.found), whole.lost, size, pieces.lines, len(pieces.found), pieces.lost)
		}
		if len(whole.line) > maxResult || len(whole.found) > maxResults {
			t.Errorf("%d bytes and %d results are kept", len(whole.line), len(whole.found))
		}
	})
}
