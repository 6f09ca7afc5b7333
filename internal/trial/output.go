package trial

import (
	"bytes"
	"fmt"
	"io"
	"sync"
)

// How much is kept of one stream, in bytes: a program that prints for ever
// must fill neither the host's memory nor its disk. The end is kept besides
// the beginning, because there an agent's result and a summary of tests stand.
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
	tail    []byte // at least the last maxTail bytes behind head, at most twice that
	dropped int64  // between the two
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

// bytes returns what was kept. Where something is missing, a line says so and
// the lines around it are whole: no half of a secret can stand there.
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
