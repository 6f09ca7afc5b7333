package branchstore

// For tests of what reads foreign bytes.
var (
	Listed         = listed
	RunsOf         = runsOf
	ReadProvenance = readProvenance
)
