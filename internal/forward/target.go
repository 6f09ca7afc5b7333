package forward

import (
	"slices"

	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/plain"
	"github.com/benchgate/benchgate/internal/redact"
)

// Target is an endpoint, and what it wants.
type Target struct {
	otlp.Destination
	Temporality otlp.Temporality
	Content     bool          // texts that may be prompts, answers or what tools read go out, too
	Signals     []otlp.Signal // those that it takes; none: all
	Secrets     []string      // of its headers: in nothing that is sent or said
}

func (t Target) takes(s otlp.Signal) bool {
	return len(t.Signals) == 0 || slices.Contains(t.Signals, s)
}

// said is what the target or the network said, fit for one line.
func (t Target) said(text string) string { return plain.Line(redact.String(text, t.Secrets), 200) }

// maxBatch is how large a request is at most, in bytes before compression. Receivers
// over gRPC take 4 MiB unless told otherwise.
const maxBatch = 3 << 20
