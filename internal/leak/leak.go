// Package leak tells where a task's answer can be had other than by solving it, and
// whether an agent went there, from what it asked its tools to do.
//
//  1. place.go   places on the network: the repositories and data sets of benchmarks
//  2. find.go    whether the use of a tool goes to one of them
//  3. history.go whether a command reads a git repository's history, and whether such
//     a repository holds files that the reference solution writes
//
// What an agent asked its tools is text that it wrote itself. It is looked through
// for what is plain; who hides where it goes is not found.
package leak

// Use is one use of a tool by an agent.
type Use struct {
	Tool   Tool
	Text   string // the command, the address or the query; an agent wrote it
	Failed bool   // the tool said so
}

// Tool is what a tool does, whatever its agent calls it.
type Tool string

// The tools that are looked at.
const (
	Shell  Tool = "shell"  // runs a command
	Fetch  Tool = "fetch"  // gets the page of an address
	Search Tool = "search" // searches the web
)

// Task is what is known of one task.
type Task struct {
	Places  []Place // on the network, beside [Benchmarks]
	Offline bool    // its sandbox reaches none of them
	History bool    // the git repository it works in holds the answer: see [Objects]

	// Told is what its author wrote for whoever solves it, and the reference
	// solution: to go where that leads is no leak.
	Told string
}
