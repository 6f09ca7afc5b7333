package suite

import (
	"bytes"
	"io"
	"os"
	"strings"
)

// mostOfFirstLine is how much of a script is read to see how it starts; the kernel
// reads 256 bytes.
const mostOfFirstLine = 4096

// byteOrderMark begins UTF-8 text that some editors on Windows write.
var byteOrderMark = []byte("\xef\xbb\xbf")

// shellOf is what must run a script of the task: nothing where its first line names an
// interpreter, else bash, as in Harbor, whose shell runs what the kernel cannot start.
// It says where a script does not start as it looks; one that cannot start is refused
// through refuse.
func (r *reading) shellOf(name string, refuse func(name, format string, args ...any)) []string {
	f, err := os.Open(r.path(name))
	if err != nil {
		r.problem(name, "reading: %v", err)
		return nil
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, mostOfFirstLine))
	if err != nil {
		r.problem(name, "reading: %v", err)
		return nil
	}
	marked := bytes.HasPrefix(head, byteOrderMark)
	first, _, _ := strings.Cut(string(bytes.TrimPrefix(head, byteOrderMark)), "\n")
	interpreter, named := strings.CutPrefix(first, "#!")
	switch {
	case named && marked:
		r.note("%s begins with a byte order mark (BOM), so that its first line names no interpreter for the kernel: bash runs it, as in Harbor; save it as UTF-8 without BOM", name)
	case named && strings.HasSuffix(first, "\r"):
		refuse(name, "cannot start: its lines end with CRLF, so that the kernel looks for the interpreter %q; save it with LF line ends (in git: *.sh text eol=lf in .gitattributes)", strings.TrimLeft(interpreter, " \t"))
	case named:
		return nil
	case len(bytes.TrimSpace(head)) > 0:
		r.note("%s has no first line such as #!/bin/bash: bash runs it, as in Harbor", name)
	}
	return []string{"bash"}
}
