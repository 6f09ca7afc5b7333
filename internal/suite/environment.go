package suite

import "time"

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
)
