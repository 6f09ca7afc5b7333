package docker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// follow copies the messages of a build or pull to log until it ends. An error
// among them is the result.
func follow(progress io.Reader, log io.Writer) error {
	messages := json.NewDecoder(progress)
	for {
		var m struct {
			Stream   string          `json:"stream"`   // a build's output
			Status   string          `json:"status"`   // a pull's step
			ID       string          `json:"id"`       // of the layer
			Progress json.RawMessage `json:"progress"` // a bar; one line per redraw says nothing in a log
			Error    string          `json:"error"`
		}
		switch err := messages.Decode(&m); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("reading the engine's progress: %w", err)
		}
		text := m.Stream
		switch {
		case m.Error != "":
			return errors.New(m.Error)
		case m.Status != "" && m.Progress == nil && m.ID != "":
			text = m.ID + ": " + m.Status + "\n"
		case m.Status != "" && m.Progress == nil:
			text = m.Status + "\n"
		}
		if _, err := io.WriteString(log, text); err != nil {
			return fmt.Errorf("writing the build log: %w", err)
		}
	}
}

// withTar runs write and read on two ends of a pipe and waits for both. An
// error of the writer comes first: the reader only sees its consequence.
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
