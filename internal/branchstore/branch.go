package branchstore

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
)

// Branch is a branch of a git repository. Its methods may be called from several
// goroutines.
type Branch interface {
	// Tip reads which files there are now. A branch that does not exist yet has
	// the zero Tip, which is no error.
	Tip(ctx context.Context) (Tip, error)

	// Blob reads the content of a file of a tip.
	Blob(ctx context.Context, f File) ([]byte, error)

	// Commit puts one commit on top of a tip, and begins the branch on the zero
	// Tip. The error matches [ErrMoved], and nothing has changed, when the
	// branch's tip is another one now.
	Commit(ctx context.Context, on Tip, c Change) error

	// String is the branch for people, as in "branch x of origin".
	String() string
}

// ErrMoved says that the branch is not any more as it was read.
var ErrMoved = errors.New("the branch has moved")

// ErrProtected says that a rule of the server keeps the branch from being changed
// like this.
var ErrProtected = errors.New("the branch is protected: let whoever writes baselines pass the rule, or propose the run (benchgate baseline promote)")

// Tip is a branch at one commit.
type Tip struct {
	Commit string // its id; empty: the branch does not exist
	Files  []File
}

// File is one in a tip's tree.
type File struct {
	Path    string // with slashes, from the root
	ID      string // of the blob: 40 hexadecimal digits, or 64 where git uses SHA-256
	Size    int64  // bytes
	Regular bool   // no link and no other repository
}

// Change is what a commit does. A path is in Put or in Delete, not in both.
type Change struct {
	Message string
	Put     map[string][]byte // whole contents by path
	Delete  []string          // paths of the tip
}

// MaxFile is how large a stored file may be, in bytes. A run file has about a
// kilobyte for each trial, a ledger about as much for each request.
const MaxFile = 40 << 20

// checked wants of a blob that it is what its id says.
func checked(f File, content []byte) error {
	if int64(len(content)) != f.Size || BlobID(content, len(f.ID)) != f.ID {
		return fmt.Errorf("%s is not what its id says: %d bytes, want %d with the id %s", f.Path, len(content), f.Size, f.ID)
	}
	return nil
}

// BlobID is the id that git gives to a file's content, in 40 hexadecimal digits
// (SHA-1) or 64 (SHA-256).
func BlobID(content []byte, digits int) string {
	var h hash.Hash = sha1.New() // git's name for a content, no protection
	if digits == hex.EncodedLen(sha256.Size) {
		h = sha256.New()
	}
	fmt.Fprintf(h, "blob %d\x00", len(content))
	h.Write(content)
	return hex.EncodeToString(h.Sum(nil))
}
