package githubtest

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// gitData is the repository's git data: real objects, with the ids that git
// gives them.
type gitData struct {
	objects   map[string]object
	refs      map[string]string // commits by the full names of refs
	protected map[string]string // with which message GitHub refuses to move a ref
	commits   int               // so far; a commit's second
}

type object struct {
	kind    string // blob, tree, commit
	content []byte
}

// treeEntry is a file of a tree, by its path from the tree.
type treeEntry struct{ mode, id string }

// newGitData has the branch main with one commit.
func newGitData() *gitData {
	d := &gitData{objects: make(map[string]object), refs: make(map[string]string), protected: make(map[string]string)}
	tree := d.addTree(map[string]treeEntry{"README": {"100644", d.add("blob", []byte("Hello World!\n"))}})
	d.refs["refs/heads/main"] = d.addCommit(tree, nil, "octocat", "first commit")
	return d
}

func (d *gitData) add(kind string, content []byte) string {
	sum := sha1.Sum(fmt.Appendf(nil, "%s %d\x00%s", kind, len(content), content))
	id := hex.EncodeToString(sum[:])
	d.objects[id] = object{kind, content}
	return id
}

func (d *gitData) is(id, kind string) bool { return d.objects[id].kind == kind }

// addTree writes the files and the directories that they make.
func (d *gitData) addTree(files map[string]treeEntry) string {
	here := make(map[string]treeEntry)
	below := make(map[string]map[string]treeEntry)
	for path, entry := range files {
		dir, rest, nested := strings.Cut(path, "/")
		if !nested {
			here[path] = entry
			continue
		}
		if below[dir] == nil {
			below[dir] = make(map[string]treeEntry)
		}
		below[dir][rest] = entry
	}
	for dir, files := range below {
		here[dir] = treeEntry{"40000", d.addTree(files)}
	}
	var content []byte
	for _, name := range slices.SortedFunc(maps.Keys(here), func(a, b string) int {
		return strings.Compare(sortedAs(a, here[a]), sortedAs(b, here[b]))
	}) {
		id, err := hex.DecodeString(here[name].id)
		if err != nil {
			panic(err) // ids are checked where they come in
		}
		content = append(fmt.Appendf(content, "%s %s\x00", here[name].mode, name), id...)
	}
	return d.add("tree", content)
}

// sortedAs: git sorts a directory as if its name ended in a slash.
func sortedAs(name string, e treeEntry) string {
	if e.mode == "40000" {
		return name + "/"
	}
	return name
}

// entries are what a tree holds itself, in its order.
func (d *gitData) entries(tree string) (names []string, found map[string]treeEntry) {
	found = make(map[string]treeEntry)
	for rest := string(d.objects[tree].content); rest != ""; {
		about, after, _ := strings.Cut(rest, "\x00")
		mode, name, _ := strings.Cut(about, " ")
		names = append(names, name)
		found[name] = treeEntry{mode, hex.EncodeToString([]byte(after[:20]))}
		rest = after[20:]
	}
	return names, found
}

// files are all files below a tree by their paths.
func (d *gitData) files(tree string) map[string]treeEntry {
	all := make(map[string]treeEntry)
	_, here := d.entries(tree)
	for name, entry := range here {
		if entry.mode != "40000" {
			all[name] = entry
			continue
		}
		for path, file := range d.files(entry.id) {
			all[name+"/"+path] = file
		}
	}
	return all
}

// firstSecond is when the first commit was made.
var firstSecond = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

func (d *gitData) addCommit(tree string, parents []string, login, message string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "tree %s\n", tree)
	for _, parent := range parents {
		fmt.Fprintf(&b, "parent %s\n", parent)
	}
	d.commits++
	by := fmt.Sprintf("%s <%s@users.noreply.github.com> %d +0000", login, login, firstSecond.Unix()+int64(d.commits))
	fmt.Fprintf(&b, "author %s\ncommitter %s\n\n%s", by, by, message)
	return d.add("commit", []byte(b.String()))
}

// commit reads a commit's tree, parents and message.
func (d *gitData) commit(id string) (tree string, parents []string, message string) {
	head, message, _ := strings.Cut(string(d.objects[id].content), "\n\n")
	for line := range strings.Lines(head) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch name {
		case "tree":
			tree = value
		case "parent":
			parents = append(parents, value)
		}
	}
	return tree, parents, message
}

// isAncestor reports whether a commit is another one or in its history.
func (d *gitData) isAncestor(of, commit string) bool {
	seen := make(map[string]bool)
	for next := []string{commit}; len(next) > 0; next = next[1:] {
		if next[0] == of {
			return true
		}
		if _, parents, _ := d.commit(next[0]); !seen[next[0]] {
			next = append(next, parents...)
		}
		seen[next[0]] = true
	}
	return false
}

// Export writes all objects and refs into a new bare repository, for git to
// read.
func (g *GitHub) Export(dir string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	files := map[string][]byte{
		"HEAD":   []byte("ref: refs/heads/main\n"),
		"config": []byte("[core]\n\trepositoryformatversion = 0\n\tbare = true\n"),
	}
	for id, o := range g.git.objects {
		var packed bytes.Buffer
		w := zlib.NewWriter(&packed)
		fmt.Fprintf(w, "%s %d\x00%s", o.kind, len(o.content), o.content)
		if err := w.Close(); err != nil {
			return err
		}
		files["objects/"+id[:2]+"/"+id[2:]] = packed.Bytes()
	}
	for ref, id := range g.git.refs {
		files[ref] = []byte(id + "\n")
	}
	for name, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
