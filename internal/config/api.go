package config

import (
	"github.com/benchgate/benchgate/internal/agent"
	"go.yaml.in/yaml/v4"
)

// API is how the model API is reached, where it is not as the environment says.
type API struct {
	BaseURL string  // with a gateway's path, if it has one; empty: as the environment says
	Headers Headers // sent with every request, besides the key or in its place
	CAFile  string  // certificates in PEM form, trusted besides the system's; empty: none
}

func (s *source) api(to *API) read {
	return func(n *yaml.Node, path string) {
		to.Headers = make(Headers)
		s.object(
			field{"base_url", s.endpoint(&to.BaseURL, "https://gateway.example/anthropic")},
			field{"headers", s.headers(to.Headers, func(name string) string {
				if agent.AnthropicMessages.IsOurs(name) {
					return "it belongs to the connection"
				}
				return ""
			})},
			field{"ca_file", s.text(&to.CAFile, "a PEM file of certificates")},
		)(n, path)
	}
}
