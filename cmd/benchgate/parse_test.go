package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFlagsMayStandBetweenArguments(t *testing.T) {
	type parsed struct {
		Rest   []string
		Format string
		All    bool
		Tasks  []string
	}
	tests := map[string]struct {
		args []string
		want parsed
	}{
		"first":         {[]string{"--format", "json", "a", "b"}, parsed{Rest: []string{"a", "b"}, Format: "json"}},
		"last":          {[]string{"a", "b", "--format", "json"}, parsed{Rest: []string{"a", "b"}, Format: "json"}},
		"between":       {[]string{"a", "--format=json", "b", "-all"}, parsed{Rest: []string{"a", "b"}, Format: "json", All: true}},
		"none":          {[]string{"a"}, parsed{Rest: []string{"a"}}},
		"nothing":       {nil, parsed{}},
		"repeated":      {[]string{"--task-id", "x", "a", "--task-id", "y*"}, parsed{Rest: []string{"a"}, Tasks: []string{"x", "y*"}}},
		"a lonely dash": {[]string{"a", "-", "--all"}, parsed{Rest: []string{"a", "-"}, All: true}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got parsed
			fs := (&program{Stdout: new(bytes.Buffer)}).flags("test", "help")
			fs.StringVar(&got.Format, "format", "", "")
			fs.BoolVar(&got.All, "all", false, "")
			fs.Var((*repeated)(&got.Tasks), "task-id", "")
			var err error
			if got.Rest, err = parse(fs, test.args); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("parse(%q) (-want +got):\n%s", test.args, diff)
			}
		})
	}
}

func TestAMistypedFlagIsAUsageErrorAndHelpIsNone(t *testing.T) {
	for args, want := range map[string]struct {
		code           int
		stdout, stderr string // how they begin; empty: nothing at all
	}{
		"clean --nix":        {exitUsage, "", "benchgate: clean: flag provided but not defined: -nix;"},
		"clean --all=maybe":  {exitUsage, "", "benchgate: clean: invalid boolean value"},
		"clean -h":           {0, "Usage: benchgate clean ", ""},
		"clean --all --help": {0, "Usage: benchgate clean ", ""},
	} {
		var stdout, stderr bytes.Buffer
		p := &program{Stdout: &stdout, Stderr: &stderr}
		if code := p.run(t.Context(), strings.Fields(args)); code != want.code {
			t.Errorf("%s exits with %d, want %d", args, code, want.code)
		}
		begins(t, args+": standard output", stdout.String(), want.stdout)
		begins(t, args+": standard error", stderr.String(), want.stderr)
	}
}

func begins(t *testing.T, what, got, want string) {
	t.Helper()
	if want == "" && got != "" || !strings.HasPrefix(got, want) {
		t.Errorf("%s is %q, want it to begin with %q", what, got, want)
	}
}
