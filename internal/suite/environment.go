package suite

import (
	"slices"
	"time"
)

// Environment is what a task's image is made from. Exactly one of Image and
// Context is set.
type Environment struct {
	Image        string // a reference to use as it is; pulled when absent
	Context      string // directory of the build context
	Dockerfile   string // path inside Context, slash-separated; default "Dockerfile"
	BuildArgs    map[string]string
	Digest       string // digest of the task, for cache keys and labels
	BuildTimeout time.Duration
}

// Network is what a sandbox may reach besides benchgate's own gateway.
type Network string

// The networks.
const (
	Public    Network = "public"     // the internet, as the engine's bridge gives it
	NoNetwork Network = "no-network" // the gateway only
	Allowlist Network = "allowlist"  // the hosts that a list names
)

// Access is where a task gets to in one part of a trial.
type Access struct {
	Network Network

	// Hosts are set with Allowlist only: "example.com", "*.example.com" for all
	// names below that one but not itself, "192.0.2.1", "192.0.2.0/24". In lower
	// case, each once.
	Hosts []string
}

// Phases are what a task gets to in the parts of a trial.
type Phases struct {
	Setup Access // until the agent starts
	Agent Access
	Tests Access
}

func (p Phases) are(n Network) bool {
	return p.Setup.Network == n && p.Agent.Network == n && p.Tests.Network == n
}

func (p Phases) any(n Network) bool {
	return p.Setup.Network == n || p.Agent.Network == n || p.Tests.Network == n
}

// Same reports whether both are the same.
func (a Access) Same(b Access) bool {
	return a.Network == b.Network && slices.Equal(a.Hosts, b.Hosts)
}
