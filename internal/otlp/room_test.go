package otlp_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"

	"github.com/benchgate/benchgate/internal/otlp"
)

// A sender that begins a body and goes silent is cut, whatever it speaks, and is
// counted as refused.
func TestSlowSendersAreCut(t *testing.T) {
	r := otlp.NewReceiver(otlp.Options{ReadTimeout: 200 * time.Millisecond})
	address := serve(t, r)
	token := r.Admit("trial")

	conn := hold(t, address, token)
	defer conn.Close()
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.ReadAll(conn); err != nil {
		t.Errorf("HTTP/1.1: the connection is still open: %v", err)
	}

	h2 := &http.Transport{Protocols: new(http.Protocols)}
	h2.Protocols.SetUnencryptedHTTP2(true)
	t.Cleanup(h2.CloseIdleConnections)
	body, silent := io.Pipe()
	defer silent.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+"/opentelemetry.proto.collector.logs.v1.LogsService/Export", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/grpc")
	req.Header.Set("Te", "trailers")
	req.Header.Set("Authorization", "Bearer "+token)
	begun := time.Now()
	resp, err := h2.RoundTrip(req)
	if err == nil {
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("gRPC: it was cut after %s", took)
	}
	if refused := r.Refused("trial"); refused != 2 {
		t.Errorf("%d requests are refused, want both", refused)
	}
}

// hold begins to send a body of 8 MiB.
func hold(t *testing.T, address, token string) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "POST /%s/v1/logs HTTP/1.1\r\nHost: r\r\nContent-Type: application/x-protobuf\r\nContent-Length: %d\r\n\r\nx", token, 8<<20)
	return conn
}

// What one trial holds keeps no other from being heard.
func TestHeldTelemetryLeavesRoomForOthers(t *testing.T) {
	r := otlp.NewReceiver(otlp.Options{})
	address := serve(t, r)
	greedy := r.Admit("greedy")
	for range 40 {
		defer hold(t, address, greedy).Close()
	}
	modest := r.Admit("modest")
	if status := post(t, "http://"+address, modest, "logs", "body"); status != 200 {
		t.Errorf("HTTP: status %d", status)
	}
	if _, err := plogotlp.NewGRPCClient(dial(t, address)).Export(withToken(modest), plogotlp.NewExportRequest()); err != nil {
		t.Errorf("gRPC: %v", err)
	}
}

// All trials together have a bound, too, and one that is forgotten makes room.
func TestTheTelemetryOfAllTrialsIsBounded(t *testing.T) {
	r := otlp.NewReceiver(otlp.Options{MaxAllBytes: 1000})
	url := serveHTTP(t, r)
	one, two := r.Admit("one"), r.Admit("two")
	large := string(make([]byte, 600))
	if status := post(t, url, one, "logs", large); status != 200 {
		t.Errorf("the first: status %d", status)
	}
	if status := post(t, url, two, "logs", large); status != 413 || r.Refused("two") != 1 {
		t.Errorf("the second: status %d, %d refused; want 413", status, r.Refused("two"))
	}
	r.Forget("one")
	if status := post(t, url, two, "logs", large); status != 200 {
		t.Errorf("when the first is forgotten: status %d", status)
	}
}
