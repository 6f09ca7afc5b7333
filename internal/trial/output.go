package trial

import (
	"bytes"
	"fmt"
	"io"
	"sync"
)

// How much is kept of one stream, in bytes: a program that never stops printing
// must not fill the host's memory or disk. The end is kept as well as the
// beginning, because the agent's result and the summary of the tests are there.
const (
	maxHead = 48 << 20
	maxTail = 8 << 20
)

// output collects one stream of a sandbox. Standard output and error of the
// tests share one, so it locks.
type output struct {
	maxHead, maxTail int

	mu      sync.Mutex
	head    bytes.Buffer
	tail    []byte // the last maxTail to 2*maxTail bytes of what did not fit into head
	dropped int64  // bytes between head and tail
}

func newOutput() *output { return &output{maxHead: maxHead, maxTail: maxTail} }

// Write never fails: what there is no room for is dropped and counted.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := min(len(p), o.maxHead-o.head.Len())
	o.head.Write(p[:n])
	o.tail = append(o.tail, p[n:]...)
	if len(o.tail) > 2*o.maxTail {
		cut := len(o.tail) - o.maxTail
		o.dropped += int64(cut)
		o.tail = append(o.tail[:0], o.tail[cut:]...)
	}
	return len(p), nil
}

// bytes returns what was kept. Where something is missing, a line says how much,
// and the lines around it are whole: half of a secret would not be recognized
// and so not be redacted.
func (o *output) bytes() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	head, tail := o.head.Bytes(), o.tail
	if o.dropped == 0 {
		return append(bytes.Clone(head), tail...)
	}
	head = head[:bytes.LastIndexByte(head, '\n')+1]
	if _, after, found := bytes.Cut(tail, []byte("\n")); found {
		tail = after
	} else {
		tail = nil
	}
	missing := o.dropped + int64(o.head.Len()-len(head)+len(o.tail)-len(tail))
	whole := fmt.Appendf(bytes.Clone(head), "[benchgate: %d bytes were not kept here]\n", missing)
	return append(whole, tail...)
}

func (o *output) text() string      { return string(o.bytes()) }
func (o *output) reader() io.Reader { return bytes.NewReader(o.bytes()) }
