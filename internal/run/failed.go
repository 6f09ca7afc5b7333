package run

import (
	"context"
	"errors"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/site"
)

// NotMeasured tells whether an error is of the surroundings: a failed engine, a
// model API that lets nobody in, a gate without a baseline or one that cannot be
// read, minutes that were over before the first trial, an interruption. All others
// are of what was asked: usage, configuration, suite.
func NotMeasured(err error) bool {
	return errors.Is(err, sandbox.ErrEngine) || errors.Is(err, site.ErrNoAdmission) || errors.Is(err, ErrNoBaseline) || errors.Is(err, ErrNoNight) ||
		errors.Is(err, ErrUnreadable) || errors.Is(err, errMinutes) || errors.Is(err, context.Canceled)
}
