// Package keptimage keeps images of tasks as files, for engines that begin
// without them: those of CI jobs, which get a new machine each time.
//
//   - store.go   a directory of such files: one is kept, one is opened
//   - room.go    which files go when there are too many bytes
//   - record.go  what is known of a file, beside it
//   - saved.go   what a file says of itself, before an engine reads it
package keptimage
