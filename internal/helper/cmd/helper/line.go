//go:build linux

package main

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"sync"
	"time"

	"github.com/benchgate/benchgate/internal/helper/pid1"
)

// line is where both this program and benchgate ask and answer.
type line struct {
	mu      sync.Mutex
	out     io.Writer
	asked   int
	waiting map[string]chan pid1.Line // by the ID of the question
}

func newLine(out io.Writer) *line {
	return &line{out: out, waiting: make(map[string]chan pid1.Line)}
}

// serve hands each question that comes in to answer, one after the other, and each
// answer to who waits for it, for ever.
func (l *line) serve(in io.Reader, answer func(pid1.Line) pid1.Line) {
	for lines := bufio.NewReaderSize(in, 64<<10); ; {
		text, err := lines.ReadString('\n')
		if err != nil {
			// The engine has gone, and may come again.
			time.Sleep(100 * time.Millisecond)
			continue
		}
		said, err := pid1.Parse(text)
		switch {
		case err != nil: // the rest of a line whose writer has gone
		case said.Word == pid1.OK || said.Word == pid1.Failed:
			l.hand(said)
		default:
			l.write(answer(said))
		}
	}
}

func (l *line) hand(answer pid1.Line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if waits := l.waiting[answer.ID]; waits != nil {
		waits <- answer // which has room for the one answer
		delete(l.waiting, answer.ID)
	}
}

func (l *line) write(said pid1.Line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = io.WriteString(l.out, said.String())
}

var errNobody = errors.New("benchgate does not answer")

// ask asks benchgate and waits for its answer, at most limit.
func (l *line) ask(limit time.Duration, word string, args ...string) ([]string, error) {
	waits := make(chan pid1.Line, 1)
	l.mu.Lock()
	l.asked++
	id := "guard-" + strconv.Itoa(l.asked)
	l.waiting[id] = waits
	l.mu.Unlock()
	l.write(pid1.Line{ID: id, Word: word, Args: args})
	end := time.NewTimer(limit)
	defer end.Stop()
	select {
	case answer := <-waits:
		if answer.Word == pid1.Failed {
			return nil, errors.New("benchgate cannot say")
		}
		return answer.Args, nil
	case <-end.C:
		l.mu.Lock()
		delete(l.waiting, id)
		l.mu.Unlock()
		return nil, errNobody
	}
}
