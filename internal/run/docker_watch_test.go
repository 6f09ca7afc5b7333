package run_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/sandbox"
)

// watcher follows what the engine does with this process's containers, and
// looks at each while it lives.
type watcher struct {
	on   func(event) // called for every event, from one goroutine
	stop context.CancelFunc
	done chan error

	// Filled by the watcher's goroutine, to be read after end.
	inspected map[string]string // by container id: all that the engine says of it
	trials    map[string]bool   // whose containers were inspected
	volumes   []string
	runs      []string
}

// event is one line of "docker events".
type event struct {
	Action string `json:"Action"` // "start", "die", "exec_start: bash -c ..."
	Actor  struct {
		ID         string            `json:"ID"`
		Attributes map[string]string `json:"Attributes"` // labels too
	} `json:"Actor"`
}

func (e event) trial() string { return e.Actor.Attributes["benchgate.trial"] }

// execs tells whether a command begins whose words contain the text.
func (e event) execs(text string) bool {
	return strings.HasPrefix(e.Action, "exec_start") && strings.Contains(e.Action, text)
}

// watch begins before the run does. The engine tells again what happened
// since, so nothing is missed.
func watch(t *testing.T, on func(event)) *watcher {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	w := &watcher{on: on, stop: cancel, done: make(chan error, 1), inspected: make(map[string]string), trials: make(map[string]bool)}
	since := fmt.Sprintf("%.9f", float64(time.Now().UnixNano())/1e9)
	cmd := exec.CommandContext(ctx, "docker", "events", "--since", since, "--filter", "type=container", "--format", "{{json .}}")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		lines := bufio.NewScanner(out)
		lines.Buffer(nil, 1<<20)
		var errs []error
		for lines.Scan() {
			errs = append(errs, w.take(ctx, lines.Bytes()))
		}
		_ = cmd.Wait() // it was killed: that is how it ends
		w.done <- errors.Join(errs...)
	}()
	t.Cleanup(cancel)
	return w
}

// end stops watching; after it the watcher's findings can be read.
func (w *watcher) end(t *testing.T) {
	t.Helper()
	w.stop()
	if err := <-w.done; err != nil {
		t.Errorf("watching the engine: %v", err)
	}
}

func (w *watcher) take(ctx context.Context, line []byte) error {
	var e event
	if err := json.Unmarshal(line, &e); err != nil {
		return err
	}
	owner, err := sandbox.ParseOwner(e.Actor.Attributes["benchgate.owner"])
	if err != nil || owner.PID != os.Getpid() {
		return nil // another's
	}
	if e.Action == "start" || strings.HasPrefix(e.Action, "exec_start") {
		w.inspect(ctx, e)
	}
	if w.on != nil {
		w.on(e)
	}
	return nil
}

// inspect keeps what the engine says of a container. One that is gone again is
// no error here: tests say which ones they need.
func (w *watcher) inspect(ctx context.Context, e event) {
	text, err := docker(ctx, "inspect", e.Actor.ID)
	var found []struct {
		Mounts []struct{ Type, Name string }
	}
	if err != nil || json.Unmarshal([]byte(text), &found) != nil {
		return
	}
	w.inspected[e.Actor.ID] += text
	w.trials[e.trial()] = true
	if id := e.Actor.Attributes["benchgate.run"]; !slices.Contains(w.runs, id) {
		w.runs = append(w.runs, id)
	}
	for _, c := range found {
		for _, m := range c.Mounts {
			if m.Type == "volume" && !slices.Contains(w.volumes, m.Name) {
				w.volumes = append(w.volumes, m.Name)
			}
		}
	}
}

// nothingLeft fails when the run has left anything on the engine but the
// agents' volumes.
func nothingLeft(t *testing.T, runID string, mounted []string) {
	t.Helper()
	label := "label=benchgate.run=" + runID
	for what, args := range map[string][]string{
		"containers": {"ps", "--all", "--quiet", "--filter", label},
		"networks":   {"network", "ls", "--quiet", "--filter", label},
		"volumes":    {"volume", "ls", "--quiet", "--filter", label},
	} {
		if left, err := docker(t.Context(), args...); err != nil || left != "" {
			t.Errorf("the run left %s: %q, %v", what, left, err)
		}
	}
	for _, volume := range mounted {
		labels, err := docker(t.Context(), "volume", "inspect", "--format", "{{json .Labels}}", volume)
		if err == nil && !strings.Contains(labels, "benchgate.tools") {
			t.Errorf("volume %s was mounted by the run and is still there, with the labels %s", volume, labels)
		}
	}
}
