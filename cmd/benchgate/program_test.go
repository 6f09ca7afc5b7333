package main

import (
	"bytes"
	"testing"
)

// The program can be built for Windows, so that who tries it there reads why
// it does not run, and what to do.
func TestWindowsIsToldWhatToDo(t *testing.T) {
	for _, args := range [][]string{nil, {"help"}, {"run"}, {"version"}} {
		var out, complaint bytes.Buffer
		p := &program{Stdout: &out, Stderr: &complaint, system: "windows"}
		code := p.run(t.Context(), args)
		want := "benchgate: Windows is not supported: run benchgate in WSL 2, where it is a Linux program\n"
		if code != exitUsage || complaint.String() != want || out.Len() > 0 {
			t.Errorf("benchgate %v exits with %d, says %q and prints %q; want %d and one sentence", args, code, complaint.String(), out.String(), exitUsage)
		}
	}
}
