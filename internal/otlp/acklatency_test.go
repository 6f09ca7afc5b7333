package otlp_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/otlp"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
)

// How long a client waits until its telemetry is acknowledged: 64 at once, over
// loopback, each a payload every 50 ms, as agents send every few seconds.
func BenchmarkAcknowledgedWhenManySend(b *testing.B) {
	b.Run("http", func(b *testing.B) {
		r := otlp.NewReceiver(otlp.Options{MaxTrialBytes: 1 << 40})
		address := serve(b, r)
		url, body := "http://"+address+"/"+r.Admit("trial")+"/v1/logs", capture(b, "a-simple-grpc")[1].Body
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clientsAtOnce}}
		defer client.CloseIdleConnections()
		reportWaits(b, func(ctx context.Context) error {
			request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
			if err != nil {
				return err
			}
			request.Header.Set("Content-Type", "application/x-protobuf")
			answer, err := client.Do(request)
			if err != nil {
				return err
			}
			defer answer.Body.Close()
			if answer.StatusCode != http.StatusOK {
				b.Error(answer.Status)
			}
			_, err = io.Copy(io.Discard, answer.Body)
			return err
		})
	})
	b.Run("grpc", func(b *testing.B) {
		r := otlp.NewReceiver(otlp.Options{MaxTrialBytes: 1 << 40})
		client, token := plogotlp.NewGRPCClient(dial(b, serve(b, r))), r.Admit("trial")
		request := plogotlp.NewExportRequest()
		if err := request.UnmarshalProto(capture(b, "a-simple-grpc")[1].Body); err != nil {
			b.Fatal(err)
		}
		reportWaits(b, func(context.Context) error {
			_, err := client.Export(withToken(token), request)
			return err
		})
	})
}

const clientsAtOnce = 64

// reportWaits has many clients send b.N payloads in all, and prints the median and
// the 99th percentile of their waits.
func reportWaits(b *testing.B, send func(context.Context) error) {
	var (
		mu      sync.Mutex
		waits   []time.Duration
		clients sync.WaitGroup
	)
	each := b.N/clientsAtOnce + 1
	b.ResetTimer()
	for n := range clientsAtOnce {
		clients.Go(func() {
			time.Sleep(time.Duration(n) * 50 * time.Millisecond / clientsAtOnce)
			for range each {
				began := time.Now()
				if err := send(b.Context()); err != nil {
					b.Error(err)
					return
				}
				wait := time.Since(began)
				mu.Lock()
				waits = append(waits, wait)
				mu.Unlock()
				time.Sleep(50*time.Millisecond - min(wait, 50*time.Millisecond))
			}
		})
	}
	clients.Wait()
	if len(waits) == 0 {
		return // each has said why
	}
	slices.Sort(waits)
	b.ReportMetric(waits[len(waits)/2].Seconds()*1000, "p50-ms")
	b.ReportMetric(waits[len(waits)*99/100].Seconds()*1000, "p99-ms")
}
