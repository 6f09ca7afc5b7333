package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/golden"
	"github.com/benchgate/benchgate/internal/problem"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// Each file in testdata/problems is a story: a sentence, a configuration, and
// what benchgate says about it.
func TestProblems(t *testing.T) {
	stories, err := filepath.Glob("testdata/problems/*.txtar")
	if err != nil || len(stories) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, path := range stories {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			story, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			_, err = config.Parse(story.Files[0].Data, "benchgate.yaml", "/repo", config.Flags{})
			var problems *problem.List
			if !errors.As(err, &problems) {
				t.Fatalf("error is %v, want a list of problems", err)
			}
			got := problems.Text() + "\n"
			if *golden.Update {
				story.Files[1].Data = []byte(got)
				if err := os.WriteFile(path, txtar.Format(story), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(story.Files[1].Data), got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFiveMistakesAreFiveProblemsWithPlaces(t *testing.T) {
	story, err := txtar.ParseFile("testdata/problems/five-mistakes.txtar")
	if err != nil {
		t.Fatal(err)
	}
	_, err = config.Parse(story.Files[0].Data, "benchgate.yaml", "/repo", config.Flags{})
	var problems *problem.List
	if !errors.As(err, &problems) {
		t.Fatalf("error is %T, want a list of problems", err)
	}
	type place struct{ Line, Column int }
	var got []place
	for _, p := range problems.All() {
		got = append(got, place{p.Line, p.Column})
	}
	want := []place{{4, 33}, {6, 19}, {8, 20}, {8, 28}, {10, 25}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
}

// Columns count characters, as editors do, whatever the file is encoded with.
func TestPlacesInAConfigurationCountCharacters(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"letters of several bytes", "suite: {name: größe, tasks: [{path: 日本, teir: easy}]}\ncandidate: {agent: nop}\n", "benchgate.yaml:1:41: unknown key \"teir\""},
		{"a byte order mark", "\ufeffsuiet: 1\n", "benchgate.yaml:1:1: unknown key \"suiet\""},
		{"Windows line ends", "suite: {name: a, tasks: [{path: b}]}\r\ncandidate: {agent: nop, x: 1}\r\n", "benchgate.yaml:2:25: unknown key \"x\""},
		{"a tab between values", "suite: {tasks: [{path: b}]}\ncandidate: {agent: nop,\tx: 1}\n", "benchgate.yaml:2:25: unknown key \"x\""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := config.Parse([]byte(tt.text), "benchgate.yaml", "/repo", config.Flags{})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}
