//go:build !linux

package site

import (
	"context"
	"os"
)

func adoptChildren() {}

// awaitChildren waits for nothing: only Linux tells of children's children.
func awaitChildren(context.Context, <-chan os.Signal) bool { return true }
