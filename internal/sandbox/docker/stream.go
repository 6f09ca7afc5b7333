package docker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"github.com/benchgate/benchgate/internal/step"
	"github.com/docker/docker/pkg/jsonmessage"
)

// follow copies the messages of a build or pull to log until it ends, without
// the progress bars, and tells the step how far it is. The error that the engine
// sends among them is the result; all engines from 20.10 on send it in the field
// that the library reads.
func follow(progress io.Reader, log io.Writer, waiting *step.Step) error {
	said := trace{log: log, step: waiting, begun: make(map[string]bool)}
	far := progressOf{step: waiting, layers: make(map[string]jsonmessage.JSONProgress)}
	for messages := json.NewDecoder(progress); ; {
		var m jsonmessage.JSONMessage
		err := messages.Decode(&m)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("reading the engine's progress: %w", err)
		case m.Error != nil:
			return m.Error
		case m.ID == traceID && m.Aux != nil:
			if err := said.take(*m.Aux); err != nil {
				return err
			}
			continue
		case m.Aux != nil:
			continue
		}
		far.take(m)
		if err := m.Display(log, false); err != nil {
			return fmt.Errorf("keeping the engine's progress: %w", err)
		}
	}
}

// progressOf is how far a build or pull is.
type progressOf struct {
	step     *step.Step
	building bool
	layers   map[string]jsonmessage.JSONProgress // those being downloaded, by layer
}

// buildStep is how the engine's builder announces an instruction.
var buildStep = regexp.MustCompile(`^Step ([0-9]{1,9})/([0-9]{1,9}) : ([^\n]*)`)

// maxLayers is more than any image has.
const maxLayers = 1000

func (p *progressOf) take(m jsonmessage.JSONMessage) {
	if now := buildStep.FindStringSubmatch(m.Stream); now != nil {
		done, _ := strconv.ParseInt(now[1], 10, 64) // nine digits
		total, _ := strconv.ParseInt(now[2], 10, 64)
		p.building = true
		p.step.Of(done, total, step.Parts)
		p.step.Now(now[3])
		return
	}
	if m.Status != "Downloading" || m.Progress == nil || len(p.layers) > maxLayers {
		return
	}
	if p.building {
		p.step.Now("downloading its base image")
		return
	}
	p.layers[m.ID] = *m.Progress
	var done, total int64
	for _, layer := range p.layers {
		done, total = done+layer.Current, total+layer.Total
	}
	p.step.Of(done, total, step.Bytes)
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
