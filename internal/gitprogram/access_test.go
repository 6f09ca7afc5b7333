package gitprogram

import (
	"slices"
	"strings"
	"testing"
)

const gitToken = "a-token-made-up-for-this-test"

func lookupIn(env map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := env[name]; return v, ok }
}

func TestATokenIsForOneHostAndOnlyOverHTTPS(t *testing.T) {
	for _, tt := range []struct {
		name   string
		env    map[string]string
		opens  []string
		closed []string
	}{
		{
			"by itself it is GitHub's",
			map[string]string{"BENCHGATE_GIT_TOKEN": gitToken},
			[]string{"https://github.com/o/r", "https://GitHub.com/o/r.git"},
			[]string{"http://github.com/o/r", "git@github.com:o/r", "ssh://git@github.com/o/r", "https://github.com.evil.example/o/r", "https://evil.example/github.com", "https://github.com:8443/o/r", "../r", ""},
		},
		{
			"on a server of one's own it is that server's",
			map[string]string{"BENCHGATE_GIT_TOKEN": gitToken, "GITHUB_SERVER_URL": "https://ghe.example"},
			[]string{"https://ghe.example/o/r"},
			[]string{"https://github.com/o/r"},
		},
		{
			"or it is said",
			map[string]string{"BENCHGATE_GIT_TOKEN": gitToken, "GITHUB_SERVER_URL": "https://ghe.example", "BENCHGATE_GIT_HOST": "gitlab.example:8443"},
			[]string{"https://gitlab.example:8443/o/r"},
			[]string{"https://gitlab.example/o/r", "https://ghe.example/o/r"},
		},
		{"without a token nothing is opened", map[string]string{}, nil, []string{"https://github.com/o/r"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := FindAccess(lookupIn(tt.env))
			for _, remote := range tt.opens {
				if env := a.environ(remote, []string{"GIT_CONFIG_COUNT=3"}); !slices.Contains(env, "GIT_CONFIG_COUNT=5") || !strings.HasPrefix(env[0], "GIT_CONFIG_KEY_3=http.https://") {
					t.Errorf("%s gets %q", remote, env)
				}
			}
			for _, remote := range tt.closed {
				if env := a.environ(remote, nil); env != nil {
					t.Errorf("%s gets %q", remote, env)
				}
			}
		})
	}
}

func TestNoMessageOfGitHasTheToken(t *testing.T) {
	a := Access{token: gitToken, host: "github.com"}
	for _, text := range []string{"fatal: " + gitToken + " is odd", "sent " + a.header()} {
		if masked := a.mask(text); strings.Contains(masked, gitToken) || strings.Contains(masked, a.header()) {
			t.Errorf("it says %q", masked)
		}
	}
	if text := (Access{}).mask("as it is"); text != "as it is" {
		t.Errorf("it says %q", text)
	}
}
