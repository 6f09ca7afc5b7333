package guard

import (
	"encoding/json"
	"fmt"
	"net/netip"
)

// MostNamed is how many destinations a report names, and how many names; packets to
// others are in its total only.
const MostNamed = 64

// Report is what a guard says, in one line, when its rules are set and whenever it
// is asked.
type Report struct {
	Error   string    `json:"error,omitempty"` // the rules could not be set
	Refused uint64    `json:"refused"`         // packets; one attempt to connect may be several
	To      []Refused `json:"to,omitempty"`    // where to, the most first

	// Asked is how many queries for names were refused, which Refused does not count.
	Asked uint64 `json:"asked,omitempty"`
	Names []Name `json:"names,omitempty"` // those asked for, the most first
}

// Name is a name that the sandbox asked for and may not have.
type Name struct {
	Name    string     `json:"name"`            // letters, digits, and "-._"; all else is "?"
	Closed  netip.Addr `json:"closed,omitzero"` // the name is allowed, and this address of it is not
	Queries uint64     `json:"queries"`
}

// String is the name as in "name example.com", or "name example.com 10.0.0.1".
func (n Name) String() string {
	if n.Closed.IsValid() {
		return "name " + n.Name + " " + n.Closed.String()
	}
	return "name " + n.Name
}

// Refused is a destination that packets were refused to.
type Refused struct {
	Protocol string     `json:"protocol"` // "tcp", "udp", "icmp", or a number
	Addr     netip.Addr `json:"addr"`
	Port     uint16     `json:"port,omitempty"` // zero: the protocol has none
	Packets  uint64     `json:"packets"`
}

// String is the destination as in "tcp 169.254.169.254:80".
func (r Refused) String() string {
	if r.Port == 0 {
		return r.Protocol + " " + r.Addr.String()
	}
	return r.Protocol + " " + netip.AddrPortFrom(r.Addr, r.Port).String()
}

// String is the report's line with its end.
func (r Report) String() string {
	text, _ := json.Marshal(r) // numbers, strings and addresses have no error
	return string(text) + "\n"
}

// ParseReport reads what String wrote.
func ParseReport(line string) (Report, error) {
	var r Report
	if err := json.Unmarshal([]byte(line), &r); err != nil {
		return Report{}, fmt.Errorf("it is no report of a guard: %w", err)
	}
	return r, nil
}

// MostAsked is how many names of hosts a guard remembers, and one more for each host that
// benchgate names when it asks.
const MostAsked = 1000

// Asked are the names of hosts that a sandbox asked for, in queries that its rules
// allow and in what TLS connections begin with, as far as its guard saw it. A
// sandbox chose them.
type Asked struct {
	Error string   `json:"error,omitempty"` // why nobody watches
	Names []string `json:"names,omitempty"` // each once, the first first; letters in lower case, digits, and "-._"; all else is "?"
	More  uint64   `json:"more,omitempty"`  // how often names were asked for that are beyond MostAsked
	Lost  uint64   `json:"lost,omitempty"`  // packets that came too fast to be looked at
}

// String is the line of the names with its end.
func (a Asked) String() string {
	text, _ := json.Marshal(a) // numbers and strings have no error
	return string(text) + "\n"
}

// ParseAsked reads what String wrote.
func ParseAsked(line string) (Asked, error) {
	var a Asked
	if err := json.Unmarshal([]byte(line), &a); err != nil {
		return Asked{}, fmt.Errorf("they are no names of a guard: %w", err)
	}
	return a, nil
}

// Facts are what a container says of the machine that it is on.
type Facts struct {
	Error string       `json:"error,omitempty"` // why no rules can be set there
	Names []netip.Addr `json:"names,omitempty"` // name servers in /etc/resolv.conf
	Own   []netip.Addr `json:"own,omitempty"`   // of its network's interfaces
}

// String is the line of the facts with its end.
func (f Facts) String() string {
	text, _ := json.Marshal(f) // strings and addresses have no error
	return string(text) + "\n"
}

// ParseFacts reads what String wrote.
func ParseFacts(line string) (Facts, error) {
	var f Facts
	if err := json.Unmarshal([]byte(line), &f); err != nil {
		return Facts{}, fmt.Errorf("they are no facts of a guard: %w", err)
	}
	return f, nil
}
