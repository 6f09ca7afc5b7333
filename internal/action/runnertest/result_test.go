package runnertest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestALogIsObeyedAsTheRunnerDoes(t *testing.T) {
	log := "::add-mask::s3cret\n" +
		"the key is s3cret\n" +
		"::notice title=benchgate%3A pass::solved%0Aall\n" +
		"::stop-commands::0123abcd\n" +
		"::error::not ours\n" +
		"  ::set-output name=verdict::pass\n" +
		"x ##[error]not ours either\n" +
		"::0123abcd::\n" +
		"build: ##[warning]the older form\n" +
		"a line with ::error::in the middle\n" +
		"::unheard::of\n"
	var r Result
	r.obey(log)
	want := Result{
		Commands: []Command{
			{"add-mask", "", "***"},
			{"notice", "title=benchgate%3A pass", "solved\nall"},
			{"stop-commands", "", "0123abcd"},
			{"warning", "", "the older form"},
		},
		Log: "the key is ***\n::error::not ours\n  ::set-output name=verdict::pass\nx ##[error]not ours either\na line with ::error::in the middle\n::unheard::of\n",
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("what the runner makes of a log (-want +got):\n%s", diff)
	}
}

func TestFilesOfCommandsAreReadAsTheRunnerDoes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "set_output")
	if err := os.WriteFile(file, []byte("a=1\nb<<END\nfirst\nsecond=2\nEND\nc=x<<y\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := readPairs(file)
	if diff := cmp.Diff(map[string]string{"a": "1", "b": "first\nsecond=2", "c": "x<<y"}, got); diff != "" || err != nil {
		t.Errorf("(-want +got):\n%s%v", diff, err)
	}
	for _, broken := range []string{"b<<END\nfirst\n", "nothing\n"} {
		if err := os.WriteFile(file, []byte(broken), 0o644); err != nil {
			t.Fatal(err)
		}
		if got, err := readPairs(file); err == nil {
			t.Errorf("%q is read as %v", broken, got)
		}
	}
}
