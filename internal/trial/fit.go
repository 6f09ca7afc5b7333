package trial

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
)

// Usage is what a trial of the task may use.
func (l Limits) Usage(task *suite.Task) Usage {
	return Usage{CPUs: cmp.Or(task.CPUs, l.CPUs), MemoryMB: cmp.Or(task.MemoryMB, l.MemoryMB)}
}

// Room is what all trials together may use of an engine.
func Room(info sandbox.Info) Usage {
	return Usage{CPUs: float64(info.CPUs), MemoryMB: info.MemoryBytes >> 20}
}

// Crowded warns of so many trials at once that may use more memory than the engine
// has: then the machine itself kills, which looks like an agent's doing.
// Empty: they may not.
func (l Limits) Crowded(room Usage, tasks []*suite.Task, workers int) string {
	var most int64
	for _, t := range tasks {
		most = max(most, l.Usage(t).MemoryMB)
	}
	if together := most * int64(workers); room.MemoryMB > 0 && together > room.MemoryMB {
		return fmt.Sprintf("limits.workers is %d, and so many trials may use %d MiB at once, where the engine has %d: leave limits.workers out, and as many run as fit", workers, together, room.MemoryMB)
	}
	return ""
}

// Fit says which of the CPUs and how much of the memory that trials of these tasks
// are to have the engine lacks. Docker gives no container more CPUs than there are,
// so every trial would fail. It does promise more memory than there is, but then the
// machine itself kills, which looks like the agent's doing. What a task asks for
// itself is its author's affair, who may have asked for more memory than it needs:
// of it only CPUs are an error.
func (l Limits) Fit(info sandbox.Info, tasks []*suite.Task) error {
	if !info.Isolated {
		return nil // nothing holds a trial to its limits
	}
	var errs []error
	ownCPUs, ownMemory := true, true
	for _, t := range tasks {
		ownCPUs, ownMemory = ownCPUs && t.CPUs > 0, ownMemory && t.MemoryMB > 0
		if t.CPUs > float64(info.CPUs) {
			errs = append(errs, fmt.Errorf("task %s wants %g CPUs, and the engine has %d: use a larger machine, or leave the task out (suite.exclude)", t.ID, t.CPUs, info.CPUs))
		}
	}
	if l.CPUs > float64(info.CPUs) && !ownCPUs {
		errs = append(errs, fmt.Errorf("limits.cpus is %g, and the engine has %d CPUs: set it to what every machine of this suite has; runs with other limits cannot be compared", l.CPUs, info.CPUs))
	}
	if has := info.MemoryBytes >> 20; has > 0 && l.MemoryMB > has && !ownMemory {
		errs = append(errs, fmt.Errorf("limits.memory_mb is %d, and the engine has %d MiB: set it to what every machine of this suite has; runs with other limits cannot be compared", l.MemoryMB, has))
	}
	return errors.Join(errs...)
}
