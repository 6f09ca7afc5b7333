// Package branchstore keeps accepted runs on a branch of a git repository, as
// package baselines keeps them in a directory:
//
//	<id>/run.jsonl
//	<id>/ledger.jsonl            when the run was saved with one
//	<id>/provenance.json         when it is known where it was measured
//	<id>/fingerprint-v1-<hex>    so that a gate reads only the runs that it may use
//	README.md                    what this branch is
//
// Whoever checks the branch out has a directory store. The branch shares no
// history with others and every change of it is one commit: a writer puts its
// commit on the tip that it has read, and reads again when the branch has moved
// meanwhile. So a run is there whole or not at all, whenever a writer dies, and
// two writers lose nothing.
//
//   - store.go       a baselines.Store on a branch
//   - change.go      what saving, accepting and removing change, and trying again
//   - layout.go      which files are a run's
//   - provenance.go  where a run was measured
//   - readonly.go    a store that refuses to be changed
//   - branch.go      what a branch must do; internal/pullrequest does it with GitHub's API
//   - git.go         the same with the git program: what is read
//   - gitcommit.go   and what is written
//   - name.go        which names a branch may have
//
// What is on the branch was written by others: names are checked, sizes are
// limited, and contents must be what their ids say.
package branchstore
