package docker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/benchgate/benchgate/internal/helper"
	"github.com/benchgate/benchgate/internal/helper/relay"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/pkg/stdcopy"
)

// relayHost is where benchgate listens for sandboxes that have no way to it, and
// where these find it: the helper beside each listens at the same ports of the
// sandbox's own loopback address.
const relayHost = "127.0.0.1"

// isRelayed reports whether sandboxes on a network have no way of their own to
// benchgate: their engine is not behind a socket of this machine, or it is and yet
// runs elsewhere, as in a virtual machine. That a remote engine's network has an
// address which this machine has, too, says nothing.
func (e *Engine) isRelayed(gateway string) bool {
	if e.owner.Container != "" || e.isDesktop() {
		return false
	}
	return !e.onThisMachine() || !isLocal(gateway)
}

// startRelay has the helper listen in a guard's network and connects what it takes,
// until the guard ends.
func (e *Engine) startRelay(ctx context.Context, id string, addrs []string) error {
	made, err := e.api.ContainerExecCreate(ctx, id, container.ExecOptions{
		Cmd: append([]string{helper.Path, "relay"}, addrs...), User: "0:0", AttachStdin: true, AttachStdout: true, AttachStderr: true,
	})
	if err != nil {
		return failed("starting the relay", err)
	}
	stream, err := e.api.ContainerExecAttach(ctx, made.ID, container.ExecAttachOptions{})
	if err != nil {
		return failed("starting the relay", err)
	}
	var said bytes.Buffer
	out, in := io.Pipe()
	split := make(chan struct{})
	go func() {
		defer close(split)
		_, err := stdcopy.StdCopy(in, &said, stream.Reader)
		in.CloseWithError(errors.Join(err, io.EOF))
	}()
	end, err := relay.Open(&relayLine{out, stream.Conn, stream.Close}, addrs)
	if err != nil {
		stream.Close()
		<-split
		return failed("starting the relay", err)
	}
	ctx, cancel := context.WithTimeout(ctx, sentinelTime)
	defer cancel()
	if err := end.Ready(ctx); err != nil {
		end.Close()
		<-split
		return failed("starting the relay", fmt.Errorf("%w: %.300q", err, strings.TrimSpace(said.String())))
	}
	e.lines.begin(end.Close, func() {
		end.Wait()
		<-split
	})
	return nil
}

// relayLine is what the helper writes and reads.
type relayLine struct {
	out   *io.PipeReader
	in    io.Writer
	close func()
}

func (l *relayLine) Read(p []byte) (int, error)  { return l.out.Read(p) }
func (l *relayLine) Write(p []byte) (int, error) { return l.in.Write(p) }

func (l *relayLine) Close() error {
	l.close()
	return l.out.Close()
}
