package forward_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/forward"
	"github.com/benchgate/benchgate/internal/golden"
)

// What benchgate itself says of a trial and of a run.
func TestWhatWeSayOfATrial(t *testing.T) {
	s, r := newSink(t, nil), aRun(t, 1)
	if err := os.RemoveAll(r.Trials[0].Dir); err != nil { // an agent that sent nothing
		t.Fatal(err)
	}
	send(t, r, quiet(t), s.target())
	text, err := json.MarshalIndent(s.records(t), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/trial.golden.json", append(text, '\n'))
}

// A crash may tear the last line of the list: that batch is sent again, no other.
func TestTheListOfWhatWasSentMayBeTorn(t *testing.T) {
	s, r := newSink(t, nil), aRun(t, 1)
	send(t, r, quiet(t), s.target())
	file := filepath.Join(r.Dir, forward.SentFile)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(strings.TrimSuffix(string(whole), "\n"), "\n")
	first := strings.Join(lines[:2], "")
	if err := os.WriteFile(file, []byte(first+lines[2][:10]), 0o644); err != nil {
		t.Fatal(err)
	}
	before := len(s.payloads())
	again := send(t, r, quiet(t), s.target())
	if sent := len(s.payloads()) - before; sent != before-2 || again[0].Left != 0 {
		t.Errorf("%d of %d batches were sent again, want all but two", sent, before)
	}
	if err := os.WriteFile(file, []byte(first+"{}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = forward.Send(t.Context(), r, []forward.Target{s.target()}, quiet(t))
	if err == nil || !strings.Contains(err.Error(), forward.SentFile+":3: no line of benchgate.sent/v1; remove the file to send all of the run again") {
		t.Errorf("a line that is none: %v", err)
	}
}

// Two at once would send everything twice.
func TestOnlyOneSendsARun(t *testing.T) {
	s, r := newSink(t, nil), aRun(t, 1)
	opened, err := forward.Open(t.Context(), r.Dir, []forward.Target{s.target()}, quiet(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := forward.Send(t.Context(), r, []forward.Target{s.target()}, quiet(t)); !errors.Is(err, forward.ErrBusy) {
		t.Errorf("error %v, want %v", err, forward.ErrBusy)
	}
	if _, err := opened.Close(long); err != nil {
		t.Error(err)
	}
	send(t, r, quiet(t), s.target())
}

func FuzzListOfWhatWasSent(f *testing.F) {
	f.Add([]byte(`{"schema":"benchgate.sent/v1","to":"https://a.example","batch":"verdict","records":1}` + "\n"))
	f.Add([]byte("{\"schema\":\"benchgate.sent/v1\"\n{}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r := forward.Run{Dir: t.TempDir()}
		file := filepath.Join(r.Dir, forward.SentFile)
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := forward.Send(t.Context(), r, nil, quiet(t))
		if err != nil && !strings.Contains(err.Error(), forward.SentFile+":") {
			t.Errorf("error %v names no line", err)
		}
	})
}
