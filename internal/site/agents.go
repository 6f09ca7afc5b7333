package site

import (
	"net/http"
	"path/filepath"
	"strings"

	"github.com/benchgate/benchgate/internal/agent"
)

// agentCache keeps agents' packages. The environment's npm_config_registry
// names another registry than npm's own, as it does for npm itself.
func agentCache(dir string, lookup func(string) (string, bool)) agent.Cache {
	registry, ok := lookup("npm_config_registry")
	if !ok || registry == "" {
		registry = "https://registry.npmjs.org"
	}
	npm := agent.NPM{Registry: strings.TrimSuffix(registry, "/"), Client: http.DefaultClient}
	return agent.Cache{Dir: filepath.Join(dir, "agents"), Download: npm.Download}
}
