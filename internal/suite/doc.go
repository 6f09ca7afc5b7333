// Package suite reads pinned tasks.
//
//  1. [Load] expands the sources of a configuration ([LoadDataset]: of flags)
//     into task directories, fetching git sources at their commit.
//  2. Each directory is read as a Harbor task (task.toml) or a Terminal-Bench 1
//     task (task.yaml) into one [Task], which has the same fields for both. A
//     field that asks for something benchgate cannot do is an error with its
//     position: running the task without it would measure another task. All
//     mistakes of a task are told at once (a list of internal/problem).
//  3. [Task.Files] names every file of the task with the digest of its content,
//     [Task.Digest] is the digest of that list.
//  4. [NewLock] writes the suite down; [Lock.Verify] compares a loaded suite
//     with what was written and names each file that changed.
//  5. After a trial, [ReadReward] reads what the task's tests said.
package suite
