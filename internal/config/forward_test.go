package config_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/benchgate/benchgate/internal/config"
)

func TestForwardToSeveralTargets(t *testing.T) {
	const head = "suite: {tasks: [{path: a}]}\ncandidate: {agent: nop}\n"
	for name, tt := range map[string]struct {
		text string
		want []config.Forward
	}{
		"none": {"", nil},
		"one, without a list, with the defaults": {
			`telemetry: {forward: {endpoint: "https://signoz.example:443/"}}`,
			[]config.Forward{{Endpoint: "https://signoz.example:443", Protocol: config.ForwardHTTP, Compression: config.Gzip, Temporality: config.Delta}},
		},
		"everything said": {
			`telemetry:
  forward:
    - {endpoint: "https://collector.example:4317", protocol: grpc, ca_file: certs/own.pem, compression: none, content: true}
    - {endpoint: "http://prometheus.example:9090/api/v1/otlp", temporality: cumulative, signals: [metrics]}`,
			[]config.Forward{
				{Endpoint: "https://collector.example:4317", Protocol: config.ForwardGRPC, CAFile: "/work-dir/ci/certs/own.pem", Compression: config.NoCompression, Temporality: config.Delta, Content: true},
				{Endpoint: "http://prometheus.example:9090/api/v1/otlp", Protocol: config.ForwardHTTP, Compression: config.Gzip, Temporality: config.Cumulative, Signals: []config.Signal{config.Metrics}},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := config.Parse([]byte(head+tt.text), "ci/benchgate.yaml", "/work-dir/ci", config.Flags{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, c.Forward, cmpopts.IgnoreFields(config.Forward{}, "Headers")); diff != "" {
				t.Errorf("forward (-want +got):\n%s", diff)
			}
		})
	}
}
