package config

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/internal/agent"
)

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
		switch {
		case strings.Contains(name, "${"):
			refuse("settings.files."+name, "is not replaced: write the path out")
		case !c.allowsFile(v, name):
			refuse("settings.files."+name, "is placed where it could do more than instruct the agent, which the base branch's file does not allow: add its path there to pull_requests.files")
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

// allowsFile reports whether a file may be placed there: where the agent itself
// takes what it is told by its user, but for settings, which start programs; where an
// arm of the base places one; or where the base's list says. A file elsewhere could
// be the answer, or be read by the tests.
func (c *Config) allowsFile(v *Variant, name string) bool {
	row, err := agent.Lookup(v.Agent.Name)
	if err != nil {
		return true // reported
	}
	clean := path.Clean(name)
	same := func(other string) bool { return path.Clean(other) == clean }
	if slices.ContainsFunc(c.PullRequests.Files, same) {
		return true
	}
	for _, own := range c.variants() {
		for other := range own.Settings.Files {
			if same(other) {
				return true
			}
		}
	}
	settings, _ := path.Match("settings*.json", path.Base(clean))
	return row.Locate != nil && row.Locate(clean) != "" && !settings
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
