package config

import (
	"fmt"
	"net/url"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Forward is a receiver of OpenTelemetry that gets what the agents send.
type Forward struct {
	Endpoint    string // "https://host:port", http or https; over HTTP a path may follow
	Protocol    ForwardProtocol
	Headers     Headers
	CAFile      string // certificates in PEM form, trusted besides the system's; empty: none
	Compression Compression
	Temporality Temporality
	Content     bool     // prompts, answers, and what tools were given and found, too
	Signals     []Signal // that it takes; empty: all
}

// ForwardProtocol is how OTLP is spoken.
type ForwardProtocol string

// The protocols.
const (
	ForwardHTTP ForwardProtocol = "http"
	ForwardGRPC ForwardProtocol = "grpc"
)

// Compression of what is sent.
type Compression string

// The compressions.
const (
	Gzip          Compression = "gzip"
	NoCompression Compression = "none"
)

// Temporality is what sums count from: the point before, or the beginning.
type Temporality string

// The temporalities.
const (
	Delta      Temporality = "delta"
	Cumulative Temporality = "cumulative"
)

// Signal is one of OpenTelemetry's.
type Signal string

// The signals.
const (
	Traces  Signal = "traces"
	Metrics Signal = "metrics"
	Logs    Signal = "logs"
)

const exampleEndpoint = "https://ingest.example:443"

// forwards reads one target, or a list of them.
func (s *source) forwards(c *Config) read {
	one := func() read {
		c.Forward = append(c.Forward, Forward{Headers: make(Headers), Protocol: ForwardHTTP, Compression: Gzip, Temporality: Delta})
		return s.forward(&c.Forward[len(c.Forward)-1])
	}
	list := s.list("a target, {endpoint: \""+exampleEndpoint+"\"}, or a list of them", one)
	return func(n *yaml.Node, path string) {
		if follow(n).Kind == yaml.MappingNode {
			one()(n, path)
			return
		}
		list(n, path)
	}
}

func (s *source) forward(to *Forward) read {
	return s.object(
		field{"endpoint", s.endpoint(&to.Endpoint, exampleEndpoint)},
		field{"protocol", choice(s, &to.Protocol, ForwardHTTP, ForwardGRPC)},
		field{"headers", s.headers(to.Headers, func(name string) string {
			switch strings.ToLower(name) {
			case "content-type", "content-encoding", "content-length", "host", "user-agent", "te", "grpc-timeout", "grpc-encoding":
				return "it belongs to the connection"
			}
			return ""
		})},
		field{"ca_file", s.text(&to.CAFile, "a PEM file of certificates")},
		field{"compression", choice(s, &to.Compression, Gzip, NoCompression)},
		field{"temporality", choice(s, &to.Temporality, Delta, Cumulative)},
		field{"content", s.truth(&to.Content)},
		field{"signals", s.list("a list of traces, metrics, logs", func() read {
			to.Signals = append(to.Signals, "")
			return choice(s, &to.Signals[len(to.Signals)-1], Traces, Metrics, Logs)
		})},
	)
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
	first := make(map[string]string)
	for i, f := range c.Forward {
		path := "telemetry.forward"
		if len(c.Forward) > 1 {
			path = fmt.Sprintf("telemetry.forward[%d]", i+1)
		}
		keys := []string{path + ".endpoint", fmt.Sprintf("telemetry.forward[%d].endpoint", i+1)} // the second of a list of one
		u, _ := url.Parse(f.Endpoint)                                                            // it was read as one
		switch {
		case f.Endpoint == "":
			b.blame(keys, "%s has no endpoint, want a URL such as %s", path, exampleEndpoint)
		case first[f.Endpoint] != "":
			b.blame(keys, "%s is the endpoint of %s, too; each is sent to once", path, first[f.Endpoint])
		case f.Protocol == ForwardGRPC && u != nil && u.Path != "":
			b.blame(keys, "%s.endpoint has a path, which gRPC does not know; leave it out, or set protocol: http", path)
		}
		first[f.Endpoint] = path
	}
}
