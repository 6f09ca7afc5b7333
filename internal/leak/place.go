package leak

import (
	"cmp"
	"net/url"
	"regexp"
	"strings"
)

// Place is a repository, data set or site on the network: a host, usually with a
// path, in lower case and without a scheme, as in "github.com/owner/name".
type Place string

// Benchmarks are the places of public benchmarks whose tasks are run here: each has
// tasks with their tests and reference solutions.
var Benchmarks = []Place{
	"github.com/harbor-framework/terminal-bench",
	"github.com/harbor-framework/terminal-bench-1",
	"github.com/harbor-framework/terminal-bench-2",
	"github.com/harbor-framework/harbor",
	"github.com/laude-institute/terminal-bench",
	"github.com/laude-institute/terminal-bench-2",
	"github.com/laude-institute/terminal-bench-datasets",
	"github.com/laude-institute/terminal-bench-experiments",
	"github.com/laude-institute/t-bench",
	"github.com/laude-institute/harbor",
	"huggingface.co/datasets/laude-institute/sandboxes-tasks",
	"tbench.ai",
	"github.com/swe-bench/swe-bench",
	"github.com/princeton-nlp/swe-bench",
	"huggingface.co/datasets/princeton-nlp/swe-bench",
	"huggingface.co/datasets/princeton-nlp/swe-bench_verified",
	"huggingface.co/datasets/princeton-nlp/swe-bench_lite",
}

// ssh is git's short form of an address: "git@github.com:owner/name.git".
var ssh = regexp.MustCompile(`^(?:[\w.-]+@)?([\w.-]+\.[a-z]+):([^/\\].*)$`)

// PlaceOf is the place of a git repository's address; empty where it is on no host.
func PlaceOf(address string) Place {
	host, path := "", ""
	if parts := ssh.FindStringSubmatch(address); parts != nil {
		host, path = parts[1], parts[2]
	} else if u, err := url.Parse(address); err == nil && u.Scheme != "file" {
		host, path = u.Hostname(), u.Path
	}
	path = strings.TrimSuffix(strings.Trim(path, "/"), ".git")
	if host == "" || path == "" {
		return ""
	}
	return Place(strings.ToLower(host + "/" + path))
}

// site is a host, with or without a path.
var site = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}(/[^\s?#]+)?$`)

// ParsePlace reads a place as a person writes it: an address of a page or of a git
// repository, or a place. ok is false where it is none.
func ParsePlace(text string) (p Place, ok bool) {
	if p := PlaceOf(text); p != "" {
		text = string(p)
	}
	_, after, _ := strings.Cut(text, "://")
	text = strings.Trim(strings.ToLower(cmp.Or(after, text)), "/")
	return Place(text), site.MatchString(text)
}

// names are the texts that lead to the place: its own, and those of the hosts and
// programs that serve the same.
func (p Place) names() []string {
	host, path, _ := strings.Cut(string(p), "/")
	names := []string{string(p)}
	if path == "" {
		return names
	}
	names = append(names, host+":"+path)
	switch set, isSet := strings.CutPrefix(path, "datasets/"); {
	case host == "github.com":
		names = append(names, "raw.githubusercontent.com/"+path, "codeload.github.com/"+path, "api.github.com/repos/"+path,
			"cdn.jsdelivr.net/gh/"+path, "gh repo clone "+path, "gh repo view "+path, "gh api repos/"+path, "gh api /repos/"+path, "github:"+path)
	case host == "huggingface.co" && isSet:
		names = append(names, "huggingface.co/api/datasets/"+set, "hf.co/datasets/"+set, "hf://datasets/"+set,
			`"`+set+`"`, "'"+set+"'", " "+set)
	}
	return names
}

// core is what all names have.
func (p Place) core() string {
	_, path, _ := strings.Cut(string(p), "/")
	return strings.TrimPrefix(cmp.Or(path, string(p)), "datasets/")
}

// namedIn reports whether a text in lower case leads to the place.
func (p Place) namedIn(text string) bool {
	if !strings.Contains(text, p.core()) {
		return false
	}
	for _, name := range p.names() {
		for at := 0; ; {
			i := strings.Index(text[at:], name)
			if i < 0 {
				break
			}
			at += i
			if standsAlone(text, at, at+len(name)) {
				return true
			}
			at++
		}
	}
	return false
}

// standsAlone reports whether a name in a text is no part of a longer one. A dot
// before it is a subdomain's, and one behind it an ending's.
func standsAlone(text string, from, to int) bool {
	return (from == 0 || !inName(text[from]) || !inName(text[from-1])) && (to == len(text) || !inName(text[to-1]) || !inName(text[to]))
}

func inName(c byte) bool {
	return c == '-' || c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z'
}
