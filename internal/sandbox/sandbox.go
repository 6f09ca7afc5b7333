// Package sandbox defines Engine and Sandbox: where one trial runs. There are
// two implementations: sandbox/docker on a Docker engine, and sandbox/process
// without isolation, for suites that declare themselves trusted. Both pass the
// tests in sandboxtest.
package sandbox

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"time"

	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/tamper"
)

// Kind names an engine, as the configuration does.
type Kind string

// The kinds of engine.
const (
	Docker  Kind = "docker"
	Process Kind = "process" // no isolation: trusted suites only
)

// ErrUnsupported says that this kind of engine cannot do what the task needs.
// It counts as a mistake in the suite, not as a failure of the infrastructure:
// trying again does not help.
var ErrUnsupported = errors.New("not supported by this sandbox")

// ErrEngine says that the engine itself failed or is gone; a trial that meets
// it ends as an infrastructure error. An error of a Sandbox's methods that does
// not match it says what the engine cannot do in this sandbox as it is.
var ErrEngine = errors.New("engine failed")

// ErrStays says that what is in the way of a directory cannot be removed.
var ErrStays = errors.New("it cannot be removed")

// Engine makes sandboxes. Its methods may be called from several goroutines.
type Engine interface {
	// Info names the engine and the CPUs and memory of its machine. It is
	// called first; when the engine cannot be reached, the error says what the
	// user can do.
	Info(ctx context.Context) (Info, error)

	// Prepare builds the image of a task's environment, or finds the one built
	// earlier, so that Create is quick. Log receives the build's output; nil
	// discards it.
	Prepare(ctx context.Context, env suite.Environment, log io.Writer) (Image, error)

	// Create makes and starts a sandbox in which nothing runs yet.
	Create(ctx context.Context, spec Spec) (Sandbox, error)

	// Sweep removes everything that carries the run's label, or, with an
	// empty run, everything of any run whose process has ended (see
	// [Owner.Gone]). The agents' volumes are kept. It returns the names of
	// what it removed.
	Sweep(ctx context.Context, run string) ([]string, error)

	// RemoveTools removes the tools, which the engine else keeps from run to
	// run, except those for whose name keep returns true; a nil keep removes
	// all. The next sandbox that asks for them fills them again. It returns
	// the names of what it removed, also with an error; tools that the engine
	// sees in use are an error.
	RemoveTools(ctx context.Context, keep func(name string) bool) ([]string, error)

	// RemoveTaskImages removes the images that Prepare built, except those for
	// which keep returns true; a nil keep removes all. It is asked about the image
	// that was used last first. Prepare builds them again. It returns the names of
	// what it removed, also with an error; an image in use is an error. An engine
	// without images removes nothing.
	RemoveTaskImages(ctx context.Context, keep func(TaskImage) bool) ([]string, error)

	// Gateway returns the address at which sandboxes on one of the run's
	// networks reach the benchgate process. The meter and the OTLP receiver
	// listen there.
	Gateway(ctx context.Context, run string, network suite.Network) (Gateway, error)

	// DiskFree is how many bytes the disk has left that sandboxes are on; zero:
	// not known. It takes no time to speak of.
	DiskFree() int64

	// Close removes what the engine made for itself, such as the run's
	// networks. It removes no sandbox.
	Close(ctx context.Context) error
}

// Gateway is where a sandbox finds the benchgate process.
type Gateway struct {
	ListenHost string // host for net.Listen, for example "172.18.0.1"
	DialHost   string // host of the URLs inside the sandbox, without a port
}

// Info describes an engine.
type Info struct {
	Engine      string // as it is written to run files: "docker 20.10.24", "process"
	OS, Arch    string // GOOS and GOARCH of sandboxes
	CPUs        int
	MemoryBytes int64 // zero when not known
	Isolated    bool  // sandboxes cannot see this machine's files and processes
}

// Image is a prepared environment.
type Image struct {
	ID      string // image ID, or a digest of the files for engines without images
	Workdir string // where commands run by default, absolute in the sandbox
	User    string // the image's user; empty means root
	OS      string
	Arch    string
	Libc    string // "glibc", "musl" or "" when not known
	Path    string // PATH in its environment; empty: not set

	// Entrypoint is the command through which the image runs others; nil: none.
	Entrypoint []string
}

// TaskImage is an image that Prepare built.
type TaskImage struct {
	Digest string    // of the task
	Used   time.Time // when it was prepared last
}

// Spec asks for one sandbox.
type Spec struct {
	Run, Trial  string // label values; Trial is unique within the run
	Environment suite.Environment
	Image       Image // as Prepare returned it
	Env         map[string]string
	Workdir     string        // empty: the image's
	User        string        // empty: the image's
	Network     suite.Network // Public or NoNetwork: the run's network that it is on
	Access      suite.Access  // where it gets to at first; zero: all that Network gives, and SetAccess is not for it
	Reach       []string      // benchgate's own addresses, "host:port" as a sandbox dials them, which it reaches whatever its network
	CPUs        float64       // zero: no limit
	MemoryMB    int64         // zero: no limit
	PIDs        int64         // zero: the engine's default of 2048
	Tools       []Tools       // read-only software to mount, the agent for one
}

// Tools is software that is not part of the image, such as the agent: a
// directory that is filled once per engine under Name and mounted read-only at
// Path.
type Tools struct {
	Name string // with version: another content needs another name, for example "claude-code-2.1.330-linux-x64"
	Path string // absolute path in the sandbox
	// Fill writes a tar of the directory's content; called only when the
	// engine does not have Name yet.
	Fill func(ctx context.Context, w io.Writer) error
}

// Dir is a directory to make: its absolute path in the sandbox and its mode.
type Dir struct {
	Path string
	Mode fs.FileMode
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

	// Started is called with the command's process ID, as StopTree takes it,
	// before the command can do anything; nil: nobody asks.
	Started func(pid int)
}

// Entrypoint is a run of an image's ENTRYPOINT.
type Entrypoint struct {
	User    string    // as of a [Command]
	Workdir string    // as of a [Command]
	Output  io.Writer // both of its streams; nil: discarded
	Waits   func()    // called when it runs the command that it was given; nil: nobody asks
}

// Exit is how a command ended.
type Exit struct {
	Code        int  // exit code; 128+n after signal n
	OutOfMemory bool // the sandbox's memory limit killed a process
}

// Sandbox is a place for one trial. Its methods are not called concurrently,
// except StopProcesses, StopTree and Remove during Exec, and all during
// RunEntrypoint.
type Sandbox interface {
	// ID is the engine's name for it.
	ID() string

	// Path translates an absolute path as the task writes it ("/app",
	// "/tests") to the one that processes in the sandbox must use. Isolated
	// engines return abs unchanged; the process engine puts the sandbox's
	// directory before it. CopyIn, CopyOut and Command.Workdir take the task's
	// paths and translate them; Command.Argv and Env are not translated. Where
	// Path adds a prefix, every command's environment has it in
	// BENCHGATE_ROOT, so that a trusted task's scripts can say
	// "${BENCHGATE_ROOT:-}/logs/verifier/reward.txt" and run on any engine.
	Path(abs string) string

	// Exec runs a command to its end. An exit code is not an error. When ctx
	// ends first Exec returns ctx's error; what the command started may still
	// run: StopProcesses ends it.
	Exec(ctx context.Context, cmd Command) (Exit, error)

	// RunEntrypoint runs the image's ENTRYPOINT, with a command that only waits in
	// place of the image's own, until it ends, as Exec runs a command. Nothing else
	// runs it. Where the image has none, or the engine no images: ErrUnsupported.
	RunEntrypoint(ctx context.Context, e Entrypoint) (Exit, error)

	// CopyIn unpacks a tar below the directory dir, which is created when
	// missing. Ownership in the tar is kept where the engine can.
	CopyIn(ctx context.Context, dir string, tar io.Reader) error

	// CopyOut packs a file or directory; names in the tar start with its base
	// name. A path that does not exist gives an error matching fs.ErrNotExist.
	CopyOut(ctx context.Context, path string) (io.ReadCloser, error)

	// Empty makes each of the directories, empty, whatever is at its path; what
	// else is in the way becomes a directory, too, and no link is followed. It
	// uses no program that a command in the sandbox could have changed. When it
	// cannot remove something the error matches ErrStays.
	Empty(ctx context.Context, dirs ...Dir) error

	// Changes calls see for each path in which the sandbox's files differ from
	// the image's, as seen from outside. An engine without images has none to
	// compare with: ErrUnsupported.
	Changes(ctx context.Context, see func(tamper.Change)) error

	// List lists directories, by their paths as they were asked for; one that
	// does not exist is not among them. It uses no program that a command in the
	// sandbox could have changed. An engine without Changes has no use for it:
	// ErrUnsupported.
	List(ctx context.Context, dirs ...string) (map[string]tamper.Listing, error)

	// StopProcesses ends every process of the sandbox: it sends TERM, waits at
	// most grace, and kills what is left. A grace of zero kills at once. Files
	// are kept; Exec works again afterwards.
	StopProcesses(ctx context.Context, grace time.Duration) error

	// StopTree ends one process, by the number that Command.Started was given,
	// and its descendants, as StopProcesses does. Those that are no descendants
	// any more (a service put into the background, whose parent has ended) are
	// left running. A process that has ended is not an error.
	StopTree(ctx context.Context, pid int, grace time.Duration) error

	// Fate says what has become of the sandbox, as far as the engine knows.
	// It may take some seconds, because a command's end can be known before
	// that of the sandbox which caused it: then Fate waits for it. An error
	// means that the engine could not be asked. It is not for sandboxes that
	// were removed by Remove.
	Fate(ctx context.Context) (Fate, error)

	// SetAccess says where the sandbox gets to from now on; connections that it may not
	// have any more end. It is for sandboxes on the network suite.Public that were
	// made with an Access. An engine that bounds none gives ErrUnsupported.
	SetAccess(ctx context.Context, access suite.Access) error

	// Refused says which of the sandbox's connections the engine let not out,
	// so far. Zero with an engine that bounds none.
	Refused(ctx context.Context) (Refused, error)

	// Asked says which hosts the sandbox's processes asked for by name since it was
	// called last, as far as the engine sees that. It keeps a bounded number of names;
	// from now on those of the wanted hosts, and below them, are among them, one of each
	// at least.
	Asked(ctx context.Context, wanted ...string) (Asked, error)

	// Written is how many bytes of files the sandbox has made or changed, as
	// their sizes say; zero also with an engine that does not know. It looks at
	// each file: seconds, where there are 100,000.
	Written(ctx context.Context) (int64, error)

	// Remove destroys the sandbox. Removing twice is not an error.
	Remove(ctx context.Context) error
}

// Asked are the names of hosts that a sandbox asked for, in queries for names or as
// servers of TLS connections. Names that it may not resolve are among what it was
// Refused instead.
type Asked struct {
	Watched bool     // the engine looked; otherwise nothing is known
	Hosts   []string // the first first: letters in lower case, digits and "-._"; all else is "?"
	More    uint64   // how often others were asked for, of which the names are not known
	Lost    uint64   // packets that came too fast to be looked at
}

// Refused is what a sandbox tried to reach and may not.
type Refused struct {
	Packets uint64 // one connection may be several; queries for names are counted, too
	// To are some of where to, as in "name example.com" of a name that may not be
	// resolved, and "tcp 169.254.169.254:80". Names come first, the most of each first.
	To []string
}
