package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheProgramServesAndKeepsTheTruth(t *testing.T) {
	dir := t.TempDir()
	script, truth := filepath.Join(dir, "s.yaml"), filepath.Join(dir, "truth.jsonl")
	if err := os.WriteFile(script, []byte("conversations:\n  - turns: [{text: hello}]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	out, in := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := serve(ctx, []string{"-script", script, "-key", "K", "-truth", truth}, in, io.Discard)
		in.CloseWithError(io.EOF)
		done <- err
	}()
	first, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err, <-done)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, strings.TrimSpace(first)+"/v1/messages",
		strings.NewReader(`{"model":"m","messages":[{"role":"user","content":"x"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Api-Key", "K")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	interrupt()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(truth); err != nil || strings.Count(string(got), "\n") != 1 || !strings.Contains(string(got), `"complete":true`) {
		t.Errorf("truth file: %q, %v", got, err)
	}
}

func TestWhatTheProgramRefuses(t *testing.T) {
	var said strings.Builder
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"no script":      {nil, "help requested"},
		"unknown flag":   {[]string{"-x"}, "help requested"},
		"missing script": {[]string{"-script", "nowhere.yaml"}, "opening script"},
		"no YAML script": {[]string{"-script", "main_test.go"}, "main_test.go:"},
	} {
		if err := serve(t.Context(), test.args, io.Discard, &said); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
	if !strings.Contains(said.String(), "-script") {
		t.Errorf("the usage does not name the flags: %q", said.String())
	}
}
