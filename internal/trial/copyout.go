package trial

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"time"
)

// copyTime is how long one copy between us and a sandbox in which an agent worked
// may take, and placeTime that of the tests, which may be large. What an agent left
// there can make the engine read without an end.
var copyTime = time.Minute // a variable for tests

const placeTime = 10 * time.Minute

// copyOut is CopyOut of the sandbox with a deadline on opening and reading
// together. Reaching it is [errDeadline], from either.
func (a *attempt) copyOut(ctx context.Context, name string) (io.ReadCloser, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, copyTime, errDeadline)
	out, err := a.box.CopyOut(ctx, name)
	if err != nil {
		defer cancel()
		return nil, orDeadline(ctx, err)
	}
	stop := context.AfterFunc(ctx, func() { out.Close() }) // wakes a Read that waits
	return &timedCopy{out, ctx, func() { stop(); cancel() }}, nil
}

// timedCopy ends with its context.
type timedCopy struct {
	io.ReadCloser
	ctx context.Context //nolint:containedctx // of this one copy, from opening to Close
	end func()
}

func (c *timedCopy) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = orDeadline(c.ctx, err)
	}
	return n, err
}

func (c *timedCopy) Close() error {
	c.end()
	return c.ReadCloser.Close()
}

// orDeadline is errDeadline when that ended ctx, and err otherwise.
func orDeadline(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errDeadline) {
		return errDeadline
	}
	return err
}

// copyFile reads at most limit bytes of one regular file of the sandbox. What is
// there and is no regular file (a link, a device) matches fs.ErrNotExist, as what
// is not there does.
func (a *attempt) copyFile(ctx context.Context, name string, limit int64) ([]byte, error) {
	out, err := a.copyOut(ctx, name)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	r := tar.NewReader(out)
	h, err := r.Next()
	if err != nil && !errors.Is(err, io.EOF) { // a socket is in no tar
		return nil, fmt.Errorf("copying %s out: %w", path.Base(name), err)
	}
	if h == nil || h.Typeflag != tar.TypeReg {
		return nil, fmt.Errorf("copying %s out: it is no file: %w", path.Base(name), fs.ErrNotExist)
	}
	text, err := io.ReadAll(io.LimitReader(r, limit))
	if err != nil {
		return nil, fmt.Errorf("copying %s out: %w", path.Base(name), err)
	}
	return text, nil
}
