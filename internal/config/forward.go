package config

import (
	"net/url"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Forward is a receiver of OpenTelemetry that gets what the agents send.
type Forward struct {
	Endpoint string // "https://host:port", http or https
	Headers  Headers
}

func (s *source) forward(c *Config) read {
	return func(n *yaml.Node, path string) {
		c.Forward = &Forward{Headers: make(Headers)}
		s.object(
			field{"endpoint", s.endpoint(&c.Forward.Endpoint, "https://ingest.example:443")},
			field{"headers", s.headers(c.Forward.Headers, func(string) string { return "" })},
		)(n, path)
	}
}

// endpoint reads an address, without secrets in it.
func (s *source) endpoint(to *string, example string) read {
	want := "a URL such as " + example
	return func(n *yaml.Node, path string) {
		var text string
		if s.text(&text, want)(n, path); s.wrong[path] {
			return
		}
		u, err := url.Parse(text)
		switch {
		case strings.Contains(text, "@"):
			s.hide(n, text)
			s.reject(n, path, "%s holds a user or a password; send it in a header: {authorization: \"Basic ${NAME}\"}", path)
		case strings.ContainsAny(text, "?#"): // some services take their key there
			s.hide(n, text)
			s.reject(n, path, "%s has a query or a fragment, want %s", path, want)
		case err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http"):
			s.reject(n, path, "%s is %s, want %s", path, quote(text), want)
		default:
			*to = strings.TrimSuffix(text, "/")
		}
	}
}

func (c *Config) checkForward(b blamer) {
	if c.Forward != nil && c.Forward.Endpoint == "" {
		b.blame([]string{"telemetry.forward.endpoint"}, "telemetry.forward has no endpoint, want a URL such as https://ingest.example:443")
	}
}
