// Package wait is waiting that ends when nobody wants what comes after it.
package wait

import (
	"context"
	"time"
)

// For waits so long, or until the context ends, whose error it then returns.
func For(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
