// Package baselines is what a run is, on disk and in memory, and the store of
// accepted runs.
//
// A run is all trials of one variant on one suite, in one file
// (benchgate.run/v1, JSON lines): line 1 is the [Header], every other line one
// [Trial]. The file is also the journal of the run while it happens: lines are
// appended and fsynced one by one, so a crash loses no finished trial. A torn
// last line is dropped on reading. Trials are in the order in which they ended,
// which depends on the machine; statistics take them by [Trial.Seq].
//
// A baseline is a run that was accepted; a [Store] keeps those. A value that
// is not known is absent (a nil pointer), never zero.
//
// The package reads no clock and no environment, opens no connection and logs
// nothing.
package baselines
