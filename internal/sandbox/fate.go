package sandbox

// Fate is what became of a sandbox itself, not of a command in it.
type Fate struct {
	Kind   FateKind
	Detail string // what the engine says of it: "exit code 127", "signal 9"; may be empty
}

// FateKind says whether a sandbox still is one, and if not, whether that came
// from inside or from outside.
type FateKind string

// What may become of a sandbox. Whose doing each is, is the table in
// internal/trial/cause.go.
const (
	Lives        FateKind = "lives"         // commands can be run in it
	EndedItself  FateKind = "ended itself"  // its main process ended, and nobody outside had asked for that
	OverMemory   FateKind = "over memory"   // its own memory limit killed its main process
	Broken       FateKind = "broken"        // it cannot be started again after [Sandbox.StopProcesses], while a fresh one of the same image can
	EndedOutside FateKind = "ended outside" // somebody outside killed, stopped, restarted or removed it
	EngineLost   FateKind = "engine lost"   // it has ended, and the engine knows of no end: the engine was restarted meanwhile
)
