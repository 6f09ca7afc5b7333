package docker

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/docker/docker/pkg/jsonmessage"
)

// follow copies the messages of a build or pull to log until it ends, without
// the progress bars. The error that the engine sends among them is the result;
// all engines from 20.10 on send it in the field that the library reads.
func follow(progress io.Reader, log io.Writer) error {
	err := jsonmessage.DisplayJSONMessagesStream(progress, log, 0, false, nil)
	if engineSays, ok := errors.AsType[*jsonmessage.JSONError](err); ok {
		return engineSays
	}
	if err != nil {
		return fmt.Errorf("reading the engine's progress: %w", err)
	}
	return nil
}

// withTar lets write write a tar into a pipe while read reads it, and waits for
// both. When both fail it returns the writer's error, because the reader's is
// then a consequence of it.
func withTar(ctx context.Context, write func(context.Context, io.Writer) error, read func(io.Reader) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	in, out := io.Pipe()
	written := make(chan error, 1)
	go func() {
		err := write(ctx, out)
		out.CloseWithError(err) // nil is the end of the file
		written <- err
	}()
	readErr := read(in)
	cancel()
	in.CloseWithError(errReaderGone)
	writeErr := <-written
	if writeErr != nil && !errors.Is(writeErr, errReaderGone) && !(readErr != nil && errors.Is(writeErr, context.Canceled)) {
		return writeErr
	}
	if readErr == nil && writeErr != nil {
		return nil // the reader had enough before the tar's padding
	}
	return readErr
}

var errReaderGone = errors.New("the engine stopped reading")
