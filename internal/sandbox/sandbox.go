// Package sandbox says what a place for one trial must do. Two real
// implementations exist: sandbox/docker on a Docker engine, and
// sandbox/process without isolation, for suites that declare themselves
// trusted. Both pass the contract in sandboxtest.
package sandbox

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/benchgate/benchgate/internal/suite"
)

// Kind names an engine, as the configuration does.
type Kind string

// The kinds of engine.
const (
	Docker  Kind = "docker"
	Process Kind = "process" // no isolation: trusted suites only
)

// ErrUnsupported says that this kind of engine cannot do what the task needs.
// It is a suite error, not an infrastructure error.
var ErrUnsupported = errors.New("not supported by this sandbox")

// ErrEngine says that the engine itself failed or is gone; a trial that meets
// it ends as an infrastructure error.
var ErrEngine = errors.New("engine failed")

// Engine makes sandboxes. Its methods may be called from several goroutines.
type Engine interface {
	// Info names the engine and what the machine behind it has. It is the
	// first call; an engine that cannot be reached says here what to do.
	Info(ctx context.Context) (Info, error)

	// Prepare builds or finds the environment of a task once, so that Create
	// is quick, and returns its identity (an image ID or digest). Log receives
	// the build's output.
	Prepare(ctx context.Context, env suite.Environment, log io.Writer) (Image, error)

	// Create makes and starts a sandbox in which nothing runs yet.
	Create(ctx context.Context, spec Spec) (Sandbox, error)

	// Sweep removes everything that carries the run's label, or, with an
	// empty run, everything of any run whose owner is gone. The agents'
	// volumes stay. It returns what it removed.
	Sweep(ctx context.Context, run string) ([]string, error)

	// RemoveTools removes the tools that are kept from run to run, except those
	// whose name keep wants to stay; a nil keep keeps none. They are filled
	// again when a sandbox asks for them. It returns what it removed, also
	// with an error; tools that the engine sees in use are one.
	RemoveTools(ctx context.Context, keep func(name string) bool) ([]string, error)

	// RemoveTaskImages removes the images that Prepare built, except those of
	// tasks whose digest keep wants to stay; a nil keep keeps none. Prepare
	// builds them again. It returns what it removed, also with an error; images
	// in use are one. An engine that keeps no images removes nothing.
	RemoveTaskImages(ctx context.Context, keep func(digest string) bool) ([]string, error)

	// Gateway returns the address a sandbox of this engine reaches the
	// benchgate process at: where the meter and the OTLP receiver listen
	// (listen, to be given to net.Listen with port 0) and the host name or IP
	// that a sandbox dials (dial, without a port). Each network has its own.
	Gateway(ctx context.Context, run string, network suite.Network) (Gateway, error)

	// Close releases what the engine itself holds (the run's networks). It
	// removes no sandbox.
	Close(ctx context.Context) error
}

// Gateway is where a sandbox finds the benchgate process.
type Gateway struct {
	ListenHost string // host part for net.Listen, for example "172.18.0.1"
	DialHost   string // host part of the URLs inside the sandbox
}

// Info describes an engine.
type Info struct {
	Engine      string // as it is written to run files: "docker 20.10.24", "process"
	OS, Arch    string // GOOS and GOARCH of sandboxes
	CPUs        int
	MemoryBytes int64 // zero when not known
	Isolated    bool
}

// Image is a prepared environment.
type Image struct {
	ID      string // image ID, or a digest of the files for engines without images
	Workdir string // where commands run by default, absolute in the sandbox
	User    string // the image's user; empty means root
	OS      string
	Arch    string
	Libc    string // "glibc", "musl" or "" when not known
}

// Spec asks for one sandbox.
type Spec struct {
	Run, Trial  string // label values; Trial is unique within the run
	Environment suite.Environment
	Image       Image // as Prepare returned it
	Env         map[string]string
	Workdir     string // empty: the image's
	User        string // empty: the image's
	Network     suite.Network
	CPUs        float64 // zero: no limit
	MemoryMB    int64   // zero: no limit
	PIDs        int64   // zero: the engine's default of 2048
	Tools       []Tools // read-only software to mount, the agent for one
}

// Tools is software put into a sandbox without its image knowing: a directory
// that is filled once per engine under Name and mounted read-only at Path.
type Tools struct {
	Name string // identity with version, for example "claude-code-2.1.330-glibc"
	Path string // absolute path in the sandbox
	// Fill writes a tar of the directory's content; called only when the
	// engine does not have Name yet.
	Fill func(ctx context.Context, w io.Writer) error
}

// Command is one program to run in a sandbox.
type Command struct {
	Argv    []string
	Env     map[string]string // added to the sandbox's own
	Workdir string            // empty: the sandbox's
	User    string            // empty: the sandbox's; "root" is always root
	Stdin   io.Reader         // nil: empty
	Stdout  io.Writer         // nil: discarded
	Stderr  io.Writer
}

// Exit is how a command ended.
type Exit struct {
	Code        int  // exit code; 128+n after signal n
	OutOfMemory bool // the sandbox's memory limit killed a process
}

// Sandbox is a place for one trial. Its methods are not called concurrently,
// except StopProcesses and Remove during Exec.
type Sandbox interface {
	// ID is the engine's name for it.
	ID() string

	// Path translates an absolute path of the task's world ("/app",
	// "/tests") to what processes in the sandbox must use; it is the identity
	// for isolated engines. CopyIn, CopyOut and Command.Workdir take paths of
	// the task's world and translate them themselves; Command.Argv and Env do
	// not. Where Path is not the identity, every command's environment has
	// the prefix in BENCHGATE_ROOT, so that a trusted task's scripts can say
	// "${BENCHGATE_ROOT:-}/logs/verifier/reward.txt" and run everywhere.
	Path(abs string) string

	// Exec runs a command to its end. An exit code is not an error. When ctx
	// ends first Exec returns ctx's error; what the command started may still
	// run: StopProcesses ends it.
	Exec(ctx context.Context, cmd Command) (Exit, error)

	// CopyIn unpacks a tar below the directory dir, which is created when
	// missing. Ownership in the tar is kept where the engine can.
	CopyIn(ctx context.Context, dir string, tar io.Reader) error

	// CopyOut packs a file or directory; names in the tar start with its base
	// name. A path that does not exist gives an error matching fs.ErrNotExist.
	CopyOut(ctx context.Context, path string) (io.ReadCloser, error)

	// StopProcesses ends every process of the sandbox: TERM, the grace, then
	// an end that nothing survives. Files stay; Exec works again afterwards.
	StopProcesses(ctx context.Context, grace time.Duration) error

	// Remove destroys the sandbox. Removing twice is not an error.
	Remove(ctx context.Context) error
}
