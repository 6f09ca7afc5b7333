package suite

import "testing"

// What an engine must have is said of the first task, with its place, and counted.
func TestBuildsAreWarnedOf(t *testing.T) {
	task := func(id, dockerfile string) *Task {
		read := readArchive(t, "-- task.toml --\n-- instruction.md --\nDo it.\n-- tests/test.sh --\n#!/bin/sh\n-- environment/Dockerfile --\n"+dockerfile)
		read.ID = id
		return read
	}
	plain, cached := task("plain", "FROM x\nRUN true\n"), task("cached", "FROM x\nRUN --mount=type=cache,target=/c true\n")
	document := task("document", "FROM x\nRUN <<E\ntrue\nE\n")
	for _, c := range []struct {
		tasks []*Task
		want  string
	}{
		{[]*Task{plain}, ""},
		{[]*Task{plain, cached}, "the Dockerfile of cached (line 2, RUN --mount) needs BuildKit, which Docker Engine has"},
		{[]*Task{cached, document}, "the Dockerfile of cached (line 2, RUN --mount) and of 1 more tasks needs BuildKit, which Docker Engine has; the here-document of document (line 2) needs Docker Engine 23 or newer"},
	} {
		if got := (&Suite{Tasks: c.tasks}).WarnOfBuilds(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
