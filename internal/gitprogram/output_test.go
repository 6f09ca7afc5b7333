package gitprogram

import (
	"slices"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/step"
)

// What git 2.39 writes during "fetch --quiet --progress", and when ssh refuses.
const (
	gitFetches = "remote: Enumerating objects: 302, done.        \n" +
		"remote: Counting objects:   0% (1/302)        \rremote: Counting objects: 100% (302/302), done.        \n" +
		"Receiving objects:  83% (251/302)\rReceiving objects: 100% (302/302), 5.73 MiB | 20.39 MiB/s, done.\n"
	gitIsRefused = "git@host: Permission denied (publickey).\r\nfatal: Could not read from remote repository.\n\n" +
		"Please make sure you have the correct access rights\nand the repository exists.\n"
)

func TestGitsOutput(t *testing.T) {
	var heard []step.State
	ctx := step.With(t.Context(), func(e step.Event) { heard = append(heard, e.State) })
	o := &output{step: step.Begin(ctx, "fetching", "tasks")}
	for piece := range slices.Chunk([]byte(gitFetches+gitIsRefused), 7) {
		if _, err := o.Write(piece); err != nil {
			t.Fatal(err)
		}
	}
	last := step.State{Doing: "fetching", What: "tasks", Now: "receiving objects", Done: 302, Total: 302, Unit: "objects"}
	if heard[len(heard)-1] != last {
		t.Errorf("the last state is %+v, want %+v", heard[len(heard)-1], last)
	}
	want := "remote: Enumerating objects: 302, done.; git@host: Permission denied (publickey).; fatal: Could not read from remote repository."
	if got := o.message(); got != want {
		t.Errorf("the message is %q, want %q", got, want)
	}
}

func FuzzOutput(f *testing.F) {
	f.Add(gitFetches, 7)
	f.Add(gitIsRefused, 1)
	f.Add("Receiving objects: 1% (99999999999999999999/-1)\r"+strings.Repeat("x", 3*maxGitLine), 100)
	f.Fuzz(func(t *testing.T, text string, size int) {
		o := new(output)
		for piece := range slices.Chunk([]byte(text), 1+max(size, 0)%200) {
			if _, err := o.Write(piece); err != nil {
				t.Fatal(err)
			}
		}
		if message := o.message(); len(message) > maxGitLines*(maxGitLine+2) {
			t.Fatalf("the message has %d bytes", len(message))
		}
	})
}
