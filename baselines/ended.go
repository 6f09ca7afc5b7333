package baselines

import (
	"fmt"
	"strings"
)

// Ended is how a trial ended. It says nothing about the task: a trial that
// ran out of time can still have solved it.
type Ended string

// The closed list of ends.
const (
	Finished   Ended = "finished"    // the agent came to its own end
	Timeout    Ended = "timeout"     // the agent ran out of the task's time
	Budget     Ended = "budget"      // the trial's dollars ran out
	Turns      Ended = "turns"       // the agent's turn limit
	Refused    Ended = "refused"     // the model refused the task
	AgentError Ended = "agent_error" // the agent failed by itself
	InfraError Ended = "infra_error" // engine, network or model API failed; tried again up to twice
	Cancelled  Ended = "cancelled"   // the gate had decided, or Ctrl-C
)

// AllEnded lists every end, in the order of the documentation.
var AllEnded = []Ended{Finished, Timeout, Budget, Turns, Refused, AgentError, InfraError, Cancelled}

// UnmarshalText accepts the closed list only.
func (e *Ended) UnmarshalText(b []byte) error {
	for _, known := range AllEnded {
		if string(b) == string(known) {
			*e = known
			return nil
		}
	}
	return fmt.Errorf("%q is no end of a trial, want %s", b, endedNames())
}

// endedNames lists the ends for a message.
func endedNames() string {
	names := make([]string, len(AllEnded))
	for i, e := range AllEnded {
		names[i] = string(e)
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// Counts reports whether a trial with this end enters the statistics: an
// infrastructure error says nothing about the variant, a cancelled trial never
// got its answer.
func (e Ended) Counts() bool { return e != InfraError && e != Cancelled && e != "" }
