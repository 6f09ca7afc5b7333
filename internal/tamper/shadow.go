package tamper

import (
	"path"
	"slices"
)

// Listing is a directory as it is now: ID is equal for two paths of one
// directory.
type Listing struct {
	ID    string // empty: there is no such directory
	Names []string
}

// Dirs are the directories whose listings Findings needs: PATH's, and those of
// shared libraries. There are none when nothing was added to them.
func (l *Look) Dirs() []string {
	var dirs []string
	if len(l.programs) > 0 {
		dirs = append(dirs, l.tests.Path...)
	}
	if len(l.libs) > 0 {
		dirs = append(dirs, libraryDirs...)
		for _, dir := range libraryDirs {
			dirs = append(dirs, path.Join(dir, "x86_64-linux-gnu"), path.Join(dir, "aarch64-linux-gnu"))
		}
	}
	return dirs
}

// Findings are all, the gravest first. Listings has those of Dirs.
//
// Where the package manager keeps another version of something, what replaces
// programs and libraries is only suspect: to install one package can bring updates
// of others. An agent can write the manager's files as well; but what is suspect
// is tried where they are as they were.
func (l *Look) Findings(listings map[string]Listing) []Finding {
	found := slices.Clone(l.findings)
	for i, f := range found {
		if l.upgraded && (f.Says == replacesProgram || f.Says == replacesLibrary) {
			found[i].Grade = Suspect
		}
	}
	found = append(found, l.shadowing(listings)...)
	found = append(found, l.shadowingLibraries(listings)...)
	slices.SortStableFunc(found, func(a, b Finding) int { return int(b.Grade) - int(a.Grade) })
	return found
}

// shadowing are new programs that are found before one of the image of the same
// name, and new programs that the tests name.
func (l *Look) shadowing(listings map[string]Listing) []Finding {
	added := make(map[string]bool, len(l.programs)) // by directory and name
	for _, p := range l.programs {
		added[listings[path.Dir(p)].ID+"/"+path.Base(p)] = true
	}
	var found []Finding
	for _, p := range l.programs {
		dir, name := path.Dir(p), path.Base(p)
		later := l.tests.Path[min(indexOf(l.tests.Path, dir)+1, len(l.tests.Path)):]
		shadows := slices.ContainsFunc(later, func(other string) bool {
			there := listings[other]
			return there.ID != "" && there.ID != listings[dir].ID && slices.Contains(there.Names, name) && !added[there.ID+"/"+name]
		})
		switch {
		case shadows:
			found = append(found, Finding{p, "goes before a program of the image", Tampered})
		case l.mentions(name):
			found = append(found, Finding{p, "is a new program that the tests name", Suspect})
		}
	}
	return found
}

// shadowingLibraries are new libraries of the name of one that the image had,
// where the loader looks, or anywhere when it was told to look elsewhere.
func (l *Look) shadowingLibraries(listings map[string]Listing) []Finding {
	added := make(map[string]bool, len(l.libs))
	for _, p := range l.libs {
		if there := listings[path.Dir(p)]; there.ID != "" {
			added[there.ID+"/"+path.Base(p)] = true
		}
	}
	had := make(map[string]bool)
	for _, there := range listings {
		for _, name := range there.Names {
			if isLibrary(name) && !added[there.ID+"/"+name] {
				had[name] = true
			}
		}
	}
	var found []Finding
	for _, p := range l.libs {
		standard := listings[path.Dir(p)].ID != ""
		if had[path.Base(p)] && (standard || l.loader) {
			found = append(found, Finding{p, "goes before a shared library of the image", Tampered})
		}
	}
	return found
}
