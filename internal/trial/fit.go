package trial

import (
	"errors"
	"fmt"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
)

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
