package branchstore

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/benchgate/benchgate/baselines"
)

// ErrReadOnly is the error of every change of a store from [ReadOnly].
var ErrReadOnly = errors.New("baselines may not be changed here")

// ReadOnly returns the store without what changes it. Why says in a sentence what
// keeps it from that and what to do.
func ReadOnly(s baselines.Store, why string) baselines.Store { return readOnly{s, why} }

type readOnly struct {
	baselines.Store
	why string
}

func (r readOnly) refused(doing string) error {
	return fmt.Errorf("%s: %w: %s", doing, ErrReadOnly, r.why)
}

// Save implements [baselines.Store].
func (r readOnly) Save(context.Context, *baselines.Run, io.Reader) error {
	return r.refused("saving baseline")
}

// Promote implements [baselines.Store].
func (r readOnly) Promote(context.Context, string) error { return r.refused("promoting run") }

// Remove implements [baselines.Store].
func (r readOnly) Remove(context.Context, string) error { return r.refused("removing baseline") }
