package buildcontext

import (
	"strings"
	"testing"
)

func TestIgnores(t *testing.T) {
	tests := []struct {
		name, rules   string
		ignored, sent string // space-separated paths
	}{
		{"no rules", "", "", "a b/c"},
		{"a name is anchored at the root", "secret", "secret secret/x", "dir/secret secrets"},
		{"a leading slash changes nothing", "/secret", "secret secret/x", "dir/secret"},
		{"a star stays inside one folder", "*.log", "a.log", "dir/a.log a.logs"},
		{"two stars are any folders", "**/*.log", "a.log dir/a.log x/y/a.log", "log"},
		{"two stars at the end", "dir/**", "dir/a dir/b/c", "dir other"},
		{"two stars before a suffix", "**.py", "a.py dir/a.py x/y/.py", "a.pyc py"},
		{"two stars inside a name are whole folders", "a**b", "ab ax/b ax/y/b", "axb ax/yb"},
		{"question mark", "a?c", "abc", "ac a/c"},
		{"character class", "[a-c].txt", "b.txt", "d.txt"},
		{"negated class", "[^a].txt", "b.txt", "a.txt"},
		{"a class bracket may be escaped", `\[a\]`, "[a]", "a"},
		{"dots and plus signs are themselves", "a.b+", "a.b+", "aXb+ a.bb"},
		{"exceptions after the rule win", "*\n!keep", "a", "keep keep/x"},
		{"the last match decides", "!keep\n*", "keep", ""},
		{"exception below an ignored folder", "dir\n!dir/keep", "dir/x", "dir/keep"},
		{"comments, blank lines, spaces, a byte order mark", "\ufeff# all\n\n  a  \n", "a", "b #"},
		{"paths are cleaned", "./a/../b/", "b", "a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rules, err := parseIgnore(".dockerignore", strings.NewReader(tt.rules))
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range strings.Fields(tt.ignored) {
				if !rules.ignores(path) {
					t.Errorf("%q is sent, want ignored", path)
				}
			}
			for _, path := range strings.Fields(tt.sent) {
				if rules.ignores(path) {
					t.Errorf("%q is ignored, want sent", path)
				}
			}
		})
	}
}

func TestIgnoreErrorsNameTheLine(t *testing.T) {
	for rules, want := range map[string]string{
		"ok\n!":  ".dockerignore:2:",
		"\n\n[a": ".dockerignore:3:",
	} {
		_, err := parseIgnore(".dockerignore", strings.NewReader(rules))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("rules %q: error %v, want one at %s", rules, err, want)
		}
	}
}

func FuzzParseIgnore(f *testing.F) {
	f.Add("*\n!a/**/b", "a/x/b")
	f.Add("[^a-", "a")
	f.Add(`\`, `\`)
	f.Fuzz(func(t *testing.T, rules, path string) {
		p, err := parseIgnore("f", strings.NewReader(rules))
		if err != nil {
			return
		}
		once := p.ignores(path)
		p, err = parseIgnore("f", strings.NewReader(rules+"\n!**\n"))
		if err == nil && path != "." && path != "/" && path != "" && once && !strings.ContainsAny(path, "\n\r") && p.ignores(path) {
			t.Errorf("%q is ignored although the last rule takes everything back", path)
		}
	})
}
