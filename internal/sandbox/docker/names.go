package docker

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/benchgate/benchgate/internal/helper/guard"
	"github.com/benchgate/benchgate/internal/helper/pid1"
	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/pkg/stdcopy"
)

// lookupTime is how long a name may take; its guard waits 10 s.
const lookupTime = 8 * time.Second

// answerNames resolves what a guard asks for, until its container ends or the engine
// is closed. It is done here, not in the container, because nothing of what leaves
// the sandbox's network namespace could be told from what the sandbox sends.
func (e *Engine) answerNames(ctx context.Context, id string) error {
	stream, err := e.api.ContainerAttach(ctx, id, container.AttachOptions{Stream: true, Stdin: true, Stdout: true})
	if err != nil {
		return failed("listening to the guard", err)
	}
	e.lines.begin(stream.Close, func() { e.answerOn(context.WithoutCancel(ctx), &stream) })
	return nil
}

// answerOn answers each question beside the others, until the stream ends.
func (e *Engine) answerOn(ctx context.Context, stream *types.HijackedResponse) {
	ctx, cancel := context.WithCancel(ctx)
	var writing sync.Mutex
	var asked sync.WaitGroup
	lines := &lineReader{take: func(line pid1.Line) error {
		if line.Word != guard.AskResolve || len(line.Args) != 1 {
			return nil // it is for somebody else who is attached
		}
		asked.Go(func() {
			answer := e.lookUp(ctx, line)
			writing.Lock()
			defer writing.Unlock()
			_, _ = io.WriteString(stream.Conn, answer.String()) // who asked has gone, or asks again
		})
		return nil
	}}
	_, err := stdcopy.StdCopy(lines, io.Discard, stream.Reader)
	stream.Close()
	cancel()
	asked.Wait()
	if err != nil {
		e.log.DebugContext(ctx, "a guard asks for no more names", "error", err)
	}
}

// lookUp answers a question. A name that does not exist has no addresses.
func (e *Engine) lookUp(ctx context.Context, question pid1.Line) pid1.Line {
	ctx, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	addrs, err := e.resolver.LookupNetIP(ctx, "ip4", question.Args[0]+".")
	var missing *net.DNSError
	if err != nil && (!errors.As(err, &missing) || !missing.IsNotFound) {
		e.log.InfoContext(ctx, "a name that a task asked for could not be resolved", "error", err)
		return pid1.Line{ID: question.ID, Word: pid1.Failed, Args: []string{"it could not be resolved"}}
	}
	answer := pid1.Line{ID: question.ID, Word: pid1.OK}
	for _, addr := range addrs {
		answer.Args = append(answer.Args, addr.Unmap().String())
	}
	return answer
}
