package leak

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // git names objects by it
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// git is the program with its options, before a command of its.
const git = `\bgit(?:\s+-[cC]\s+\S+|\s+--?[\w-]+(?:=\S+)?)*\s+`

// reads are git's commands that show or bring back what was committed. Some do so
// with an option, a revision or a branch only: of "git log" and "git diff" alone an
// agent learns what it did itself, and "git checkout main.c" undoes that.
var reads = []*regexp.Regexp{
	regexp.MustCompile(git + `(?:show|cat-file|reflog|fsck|cherry-pick|revert|ls-tree|bisect|format-patch|fast-export|whatchanged|verify-pack|unpack-objects|bundle|archive|worktree add)\b` + rest),
	regexp.MustCompile(git + `(?:log|rev-list)\b` + rest + `?\s(?:-p|-u|-g|--patch|--all|--branches|--remotes|--tags|--objects|--reflog|--walk-reflogs|-[SGL]\S*)(?:[\s=]` + rest + `|$)`),
	regexp.MustCompile(git + `(?:diff|checkout|restore|reset|merge|rebase|switch|stash|log)\b` + rest + `?(?:\b[0-9a-f]{7,40}\b|\w[~^]|@\{|\.\.|\borigin/|\b(?:ORIG|FETCH|MERGE)_HEAD\b|\brefs/|stash@)` + rest),
	regexp.MustCompile(git + `(?:checkout|switch|merge|rebase)\s+\w[\w-]*(?:\s` + rest + `|$)`),
}

// rest is what is left of a simple command.
const rest = `.*`

// maxSimple is how much of a simple command is looked at, in bytes.
const maxSimple = 1 << 10

// ReadsHistory reports whether a command reads what a git repository has besides the
// files that are checked out, and gives that part of the command. It may be a
// script of simple commands.
func ReadsHistory(command string) (what string, found bool) {
	for simple := range strings.FieldsFuncSeq(command, func(c rune) bool { return strings.ContainsRune(";&|\n", c) }) {
		if !strings.Contains(simple, "git") {
			continue
		}
		simple = simple[:min(len(simple), maxSimple)]
		for _, r := range reads {
			if part := r.FindString(simple); part != "" {
				return strings.TrimSpace(part), true
			}
		}
	}
	return "", false
}

// Objects are what git repositories hold, by the names of their objects.
type Objects map[string]bool

// Add takes a file of a directory that may have repositories in it: an object by its
// name, or the index of a pack, in which all of a pack's are named. Other files, and
// indexes that cannot be read, add nothing.
func (o Objects) Add(name string, content []byte) {
	dir, file := path.Split(path.Clean("/" + name))
	switch first := path.Base(dir); {
	case path.Base(path.Dir(path.Clean(dir))) == "objects" && len(first) == 2 && len(file) == 38 && isHex(first+file):
		o[first+file] = true
	case strings.HasSuffix(dir, "/objects/pack/") && strings.HasSuffix(file, ".idx"):
		o.addIndex(content)
	}
}

func isHex(s string) bool { return strings.Trim(s, "0123456789abcdef") == "" }

// addIndex reads the second version of git's pack index (gitformat-pack): a magic
// number, 256 running totals of which the last is the number of objects, and the
// objects' names, 20 bytes each.
func (o Objects) addIndex(content []byte) {
	const header, fanout, name = 8, 256 * 4, 20
	if len(content) < header+fanout || !bytes.HasPrefix(content, []byte("\xfftOc\x00\x00\x00\x02")) {
		return
	}
	objects := int64(binary.BigEndian.Uint32(content[header+fanout-4:]))
	names := content[header+fanout:]
	if objects*name > int64(len(names)) {
		return
	}
	for one := range slices.Chunk(names[:objects*name], name) {
		o[hex.EncodeToString(one)] = true
	}
}

// leastContent is how many bytes a file must have, white space aside, to be taken
// for an answer: shorter ones are alike by chance.
const leastContent = 32

// Has reports whether some repository holds a file of this content, whatever its
// name there.
func (o Objects) Has(content []byte) bool {
	if len(o) == 0 || len(bytes.TrimSpace(content)) < leastContent {
		return false
	}
	h := sha1.New() //nolint:gosec // as above
	fmt.Fprintf(h, "blob %d\x00", len(content))
	h.Write(content)
	return o[hex.EncodeToString(h.Sum(nil))]
}

// remote is the address of another repository in a repository's configuration.
var remote = regexp.MustCompile(`(?m)^\s*url\s*=\s*"?(\S+?)"?\s*$`)

// Remotes are the places of the repositories that this one was copied from, where
// the file is a repository's configuration. An image's author wrote it.
func Remotes(name string, content []byte) []Place {
	if dir, file := path.Split(path.Clean("/" + name)); file != "config" || !strings.HasSuffix(dir, ".git/") {
		return nil
	}
	var places []Place
	for _, m := range remote.FindAllSubmatch(content, -1) {
		if p := PlaceOf(string(m[1])); p != "" && !slices.Contains(places, p) {
			places = append(places, p)
		}
	}
	return places
}
