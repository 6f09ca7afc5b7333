package docker

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/benchgate/benchgate/internal/helper/pid1"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/tamper"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/pkg/stdcopy"
)

const (
	// answerTime is how long PID 1 may take to answer, beyond what it was asked
	// to wait. A fork bomb that holds all CPU has delayed an answer by 2.3 s.
	answerTime = 5 * time.Second

	// listTime is how long PID 1 may take to list directories.
	listTime = 15 * time.Second

	// emptyTime is more than PID 1 gives itself for one directory.
	emptyTime = time.Minute

	// maxAnswer is more than any answer has, in bytes: PID 1 lists at most 2 MiB,
	// and each byte may be quoted as four.
	maxAnswer = 9 << 20
)

// Empty implements sandbox.Sandbox.
func (b *box) Empty(ctx context.Context, dirs ...sandbox.Dir) error {
	args := make([]string, 0, 2*len(dirs))
	for _, d := range dirs {
		args = append(args, d.Path, strconv.FormatUint(uint64(d.Mode.Perm()), 8))
	}
	_, err := b.ask(ctx, emptyTime*time.Duration(len(dirs)), pid1.Empty, args...)
	var failure *pid1Error
	if errors.As(err, &failure) {
		return fmt.Errorf("%w: %w", sandbox.ErrStays, err)
	}
	return err
}

// pid1Error is PID 1's answer that it could not do what it was asked.
type pid1Error struct{ why string }

func (e *pid1Error) Error() string { return e.why }

var (
	errAnswered = errors.New("PID 1 has answered")
	errNoAnswer = errors.New("PID 1 did not answer in time")
)

// List implements sandbox.Sandbox.
func (b *box) List(ctx context.Context, dirs ...string) (map[string]tamper.Listing, error) {
	said, err := b.ask(ctx, listTime, pid1.List, dirs...)
	if err != nil {
		return nil, err
	}
	if len(said) != 2*len(dirs) {
		return nil, fmt.Errorf("listing directories: PID 1 says %d things of %d", len(said), len(dirs))
	}
	listings := make(map[string]tamper.Listing)
	for i, dir := range dirs {
		if id := said[2*i]; id != "" {
			listings[dir] = tamper.Listing{ID: id, Names: strings.Split(said[2*i+1], "/")}
		}
	}
	return listings, nil
}

// ask asks PID 1 of the sandbox to do something and waits for its answer.
func (b *box) ask(ctx context.Context, limit time.Duration, word string, args ...string) ([]string, error) {
	return b.engine.ask(ctx, b.id, limit, word, args...)
}

// ask asks PID 1 of a container, which is the helper, to do something and waits for
// its answer, at most limit. It returns what PID 1 says besides that it did it.
func (e *Engine) ask(ctx context.Context, id string, limit time.Duration, word string, args ...string) ([]string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errNoAnswer)
	defer cancel()
	stream, err := e.api.ContainerAttach(ctx, id, container.AttachOptions{Stream: true, Stdin: true, Stdout: true})
	if err != nil {
		return nil, unanswered(ctx, word, refused("asking PID 1", err))
	}
	defer stream.Close()
	defer context.AfterFunc(ctx, func() { stream.Close() })()

	request := pid1.Line{ID: rand.Text(), Word: word, Args: args}
	if _, err := io.WriteString(stream.Conn, request.String()); err != nil {
		return nil, unanswered(ctx, word, refused("asking PID 1", err))
	}
	var answer pid1.Line
	lines := &lineReader{take: func(line pid1.Line) error {
		if line.ID != request.ID {
			return nil // an answer to somebody else
		}
		answer = line
		return errAnswered
	}}
	if _, err := stdcopy.StdCopy(lines, io.Discard, stream.Reader); !errors.Is(err, errAnswered) {
		return nil, unanswered(ctx, word, errors.Join(errors.New("PID 1 ended before its answer"), err))
	}
	if answer.Word != pid1.OK {
		return nil, &pid1Error{fmt.Sprintf("%s: %.500q", word, answer.Args)}
	}
	return answer.Args, nil
}

func unanswered(ctx context.Context, word string, err error) error {
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return fmt.Errorf("asking PID 1 to %s: %w", word, err)
}

// lineReader is a writer that hands over each line that is one of the protocol's,
// until an error.
type lineReader struct {
	rest []byte
	take func(pid1.Line) error
}

func (r *lineReader) Write(p []byte) (int, error) {
	r.rest = append(r.rest, p...)
	for {
		text, rest, whole := bytes.Cut(r.rest, []byte("\n"))
		switch {
		case !whole && len(r.rest) > maxAnswer:
			return 0, errors.New("what PID 1 writes is no answer")
		case !whole:
			return len(p), nil
		}
		r.rest = rest
		line, err := pid1.Parse(string(text))
		if err != nil {
			continue
		}
		if err := r.take(line); err != nil {
			return len(p), err
		}
	}
}
