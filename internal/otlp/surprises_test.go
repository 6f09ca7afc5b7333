package otlp_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/otlp"
)

// The other surprises are in packages usage and agent.
func TestSurprises(t *testing.T) {
	t.Run("surprise_14_one_protocol_decodes_header_values_and_the_other_does_not", func(t *testing.T) {
		r := otlp.NewReceiver(otlp.Options{})
		for range 200 {
			token := r.Admit("trial")
			if url.QueryEscape(token) != token || url.PathEscape(token) != token || strings.Trim(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
				t.Errorf("token %q reads otherwise when it is encoded", token)
			}
		}
	})
}
