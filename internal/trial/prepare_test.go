package trial_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
)

// together is an engine that prepares environments only when so many are asked for
// at once, and fails for those without a name.
type together struct {
	sandbox.Engine
	wanted int

	mu   sync.Mutex
	in   int
	open chan struct{}
}

func (e *together) Prepare(ctx context.Context, env suite.Environment, _ io.Writer) (sandbox.Image, error) {
	e.mu.Lock()
	if e.in++; e.in == e.wanted {
		close(e.open)
	}
	e.mu.Unlock()
	select {
	case <-e.open:
	case <-ctx.Done():
		return sandbox.Image{}, ctx.Err()
	}
	if env.Image == "" {
		return sandbox.Image{}, errors.New("there is no such image")
	}
	return sandbox.Image{ID: env.Image}, nil
}

// Environments are prepared several at a time, and every one that cannot be is named
// in the suite's order, whichever failed first.
func TestEnvironmentsArePreparedAtOnce(t *testing.T) {
	r := newRig(t, "")
	r.Engine = &together{Engine: r.Engine, wanted: 4, open: make(chan struct{})}
	var tasks []*suite.Task
	for i := range 9 {
		tasks = append(tasks, &suite.Task{ID: fmt.Sprintf("task-%d", i), Environment: suite.Environment{Image: fmt.Sprintf("image-%d", i)}})
	}
	r.must(r.Prepare(t.Context(), tasks, nil))
	if got := r.Images["task-7"].ID; len(r.Images) != 9 || got != "image-7" {
		t.Errorf("%d images, that of task-7 is %q", len(r.Images), got)
	}

	tasks[5].Environment.Image, tasks[2].Environment.Image = "", ""
	err := r.Prepare(t.Context(), tasks, nil)
	if err == nil {
		t.Fatal("environments that cannot be prepared are no error")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "task task-2: preparing environment: there is no such image") || !strings.HasPrefix(lines[1], "task task-5: ") {
		t.Errorf("the error is %q", lines)
	}
}
