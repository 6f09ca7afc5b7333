package suite

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// pinnedFile is one file of a task.
type pinnedFile struct {
	Path   string // slash-separated, below the task's directory
	SHA256 string // of its content, lower-case hex
}

// digestOf is "sha256:" and the SHA-256, in hex, over one line per file in the
// order of paths: the path, a zero byte, the file's SHA-256 in hex, a newline.
// For Harbor tasks this is the number that Harbor publishes (its packager,
// compute_content_hash). Modes are not covered.
func digestOf(files []pinnedFile) string {
	sorted := slices.SortedFunc(slices.Values(files), byPath)
	h := sha256.New()
	for _, f := range sorted {
		fmt.Fprintf(h, "%s\x00%s\n", f.Path, f.SHA256)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

func byPath(a, b pinnedFile) int { return strings.Compare(a.Path, b.Path) }

// listFiles names the files that a task's digest covers, sorted by path.
//
// Harbor: task.toml, instruction.md, README.md, trajectory.json and everything
// below environment, tests, solution and steps, but for what the task's
// .gitignore (without one: Harbor's own short list) and its .harborignore files
// name. Terminal-Bench 1: every regular file, but for git's own.
//
// Symbolic links to files count as the file; those to directories are not
// followed. A link that leads out of the task's directory is an error, since
// what it names cannot be pinned.
func listFiles(dir string, form Form) ([]pinnedFile, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening task: %w", err)
	}
	defer root.Close()

	tops, ignored, err := covered(root, form)
	if err != nil {
		return nil, err
	}
	var unplaced *harborIgnores
	if form == Harbor {
		unplaced = newHarborIgnores(root)
	}
	var files []pinnedFile
	for _, top := range tops {
		err := fs.WalkDir(root.FS(), top, func(name string, e fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if name == ".git" { // a directory, or a file in a worktree: not of the task
				return skipDirOr(e, nil)
			}
			if unplaced != nil {
				if out, err := unplaced.match(name, e); err != nil || out {
					return skipDirOr(e, err)
				}
			}
			if e.IsDir() || ignored.match(name) {
				return nil
			}
			f, ok, err := hashFile(root, name)
			if ok {
				files = append(files, f)
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("listing task: %w", err)
		}
	}
	slices.SortFunc(files, byPath)
	return files, nil
}

// skipDirOr leaves an entry out with all that is in it, or gives the error.
func skipDirOr(e fs.DirEntry, err error) error {
	if err == nil && e.IsDir() {
		return fs.SkipDir
	}
	return err
}

// covered returns the files and directories at the top of a task that its
// digest covers, and the patterns of files below them that it leaves out.
func covered(root *os.Root, form Form) (tops []string, ignored ignores, err error) {
	if form == TerminalBench1 {
		return []string{"."}, nil, nil
	}
	lines := defaultIgnores
	switch data, err := root.ReadFile(".gitignore"); {
	case err == nil:
		lines = strings.Split(string(data), "\n")
	case !errors.Is(err, fs.ErrNotExist):
		return nil, nil, fmt.Errorf("reading .gitignore: %w", err)
	}
	ignored, err = parseIgnores(lines)
	if err != nil {
		return nil, nil, fmt.Errorf("reading .gitignore: %w", err)
	}
	for _, name := range []string{"task.toml", "instruction.md", "README.md", "trajectory.json", "environment", "tests", "solution", "steps"} {
		if _, err := root.Stat(name); err == nil {
			tops = append(tops, name)
		}
	}
	return tops, ignored, nil
}

// hashFile returns ok false, and no error, for what is no regular file: a
// socket, a symbolic link to a directory or to nothing.
func hashFile(root *os.Root, name string) (f pinnedFile, ok bool, err error) {
	info, err := root.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return pinnedFile{}, false, nil
	}
	if err != nil {
		return pinnedFile{}, false, err
	}
	if !info.Mode().IsRegular() {
		return pinnedFile{}, false, nil
	}
	in, err := root.Open(name)
	if err != nil {
		return pinnedFile{}, false, err
	}
	defer in.Close()
	h := sha256.New()
	if _, err := io.Copy(h, in); err != nil {
		return pinnedFile{}, false, fmt.Errorf("reading %s: %w", name, err)
	}
	return pinnedFile{Path: path.Clean(name), SHA256: hex.EncodeToString(h.Sum(nil))}, true, nil
}
