package sandbox

import (
	"encoding/json"
	"fmt"
	"os"
)

// Owner names the benchgate process that made a container, a network or a
// directory, so that a later process can tell what was left by a crash from
// what is in use.
type Owner struct {
	Host     string `json:"host"`
	Boot     string `json:"boot,omitempty"`      // the kernel's boot ID; empty where there is none
	PIDSpace string `json:"pid_space,omitempty"` // the PID namespace; empty where there is none
	PID      int    `json:"pid"`
	Start    string `json:"start,omitempty"` // when the process started, in clock ticks since boot: a later process with this PID has another

	// Container is the ID of the container benchgate itself runs in on the
	// same engine; empty outside containers.
	Container string `json:"container,omitempty"`
}

// Self describes this process. Container is left empty: only an engine knows.
func Self() (Owner, error) {
	host, err := os.Hostname()
	if err != nil {
		return Owner{}, fmt.Errorf("reading the host name: %w", err)
	}
	pid := os.Getpid()
	return Owner{
		Host:     host,
		Boot:     bootID(),
		PIDSpace: pidSpace(),
		PID:      pid,
		Start:    processStart(pid),
	}, nil
}

// String is the form for labels and files. ParseOwner reads it.
func (o Owner) String() string {
	text, err := json.Marshal(o)
	if err != nil {
		panic(err) // strings and an int always encode
	}
	return string(text)
}

// ParseOwner reads what String wrote.
func ParseOwner(text string) (Owner, error) {
	var o Owner
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return Owner{}, fmt.Errorf("reading owner %q: %w", text, err)
	}
	if o.PID <= 0 {
		return Owner{}, fmt.Errorf("reading owner %q: no process ID", text)
	}
	return o, nil
}

// Gone reports whether the owner has certainly ended, as seen by self. It is
// false for an owner on another host or in another PID namespace, whose
// processes self cannot see. SameMachine says that the owner ran on this
// machine, as it did where the owner is read from a local directory or from an
// engine behind a local socket: then an owner from before the last boot is gone.
func (o Owner) Gone(self Owner, sameMachine bool) bool {
	switch {
	case o.Boot != self.Boot:
		return sameMachine
	case o.Host != self.Host && !sameMachine:
		return false
	case o.PIDSpace != self.PIDSpace:
		return false
	default:
		return !processAlive(o.PID, o.Start)
	}
}
