package agent

import "slices"

// Setting is a key below "settings" in the configuration of a variant.
type Setting string

// The settings.
const (
	Effort      Setting = "effort"
	MaxTurns    Setting = "max_turns"
	Arguments   Setting = "arguments"
	Files       Setting = "files"
	CommandLine Setting = "command"
	Recordings  Setting = "recordings"
)

// Configure is what a configuration may and must say about an agent.
type Configure struct {
	Versioned bool      // "name@1.2.3" makes sense
	Model     bool      // a variant needs a model
	Takes     []Setting // settings that mean something to the agent
	Needs     Setting   // the setting without which it cannot start; empty: none
}

// Accepts reports whether a setting means something to the agent.
func (c Configure) Accepts(s Setting) bool { return slices.Contains(c.Takes, s) }
