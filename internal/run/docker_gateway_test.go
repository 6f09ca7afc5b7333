package run_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/realparts"
)

// gatewaySecret opens the gateway of this test; gatewayPart must be nowhere.
const (
	gatewaySecret = "team-tools:gw-9tQ2vLxZ4kWmB7sNcR1yHdFa"
	gatewayPart   = "gw-9tQ2vLxZ4kWmB7sNcR1yHdFa"
)

// The real Claude Code in a container, the real nginx between the meter and the
// model API: it serves a path of its own, to requests with its header, and holds the
// API's key itself. benchgate knows no key.
func TestTheRealClaudeThroughTheRealNginx(t *testing.T) {
	r := newRig(t)
	r.npm(claude(t))
	server := r.scripted(filepath.Join(e2eDir, "script.yaml"))
	gateway := nginx(t, r.env["ANTHROPIC_BASE_URL"])
	r.env = map[string]string{"npm_config_registry": r.env["npm_config_registry"], "GATEWAY_KEY": gatewaySecret}

	w := watch(t, nil)
	result := r.mustRun(fmt.Sprintf(`
suite: {name: one, tasks: [{path: tasks/write-greeting}]}
api: {base_url: "%s/llm/anthropic", headers: {x-gateway-key: "${GATEWAY_KEY}"}}
baseline: {agent: claude-code, model: claude-opus-4-7, from: live}
candidate: {agent: claude-code, model: claude-opus-4-8}
sandbox: docker
limits: {attempts: 1, workers: 2}
gate: {mode: fixed}
`, gateway))
	w.end(t)

	if got := r.ends(); len(got) != 2 || got[0] != "finished solved" || got[1] != "finished solved" {
		t.Errorf("the trials ended %q\n%s", got, r.said)
	}
	for _, side := range []*baselines.Run{result.Baseline, result.Candidate} {
		for _, trial := range side.Trials {
			if trial.CostUSD == nil || trial.CostUSD.Main <= 0 || *trial.Requests < 2 {
				t.Errorf("%s: the meter saw %v requests for %v", side.Header.Arm, trial.Requests, trial.CostUSD)
			}
		}
	}
	if n := len(server.Truth()); n < 4 {
		t.Errorf("the model API answered %d requests, want those of two trials", n)
	}
	if found := holding(t, gatewayPart, r.runs, r.cache); len(found) > 0 {
		t.Errorf("the gateway's secret is in %v", found)
	}
	if strings.Contains(r.said.String(), gatewayPart) {
		t.Error("the gateway's secret is in the log, the notices or the progress")
	}
	if len(w.inspected) == 0 {
		t.Error("no container was inspected")
	}
	for id, text := range w.inspected {
		if strings.Contains(text, gatewayPart) || strings.Contains(text, "/llm/anthropic") {
			t.Errorf("container %s knows the gateway", id)
		}
	}
}

// nginx serves the API at an address below /llm/anthropic, and returns where. It
// runs as this user, with all its files in a directory of the test's.
func nginx(t *testing.T, behind string) string {
	t.Helper()
	realparts.Need(t, realparts.Nginx)
	program, err := exec.LookPath("nginx")
	if err != nil {
		realparts.Lacking(t, realparts.Nginx, "install nginx-light")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close() // nginx takes it; nothing else asks for this port in between
	dir := t.TempDir()
	text := strings.NewReplacer("DIR", dir, "ADDRESS", address, "BEHIND", behind, "SECRET", gatewaySecret, "KEY", secretKey).Replace(`
daemon off; master_process off;
pid DIR/pid;
error_log stderr warn;
events {}
http {
  access_log off;
  client_max_body_size 64m;
  client_body_temp_path DIR/body; proxy_temp_path DIR/proxy; fastcgi_temp_path DIR/fastcgi; uwsgi_temp_path DIR/uwsgi; scgi_temp_path DIR/scgi;
  map $http_x_gateway_key $known { default 0; "SECRET" 1; }
  server {
    listen ADDRESS;
    location = /alive { return 204; }
    location /llm/anthropic/ {
      if ($known = 0) { return 403; }
      proxy_pass BEHIND/;
      proxy_set_header x-api-key "KEY";
      proxy_set_header x-gateway-key "";
      proxy_buffering off;
    }
  }
}
`)
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	cmd := exec.CommandContext(ctx, program, "-p", dir, "-c", file)
	var said bytes.Buffer
	cmd.Stderr = &said
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // its end is asked for
		close(ended)
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	for {
		answer, err := http.Get("http://" + address + "/alive")
		if err == nil {
			answer.Body.Close()
			return "http://" + address
		}
		select {
		case <-ended:
			t.Fatalf("nginx ended: %s", said.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
}
