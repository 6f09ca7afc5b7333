package suite_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/suite"
)

// Tasks whose tests ask a service on localhost are warned of, unless the service is
// kept, or a check saw that it need not be.
func TestServicesAreWarnedOf(t *testing.T) {
	dir := t.TempDir()
	for name, test := range map[string]string{
		"api": "import requests\n\n\ndef test_up():\n    requests.get('http://localhost:8000')\n", "web": "curl 127.0.0.1:80\n", "plain": "true # mylocalhosts\n",
	} {
		for file, text := range map[string]string{
			"task.toml": "[environment]\ndocker_image = \"debian\"\n", "instruction.md": "Do it.\n", "tests/test.sh": "#!/bin/sh\n", "tests/test_it.py": test,
		} {
			at := filepath.Join(dir, name, filepath.FromSlash(file))
			if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	load := func(keepWeb bool) *suite.Suite {
		s, err := suite.Load(t.Context(), dir, "s", []suite.Source{{Path: "api"}, {Path: "plain"}, {Path: "web", KeepProcesses: keepWeb}}, suite.LoadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	passes := true
	checked := &suite.Lock{Tasks: []suite.LockedTask{{ID: "api", Check: &suite.Check{ReferencePasses: &passes}}}}
	for _, c := range []struct {
		name    string
		keepWeb bool
		lock    *suite.Lock
		begins  string
	}{
		{"all", false, nil, "tests of api (test_it.py:5) and of 1 more tasks address localhost: "},
		{"one is kept", true, nil, "tests of api (test_it.py:5) address localhost: "},
		{"one passes all the same", false, checked, "tests of web (test_it.py:1) address localhost: "},
		{"none", true, checked, ""},
	} {
		got := load(c.keepWeb).WarnOfServices(c.lock)
		if !strings.HasPrefix(got, c.begins) || (c.begins == "") != (got == "") {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}
