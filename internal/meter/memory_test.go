package meter_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

// zeros never ends.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// A body of a gibibyte is refused, whether it says its length or not, and takes no
// memory to speak of.
func TestABodyOfAGibibyte(t *testing.T) {
	r := newRig(t, http.HandlerFunc(answering))
	for name, length := range map[string]int64{"of a length that it says": 1 << 30, "of a length that nobody knows": -1} {
		most := watched(func() {
			req, err := http.NewRequestWithContext(t.Context(), "POST", r.admit(name)+"/v1/messages", io.LimitReader(zeros{}, 1<<30))
			if err != nil {
				t.Fatal(err)
			}
			req.ContentLength = length
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				return // the meter has closed the connection on it, which is as good
			}
			defer resp.Body.Close()
			if resp.StatusCode != http.StatusRequestEntityTooLarge {
				t.Errorf("%s: %s", name, resp.Status)
			}
		})
		if most > 250<<20 {
			t.Errorf("%s: %d MiB", name, most>>20)
		}
		if lines := r.settled(name); len(lines) > 0 {
			t.Errorf("%s: it was recorded: %+v", name, lines)
		}
	}
}

// An answer of an hour, at a hundred events a second, is read as it passes.
func TestAnAnswerOfAnHour(t *testing.T) {
	const events = 3600 * 100
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		out := bufio.NewWriterSize(w, 16<<10)
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprintf(out, "event: message_start\ndata: %s\n\n", start)
		for range events {
			fmt.Fprintf(out, "event: content_block_delta\ndata: %s\n\n", text)
		}
		fmt.Fprintf(out, "event: message_delta\ndata: %s\n\nevent: message_stop\ndata: %s\n\n", delta, stop)
		_ = out.Flush()
	}))
	got := int64(0)
	most := watched(func() {
		req, err := http.NewRequestWithContext(context.Background(), "POST", r.admit("t")+"/v1/messages", strings.NewReader(request(opus)))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if got, err = io.Copy(io.Discard, resp.Body); err != nil {
			t.Fatal(err)
		}
	})
	line := r.last("t")
	if got < events*int64(len(text)) || line.Cut || line.USD == nil || line.Streamed == nil || line.Streamed.Text != int64(events*len("a private answer")) {
		t.Errorf("%d bytes came, the line is %+v", got, line)
	}
	if most > 100<<20 {
		t.Errorf("%d MiB of memory for %d MiB of answer", most>>20, got>>20)
	}
}

// watched is the most memory in use while do runs, above what was in use before, in
// bytes.
func watched(do func()) int64 {
	inUse := func() int64 {
		var now runtime.MemStats
		runtime.ReadMemStats(&now)
		return int64(now.HeapInuse + now.StackInuse)
	}
	runtime.GC()
	before, done, most := inUse(), make(chan struct{}), make(chan int64)
	go func() {
		top := int64(0)
		for {
			top = max(top, inUse()-before)
			select {
			case <-done:
				most <- top
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	do()
	close(done)
	return <-most
}
