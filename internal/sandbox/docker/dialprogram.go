package docker

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strings"
	"time"
)

// programConn is a connection through a program's standard streams. It has no
// deadlines: who waits too long closes it.
type programConn struct {
	name string
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  io.Reader
	said bytes.Buffer  // of standard error
	done chan struct{} // closed when the program has ended
	err  error         // by then: how
}

// dialProgram starts the program. The connection outlives ctx.
func dialProgram(ctx context.Context, name string, args ...string) (net.Conn, error) {
	c := &programConn{name: name, cmd: exec.CommandContext(context.WithoutCancel(ctx), name, args...)}
	c.cmd.Stderr = &c.said
	c.cmd.WaitDelay = time.Second // for what it left, which may hold its standard error
	var err error
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	out, in := io.Pipe()
	c.cmd.Stdout, c.out = in, out
	c.done = make(chan struct{})
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	go func() {
		defer close(c.done)
		c.err = io.EOF
		if err := c.cmd.Wait(); err != nil {
			c.err = fmt.Errorf("%s ended (%w): %.500q", name, err, strings.TrimSpace(c.said.String()))
		}
		in.CloseWithError(c.err)
	}()
	return c, nil
}

func (c *programConn) Read(p []byte) (int, error) { return c.out.Read(p) }
func (c *programConn) CloseWrite() error          { return c.in.Close() }

// Write says why the program ended, where that is why it does not read.
func (c *programConn) Write(p []byte) (int, error) {
	n, err := c.in.Write(p)
	if err == nil {
		return n, nil
	}
	select {
	case <-c.done:
		return n, c.err
	case <-time.After(time.Second):
		return n, err
	}
}

// Close ends the program and waits for it.
func (c *programConn) Close() error {
	_ = c.in.Close()
	_ = c.out.(io.Closer).Close()
	_ = c.cmd.Process.Kill() // an error means that it has ended
	<-c.done
	return nil
}

func (c *programConn) LocalAddr() net.Addr              { return programAddr(c.name) }
func (c *programConn) RemoteAddr() net.Addr             { return programAddr(c.name) }
func (c *programConn) SetDeadline(time.Time) error      { return nil }
func (c *programConn) SetReadDeadline(time.Time) error  { return nil }
func (c *programConn) SetWriteDeadline(time.Time) error { return nil }

// programAddr is the program's name, in place of an address.
type programAddr string

func (programAddr) Network() string  { return "program" }
func (a programAddr) String() string { return string(a) }
