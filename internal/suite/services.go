package suite

import "fmt"

// KeepsProcesses tells whether what an agent leaves running is part of its answer: the
// configuration says so, or `check` saw that the reference's tests need it. Found is nil
// where it was not checked.
func (t *Task) KeepsProcesses(found *Check) bool {
	return t.Source.KeepProcesses || found != nil && found.LeavesProcesses
}

// WarnOfServices warns of tasks whose tests address localhost and whose processes are ended
// before them, unless `check` saw that the tests pass so; empty: there are none. The
// lock may be nil.
func (s *Suite) WarnOfServices(lock *Lock) string {
	first, others := "", 0
	for _, t := range s.Tasks {
		var found *Check
		if locked := lock.Task(t.ID); locked != nil {
			found = locked.Check
		}
		if t.KeepsProcesses(found) || found != nil && found.ReferencePasses != nil && *found.ReferencePasses {
			continue
		}
		switch at := t.AsksLocalhost(); {
		case at == "":
		case first == "":
			first = fmt.Sprintf("%s (%s)", t.ID, at)
		default:
			others++
		}
	}
	if first == "" {
		return ""
	}
	if others > 0 {
		first += fmt.Sprintf(" and of %d more tasks", others)
	}
	return "tests of " + first + " address localhost: a service that the agent leaves running is ended before them, unless `check` saw that the reference needs that or the task in suite.tasks says keep_processes: true"
}
