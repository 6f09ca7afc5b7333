// Package suite reads pinned tasks.
//
//  1. [Load] expands the sources of a configuration ([LoadDataset]: of flags)
//     into task directories, fetching git sources at their commit.
//  2. Each directory is read as a Harbor task (task.toml) or a Terminal-Bench 1
//     task (task.yaml) into one [Task], in which nothing is left to interpret.
//     What a known field asks for and benchgate cannot do is refused with the
//     field's name and position: a task is never half-run.
//  3. listFiles names every file of the task with its digest, digestOf is the
//     digest of that list.
//  4. [NewLock] writes the suite down; [Lock.Verify] compares a loaded suite
//     with what was written and names each file that changed.
//  5. After a trial, [ReadReward] reads what the task's tests said.
package suite
