package docker

import (
	"bytes"
	"io"
	"strconv"

	"github.com/benchgate/benchgate/internal/helper"
	"github.com/benchgate/benchgate/internal/sandbox"
)

// announced lets a command that somebody wants to know the process ID of be
// started by the helper, which writes the ID as the first line of standard error
// and then becomes the command. The engine knows only the ID outside the
// container. A file would be no place for it: a command could write the ID of
// any other process there.
func announced(cmd sandbox.Command) sandbox.Command {
	if cmd.Started == nil {
		return cmd
	}
	cmd.Argv = append([]string{helper.Path, "exec"}, cmd.Argv...)
	cmd.Stderr = &firstLine{rest: orDiscard(cmd.Stderr), tell: cmd.Started}
	return cmd
}

// firstLine is a writer that reads a number from the first line and writes the
// others to rest.
type firstLine struct {
	rest  io.Writer
	tell  func(int)
	first []byte
	whole bool // the first line has its end
}

func (f *firstLine) Write(p []byte) (int, error) {
	if f.whole {
		return f.rest.Write(p)
	}
	line, after, found := bytes.Cut(p, []byte("\n"))
	f.first = append(f.first, line...)
	if !found {
		return len(p), nil
	}
	f.whole = true
	if pid, err := strconv.Atoi(string(f.first)); err == nil {
		f.tell(pid)
	}
	if len(after) > 0 {
		if _, err := f.rest.Write(after); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}
