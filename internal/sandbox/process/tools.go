package process

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/benchgate/benchgate/internal/sandbox"
)

// The directory tools/<hash of the name>/ has the name in a file and the tools'
// files in a folder. It is made elsewhere and renamed, so it is always complete.
const (
	toolsName  = "name"
	toolsFiles = "files"
)

// linkTools makes a link to the tools at their path in the sandbox, after filling
// them where they are not there yet.
func (e *Engine) linkTools(ctx context.Context, d *directory, tools sandbox.Tools) error {
	dir := filepath.Join(e.dir, toolsDir, fmt.Sprintf("%.12x", sha256.Sum256([]byte(tools.Name))))
	if err := e.fillTools(ctx, dir, tools, filepath.Dir(d.root)); err != nil {
		return err
	}
	at := d.Path(tools.Path)
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		return err
	}
	return os.Symlink(filepath.Join(dir, toolsFiles), at)
}

// fillTools fills a directory in drafts, which is among the run's sandboxes so
// that a sweep removes it after a crash, and renames it to dir.
func (e *Engine) fillTools(ctx context.Context, dir string, tools sandbox.Tools, drafts string) error {
	unlock, err := e.tools.Lock(ctx, dir)
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	draft, err := os.MkdirTemp(drafts, "tools-")
	if err != nil {
		return err
	}
	err = fillDraft(ctx, draft, tools)
	if err == nil {
		err = install(draft, dir)
	}
	return errors.Join(err, removeAll(draft))
}

func fillDraft(ctx context.Context, draft string, tools sandbox.Tools) error {
	if err := os.WriteFile(filepath.Join(draft, toolsName), []byte(tools.Name), 0o644); err != nil {
		return err
	}
	files := filepath.Join(draft, toolsFiles)
	if err := os.Mkdir(files, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(files)
	if err != nil {
		return err
	}
	defer root.Close()

	in, out := io.Pipe()
	filled := make(chan error, 1)
	go func() {
		err := tools.Fill(ctx, out)
		out.CloseWithError(err) // nil is the end of the file
		filled <- err
	}()
	err = extract(ctx, root, ".", in)
	if err == nil {
		_, err = io.Copy(io.Discard, in) // padding behind the tar's end
	}
	in.CloseWithError(err)
	if fillErr := <-filled; fillErr != nil {
		return fillErr
	}
	return err
}

// install renames the draft to dir. When another process has made dir meanwhile,
// its content is the same, and the draft is not needed.
func install(draft, dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	if err := os.Chmod(draft, 0o755); err != nil {
		return err
	}
	err := os.Rename(draft, dir)
	if _, statErr := os.Stat(dir); err != nil && statErr == nil {
		return nil
	}
	return err
}

// RemoveTools implements sandbox.Engine.
func (e *Engine) RemoveTools(ctx context.Context, keep func(name string) bool) ([]string, error) {
	dirs, err := filepath.Glob(filepath.Join(e.dir, toolsDir, "*"))
	if err != nil {
		return nil, err
	}
	var removed []string
	var errs []error
	for _, dir := range dirs {
		name, err := os.ReadFile(filepath.Join(dir, toolsName))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
			continue
		}
		if ctx.Err() != nil || keep != nil && keep(string(name)) {
			continue
		}
		if err := removeAll(dir); err != nil {
			errs = append(errs, fmt.Errorf("removing tools %s: %w", name, err))
			continue
		}
		removed = append(removed, "directory "+dir+" of "+string(name))
	}
	return removed, errors.Join(append(errs, ctx.Err())...)
}

// RemoveTaskImages implements sandbox.Engine. There are no images here: each
// sandbox copies the task's files.
func (*Engine) RemoveTaskImages(context.Context, func(sandbox.TaskImage) bool) ([]string, error) {
	return nil, nil
}
