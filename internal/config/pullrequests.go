package config

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/internal/agent"
	"go.yaml.in/yaml/v4"
)

// PullRequests are what a pull request's candidate may have besides what the base
// branch's own candidate and baseline have. See [Propose].
type PullRequests struct {
	// Arguments are what the arguments may be put together from, each of one word
	// or more, in any order.
	Arguments [][]string

	Agents []Agent // an empty version is the one that benchgate pins
}

func (s *source) pullRequests(to *PullRequests) read {
	return s.object(
		field{string(agent.Arguments), s.list(`a list of arguments, each a text or a list of texts that belong together, for example ["--verbose", ["--flag", "value"]]`, func() read {
			to.Arguments = append(to.Arguments, nil)
			return s.argument(&to.Arguments[len(to.Arguments)-1])
		})},
		field{"agents", s.list("a list of agents, for example [claude-code@2.1.330]", func() read {
			to.Agents = append(to.Agents, Agent{})
			return s.agent(&to.Agents[len(to.Agents)-1])
		})},
	)
}

// argument reads a word, or words that belong together.
func (s *source) argument(to *[]string) read {
	return func(n *yaml.Node, key string) {
		if follow(n).Kind == yaml.SequenceNode {
			s.words(to)(n, key)
			if len(*to) == 0 && !s.broken(key) {
				s.reject(n, key, "%s is an empty list, want words that belong together", key)
			}
			return
		}
		if word, ok := s.plainText(n, key, "a text or a list of texts"); ok {
			*to = []string{word}
		}
	}
}

// checkProposed reports what a pull request's candidate has that neither the base
// branch's arms have nor its pull_requests allows. Values that are equal are the
// base's own.
func (c *Config) checkProposed(head *source, v *Variant) {
	refuse := func(key, format string, args ...any) {
		head.blame([]string{"candidate." + key}, "candidate."+key+" "+format, args...)
	}
	own := c.variants()
	has := func(same func(*Variant) bool) bool { return slices.ContainsFunc(own, same) }
	const ask = "; a pull request may not say that: ask for it on the base branch"

	if v.Name != "" && !plainName.MatchString(v.Name) && !has(func(o *Variant) bool { return o.Name == v.Name }) {
		refuse("name", "is %s, want at most 64 letters, digits, spaces and . _ : / @ ( ) + -", quote(v.Name))
	}
	if v.Model != "" && !plainModel.MatchString(v.Model) && !has(func(o *Variant) bool { return o.Model == v.Model }) {
		refuse("model", "is %s, want the name of a model: at most 128 letters, digits and . _ : / @ [ ] -", quote(v.Model))
	}
	if !c.allowsAgent(v) {
		refuse("agent", "is %s, which the base branch's file does not allow: add it there to pull_requests.agents, or use %s", v.effective(), orList(c.allowedAgents()))
	}
	s := v.Settings
	if len(s.Command) > 0 && !has(func(o *Variant) bool { return slices.Equal(o.Settings.Command, s.Command) }) {
		refuse("settings.command", "is not that of the base branch%s", ask)
	}
	if s.Recordings != "" && !has(func(o *Variant) bool { return o.Settings.Recordings == s.Recordings }) {
		refuse("settings.recordings", "is not that of the base branch%s", ask)
	}
	for name := range s.Files {
		if strings.Contains(name, "${") {
			refuse("settings.files."+name, "is not replaced: write the path out")
		}
	}
	if wrong := c.argumentsBeyond(s.Arguments); len(s.Arguments) > 0 && wrong != "" {
		refuse("settings.arguments", "has %s, which the base branch's file does not allow: add it there to pull_requests.arguments", quote(wrong))
	}
}

// What a pull request may call its candidate and its model. A model's name is an
// argument of the agent's program, so it does not begin with a dash.
var (
	plainName  = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N} ._:/@()+-]{0,63}$`)
	plainModel = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:/@\[\]-]{0,127}$`)
)

// effective is the agent with the version that will run.
func (v *Variant) effective() string {
	a := v.Measured().Agent
	return Agent{Name: a.Name, Version: a.Version}.String()
}

func (c *Config) allowsAgent(v *Variant) bool {
	return v.Agent.Name == "" || slices.Contains(c.allowedAgents(), v.effective()) // without one: reported as missing
}

// allowedAgents are those of the base's arms and of its list, with the versions
// that will run.
func (c *Config) allowedAgents() []string {
	var allowed []string
	for _, v := range c.variants() {
		allowed = append(allowed, v.effective())
	}
	for _, a := range c.PullRequests.Agents {
		allowed = append(allowed, (&Variant{Agent: a}).effective())
	}
	slices.Sort(allowed)
	return slices.Compact(allowed)
}

// argumentsBeyond is the first word that cannot be had by putting together what is
// allowed: the arguments of the base's arms, whole, and what is listed. Empty: all
// can.
func (c *Config) argumentsBeyond(words []string) string {
	allowed := slices.Clone(c.PullRequests.Arguments)
	for _, v := range c.variants() {
		allowed = append(allowed, v.Settings.Arguments)
	}
	reached := make([]bool, len(words)+1) // whether the words before an index can be had
	reached[0] = true
	furthest := 0
	for i := range words {
		if !reached[i] {
			continue
		}
		furthest = i
		for _, part := range allowed {
			if n := len(part); n > 0 && i+n <= len(words) && slices.Equal(part, words[i:i+n]) {
				reached[i+n] = true
			}
		}
	}
	if reached[len(words)] {
		return ""
	}
	return cmp.Or(words[furthest], " ")
}
