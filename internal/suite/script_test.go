package suite

import (
	"slices"
	"strings"
	"testing"
)

// How a script starts is seen in its first bytes: what the kernel cannot start goes
// through bash, as in Harbor, and says why.
func TestHowAScriptStarts(t *testing.T) {
	cases := []struct {
		name, script string
		shell        []string
		note         string
	}{
		{"an interpreter", "#!/usr/bin/env python3\nprint(1)\r\n", nil, ""},
		{"none", "touch /app/done\n", []string{"bash"}, "tests/test.sh has no first line such as #!/bin/bash: bash runs it, as in Harbor"},
		{"a byte order mark before it", "\xef\xbb\xbf#!/bin/bash\n", []string{"bash"}, "tests/test.sh begins with a byte order mark (BOM), so that its first line names no interpreter for the kernel: bash runs it, as in Harbor; save it as UTF-8 without BOM"},
		{"an interpreter with CRLF is a mistake of the reference only", "#!/bin/sh\n-- solution/solve.sh --\n#!/bin/bash\r\n", nil, `solution/solve.sh cannot start: its lines end with CRLF, so that the kernel looks for the interpreter "/bin/bash\r"; save it with LF line ends (in git: *.sh text eol=lf in .gitattributes)`},
		{"empty", "", []string{"bash"}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			task := readArchive(t, "-- task.toml --\n[environment]\ndocker_image = \"debian\"\n-- instruction.md --\nDo it.\n-- tests/test.sh --\n"+c.script)
			if !slices.Equal(task.Tests.Shell, c.shell) || strings.Join(task.Notes, "\n") != c.note {
				t.Errorf("shell %q, notes %q", task.Tests.Shell, task.Notes)
			}
		})
	}
}

func TestWithoutCanary(t *testing.T) {
	for text, want := range map[string]string{
		"Do it.\n":                              "Do it.\n",
		"<!-- canary GUID 0000 -->\n\nDo it.\n": "Do it.\n",
		"# Harbor-Canary 1\n<!-- CANARY 2 -->\n \n\nDo it.\n# canary": "Do it.\n# canary",
		"# A title\n# canary\n": "# A title\n# canary\n",
		"\n\nDo it.":            "Do it.",
	} {
		if got := withoutCanary(text); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

// What both harnesses read is read.
func TestLenientReading(t *testing.T) {
	task := readArchive(t, `
-- task.toml --
schema_version = "1.7"
[agent]
timeout_sec = "30"
[environment]
docker_image = "debian"
cpus = " 1.5 "
-- environment/docker-compose.yml --
services: {main: {environment: [X=1]}}
-- instruction.md --
Do it.
-- tests/test.sh --
#!/bin/bash
`)
	if task.AgentTimeout.Seconds() != 30 || task.CPUs != 1.5 {
		t.Errorf("timeout %s, CPUs %v", task.AgentTimeout, task.CPUs)
	}
	want := []string{"schema_version 1.7 is newer than 1.4, the newest that this benchgate knows: what is new in it may be missing here"}
	if !slices.Equal(task.Notes, want) {
		t.Errorf("notes %q", task.Notes)
	}
	if len(task.Inputs) != 1 || task.Inputs[0].Dir != "" {
		t.Errorf("what goes into the working directory: %+v", task.Inputs)
	}
}
