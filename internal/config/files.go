package config

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/benchgate/benchgate/internal/problem"
	"go.yaml.in/yaml/v4"
)

// File is a file that is placed in the sandbox.
type File struct {
	// Path is where it is: slash-separated, clean, relative to Config.Dir.
	Path string

	// Content is what is placed; nil: not read yet, see [Config.ReadFiles].
	Content []byte

	from *source // where Path is written, for messages
	key  string
	at   place
}

// identity is the digest of the content, or the path where it was not read.
func (f File) identity() string {
	if f.Content == nil {
		return f.Path
	}
	sum := sha256.Sum256(f.Content)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Files are the files of a directory, or of a commit. Names are slash-separated,
// clean and local.
type Files interface {
	// ReadFile returns the content of a regular file of at most [MaxFile] bytes.
	// wrong says why a name is none that may be read, going on from "which ..."; it
	// is the mistake of who wrote the name. The error matches [fs.ErrNotExist] where
	// there is no such file, which is one too; any other is of the reading.
	ReadFile(ctx context.Context, name string) (content []byte, wrong string, err error)
}

// MaxFile is the largest file that is read, in bytes.
const MaxFile = 1 << 20

// maxFiles is how many files a variant may place.
const maxFiles = 100

// ReadFiles reads the files of the measured variants that were not read yet, from
// the configuration's directory. All that is wrong with them comes back as one
// [problem.List].
func (c *Config) ReadFiles(ctx context.Context) error {
	var mistakes problem.List
	for _, v := range c.Measured() {
		if err := v.readFiles(ctx, directory(c.Dir), &mistakes); err != nil {
			return err
		}
	}
	return mistakes.Err()
}

// readFiles reads those that were not read yet, and adds the mistakes to a list.
func (v *Variant) readFiles(ctx context.Context, from Files, mistakes *problem.List) error {
	for _, name := range slices.Sorted(maps.Keys(v.Settings.Files)) {
		f := v.Settings.Files[name]
		if f.Content != nil {
			continue
		}
		content, wrong, err := from.ReadFile(ctx, f.Path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			mistakes.Add(f.mistake("does not exist"))
		case err != nil:
			return fmt.Errorf("reading %s: %w", f.key, err)
		case wrong != "":
			mistakes.Add(f.mistake(wrong))
		default:
			f.Content = append([]byte{}, content...) // empty, not nil, of an empty file
			v.Settings.Files[name] = f
		}
	}
	return nil
}

func (f File) mistake(wrong string) *problem.Problem {
	return f.from.problem(f.at, "%s is %s, which %s", f.key, quote(f.Path), wrong)
}

// files reads a mapping of sandbox paths to files here.
func (s *source) files(to *map[string]File) read {
	return func(n *yaml.Node, key string) {
		*to = make(map[string]File)
		s.entries(n, key, "a mapping of paths in the sandbox to files here, for example {CLAUDE.md: prompts/CLAUDE.md}", func(name, value *yaml.Node, key string) {
			f := File{from: s, key: key, at: place{value.Line, value.Column}}
			s.text(&f.Path, "a file here")(value, key)
			if wrong := sandboxPath(name.Value); wrong != "" {
				s.reject(name, key, "%s is no path for a file in the sandbox: %s", quote(name.Value), wrong)
				return
			}
			if s.wrong[key] {
				return
			}
			if wrong := herePath(f.Path); wrong != "" {
				s.reject(value, key, "%s is %s, want %s", key, quote(f.Path), wrong)
				return
			}
			f.Path = path.Clean(f.Path)
			(*to)[name.Value] = f
		})
		if len(*to) > maxFiles {
			s.reject(n, key, "%s names %d files, want at most %d", key, len(*to), maxFiles)
		}
	}
}

// sandboxPath says what is wrong with a path of a placed file.
func sandboxPath(p string) string {
	switch {
	case p == "" || strings.HasSuffix(p, "/"):
		return "it names no file"
	case strings.Contains(p, `\`):
		return "want slashes between directories"
	case strings.ContainsFunc(p, unicode.IsControl):
		return "want it without control characters"
	case slices.Contains(strings.Split(p, "/"), ".."):
		return "want it without \"..\""
	case strings.HasPrefix(p, "/"):
		return "want it relative to the task's working directory"
	default:
		return ""
	}
}

// herePath says what is wanted instead of a path of a file here. What it takes is
// below the configuration's directory, unless links lead elsewhere.
func herePath(p string) string {
	const relative = "a path relative to this file, and below its directory"
	switch {
	case strings.Contains(p, `\`):
		return "slashes between directories"
	case strings.ContainsFunc(p, unicode.IsControl):
		return "a path without control characters"
	case path.Clean(p) == "." || strings.HasSuffix(p, "/"):
		return "a file"
	case slices.Contains(strings.Split(p, "/"), "..") || !filepath.IsLocal(filepath.FromSlash(p)):
		return relative
	case inGit(p):
		return "a file of the repository, not of git: those may hold credentials"
	default:
		return ""
	}
}

// inGit reports whether a path leads through git's own directory.
func inGit(p string) bool {
	return slices.ContainsFunc(strings.Split(p, "/"), func(part string) bool { return strings.EqualFold(part, ".git") })
}
