package branchstore

import (
	"maps"
	"strings"

	"github.com/benchgate/benchgate/baselines"
)

const (
	provenanceFile = "provenance.json"
	readmeFile     = "README.md"

	// fingerprintName begins the name of a file that says what a run measured.
	// The version is that of the fingerprint's own text: under another one a run
	// has to be read.
	fingerprintName = "fingerprint-v1-"
)

const readme = `Accepted runs of benchgate: the baselines that its gates compare with. Each
directory is one run, written by "benchgate baseline" and by benchgate's Action;
"benchgate baseline list" shows them. Do not edit files here by hand: a run that
cannot be read any more keeps gates from using this branch.
`

// storedRun is a run's files in a tip, by their names in its directory.
type storedRun map[string]File

// runsOf are the runs of a tip by their ids. What else is on the branch is
// somebody else's.
func runsOf(tip Tip) map[string]storedRun {
	dirs := make(map[string]storedRun)
	for _, f := range tip.Files {
		id, name, below := strings.Cut(f.Path, "/")
		if !below || baselines.ValidID(id) != nil {
			continue
		}
		if dirs[id] == nil {
			dirs[id] = make(storedRun)
		}
		dirs[id][name] = f
	}
	maps.DeleteFunc(dirs, func(_ string, r storedRun) bool { _, has := r[baselines.RunFile]; return !has })
	return dirs
}

// mayBe reports whether a run may have a fingerprint, as far as its files' names
// tell. Without such a name it may.
func (r storedRun) mayBe(fingerprint string) bool {
	if fingerprint == "" {
		return true
	}
	marked := false
	for name := range r {
		if name == nameOf(fingerprint) {
			return true
		}
		marked = marked || strings.HasPrefix(name, fingerprintName)
	}
	return !marked
}

func nameOf(fingerprint string) string {
	return fingerprintName + strings.TrimPrefix(fingerprint, "sha256:")
}

// filesOf are all paths of a tip below a run's directory.
func filesOf(tip Tip, id string) []string {
	var out []string
	for _, f := range tip.Files {
		if strings.HasPrefix(f.Path, id+"/") {
			out = append(out, f.Path)
		}
	}
	return out
}
