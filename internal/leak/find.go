package leak

import (
	"regexp"
	"strings"
)

// fetches are programs and functions that get something from the network. A command
// that only names a place, in a text that it writes, say, does not go there.
var fetches = regexp.MustCompile(`\b(curl|wget|aria2c|lynx|w3m|gh|svn|pip3?|pipx|uvx?|npm|npx|yarn|pnpm|go|cargo|hf|huggingface-cli|` +
	`requests|urllib\w*|urlopen|httpx|aiohttp|fetch|load_dataset|snapshot_download|hf_hub_download|http\.get|net/http|lwp)\b|` +
	git + `(clone|fetch|pull|ls-remote|remote|submodule|archive)\b`)

// Find reports whether a use of a tool went to where the task's answer is, and to
// what: the place, or what was read of the repository's history. The latter is the
// agent's text.
func (t Task) Find(u Use) (what string, found bool) {
	text := strings.ToLower(u.Text)
	if !t.Offline {
		for _, places := range [][]Place{t.Places, Benchmarks} {
			for _, p := range places {
				if p.namedIn(text) && !p.namedIn(strings.ToLower(t.Told)) && t.goes(u, text) {
					return string(p), true
				}
			}
		}
	}
	if t.History && u.Tool == Shell {
		return ReadsHistory(u.Text)
	}
	return "", false
}

// Asked reports whether a host whose name the agent's programs asked for is one
// where the task's answer is, and at which place. That is known of places that are
// whole sites only: what is got from a host that others share, as github.com, its
// name does not tell.
func (t Task) Asked(host string) (at Place, found bool) {
	for _, site := range t.Sites() {
		if host == site || strings.HasSuffix(host, "."+site) {
			return Place(site), true
		}
	}
	return "", false
}

// Sites are the hosts of which all is the answer's place, names below them included.
func (t Task) Sites() (hosts []string) {
	if t.Offline {
		return nil
	}
	told := strings.ToLower(t.Told)
	for _, places := range [][]Place{t.Places, Benchmarks} {
		for _, p := range places {
			if !strings.Contains(string(p), "/") && !p.namedIn(told) {
				hosts = append(hosts, string(p))
			}
		}
	}
	return hosts
}

// goes reports whether the use got something from the network, or may have. A
// command that failed may have printed it before.
func (t Task) goes(u Use, text string) bool {
	switch u.Tool {
	case Shell:
		return fetches.MatchString(text)
	case Fetch:
		return !u.Failed
	}
	return false // a search's results are not where its query says
}
