package meter_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/meter"
)

const mebi = 1 << 20

// holding is a body of 64 MiB of which 60 come and the rest never does.
type holding struct {
	left  int
	never <-chan struct{}
}

func (h *holding) Read(p []byte) (int, error) {
	if h.left == 0 {
		<-h.never
		return 0, io.ErrUnexpectedEOF
	}
	n := min(len(p), h.left)
	for i := range n {
		p[i] = 'x'
	}
	h.left -= n
	return n, nil
}

// Forty trials hold bodies of 64 MiB that do not come to their end: the process stays
// small, each of them is cut or refused, and then another trial's request is answered.
func TestHeldBodiesAreBounded(t *testing.T) {
	r := newRig(t, http.HandlerFunc(answering))
	r.LimitBodies(meter.BodiesOfAll, meter.BodiesOfTrial, time.Second, 300*time.Millisecond, 10*time.Second)
	stop, most := make(chan struct{}), make(chan uint64)
	go func() { most <- mostMemory(stop) }()
	never := make(chan struct{})
	var all sync.WaitGroup
	var cut, refused atomic.Int64
	for i := range 40 {
		base := r.admit(fmt.Sprint("t", i%20))
		all.Go(func() {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/v1/messages", &holding{60 * mebi, never})
			if err != nil {
				t.Error(err)
				return
			}
			req.ContentLength = 64 * mebi
			if i%4 == 0 {
				req.ContentLength = -1 // in chunks
			}
			resp, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				cut.Add(1) // the connection was closed while it sent
				return
			}
			resp.Body.Close()
			switch resp.StatusCode {
			case http.StatusRequestTimeout:
				cut.Add(1)
			case http.StatusServiceUnavailable:
				refused.Add(1)
			default:
				t.Errorf("status %d", resp.StatusCode)
			}
		})
	}
	all.Wait()
	close(never)
	close(stop)
	if bytes := <-most; bytes > 512_000_000 {
		t.Errorf("%d MB of memory were held, want less than 512", bytes/1_000_000)
	} else {
		t.Logf("%d MB of memory were held; %d cut, %d refused", bytes/1_000_000, cut.Load(), refused.Load())
	}
	if cut.Load() < 2 {
		t.Errorf("%d bodies were cut, want at least those that had room", cut.Load())
	}
	if resp, _, err := r.ask(r.admit("another"), opus); err != nil || resp.StatusCode != 200 {
		t.Errorf("after them: %v %v", resp, err)
	}
}

// mostMemory is the largest part of the heap that was not given back to the system.
func mostMemory(stop <-chan struct{}) (most uint64) {
	runtime.GC()
	for {
		var now runtime.MemStats
		runtime.ReadMemStats(&now)
		most = max(most, now.HeapSys-now.HeapReleased)
		select {
		case <-stop:
			return most
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// One trial's bodies leave room for those of others.
func TestATrialsBodiesLeaveRoomForOthers(t *testing.T) {
	release := make(chan struct{})
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.ContentLength > 1000 {
			<-release
		}
		answering(w, req)
	}))
	r.LimitBodies(10_000, 5_000, 50*time.Millisecond, time.Second, time.Second)
	greedy := r.admit("greedy")
	large := fmt.Sprintf(`{"model":%q,"pad":%q}`, opus, strings.Repeat("x", 2000))
	statuses := make(chan int)
	for range 4 {
		go func() {
			resp, _, err := post(t.Context(), greedy+"/v1/messages", large)
			if err != nil {
				t.Error(err)
				statuses <- 0
				return
			}
			statuses <- resp.StatusCode
		}()
	}
	if a, b := <-statuses, <-statuses; a != 503 || b != 503 {
		t.Errorf("without room: %d and %d, want 503", a, b)
	}
	if resp, _, err := r.ask(r.admit("modest"), opus); err != nil || resp.StatusCode != 200 {
		t.Errorf("another trial: %v %v", resp, err)
	}
	close(release)
	if a, b := <-statuses, <-statuses; a != 200 || b != 200 {
		t.Errorf("with room: %d and %d", a, b)
	}
	if resp, _, err := post(t.Context(), greedy+"/v1/messages", large); err != nil || resp.StatusCode != 200 {
		t.Errorf("when the others are gone: %v %v", resp, err)
	}
}

// A sender that gives a byte now and then keeps no connection for ever, and one that
// is only slow is read.
func TestSlowSenders(t *testing.T) {
	r := newRig(t, http.HandlerFunc(answering))
	r.LimitBodies(meter.BodiesOfAll, meter.BodiesOfTrial, 10*time.Millisecond, 200*time.Millisecond, time.Second)
	for name, test := range map[string]struct {
		pause time.Duration
		want  string
	}{
		"slow":           {30 * time.Millisecond / 4, "HTTP/1.1 200"},
		"silent between": {400 * time.Millisecond, "HTTP/1.1 408"},
		"without an end": {60 * time.Millisecond, "HTTP/1.1 408"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			body := request(opus)
			path := strings.TrimPrefix(r.admit(name), r.url)
			fmt.Fprintf(conn, "POST %s/v1/messages HTTP/1.1\r\nHost: m\r\nContent-Length: %d\r\n\r\n", path, len(body))
			go func() {
				for i := 0; i < len(body); i += 3 {
					if _, err := io.WriteString(conn, body[i:min(i+3, len(body))]); err != nil {
						return
					}
					time.Sleep(test.pause)
				}
			}()
			_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
			head := make([]byte, len(test.want))
			if _, err := io.ReadFull(conn, head); err != nil || string(head) != test.want {
				t.Errorf("answered %q (%v), want %s", head, err, test.want)
			}
		})
	}
}
