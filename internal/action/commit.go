package action

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// checkedOut is the commit that is checked out in a directory, read from git's
// own files: the image has no git. Source: gitrepository-layout(5).
func checkedOut(dir string) (string, error) {
	own, err := gitDir(dir)
	if err != nil {
		return "", fmt.Errorf("reading which commit is checked out in %s: %w", dir, err)
	}
	commit, err := resolve(own, "HEAD")
	if err != nil {
		return "", fmt.Errorf("reading which commit is checked out in %s: %w", dir, err)
	}
	return commit, nil
}

var errNoRepository = errors.New("it is no git repository: actions/checkout makes one only where the runner has git")

// gitDir is the repository's directory: .git, or where a file of that name
// leads, as in a worktree.
func gitDir(dir string) (string, error) {
	git := filepath.Join(dir, ".git")
	info, err := os.Stat(git)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", errNoRepository
	case err != nil:
		return "", err
	case info.IsDir():
		return git, nil
	}
	text, err := firstLine(git)
	if err != nil {
		return "", err
	}
	to, found := strings.CutPrefix(text, "gitdir: ")
	if !found {
		return "", fmt.Errorf("%s leads to no repository", git)
	}
	return below(dir, to), nil
}

// commonDir is the repository's directory as all worktrees share it: refs are
// there.
func commonDir(own string) (string, error) {
	text, err := firstLine(filepath.Join(own, "commondir"))
	if errors.Is(err, fs.ErrNotExist) {
		return own, nil
	}
	return below(own, text), err
}

func below(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// maxLinks is how many names a ref may lead through, as in git.
const maxLinks = 5

// resolve follows a ref to its commit.
func resolve(own, ref string) (string, error) {
	common, err := commonDir(own)
	if err != nil {
		return "", err
	}
	for range maxLinks {
		text, err := looseRef(own, common, ref)
		if errors.Is(err, fs.ErrNotExist) {
			return packedRef(common, ref)
		}
		if err != nil {
			return "", err
		}
		if fullCommit.MatchString(text) {
			return text, nil
		}
		to, symbolic := strings.CutPrefix(text, "ref: ")
		if !symbolic || to != "HEAD" && !strings.HasPrefix(to, "refs/") || !filepath.IsLocal(to) {
			return "", fmt.Errorf("%s is no ref that can be read here", ref)
		}
		ref = to
	}
	return "", fmt.Errorf("%s leads through more than %d refs", ref, maxLinks)
}

var fullCommit = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// looseRef reads a ref that has a file of its own.
func looseRef(own, common, ref string) (string, error) {
	text, err := firstLine(filepath.Join(own, ref))
	if errors.Is(err, fs.ErrNotExist) && own != common {
		return firstLine(filepath.Join(common, ref))
	}
	return text, err
}

// packedRef looks for a ref among those that git keeps in one file.
func packedRef(common, ref string) (string, error) {
	const most = 256 << 20 // a line has about 100 bytes; large repositories have 100,000 refs and more
	file, err := os.Open(filepath.Join(common, "packed-refs"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err == nil {
		defer file.Close()
		lines := bufio.NewScanner(io.LimitReader(file, most))
		for lines.Scan() {
			commit, name, _ := strings.Cut(lines.Text(), " ")
			if name == ref && fullCommit.MatchString(commit) {
				return commit, nil
			}
		}
		if err := lines.Err(); err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("%s is not there", ref)
}

// firstLine reads the only line of a small file.
func firstLine(name string) (string, error) {
	const most = 4 << 10
	file, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, most))
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimRight(line, "\r "), err
}
