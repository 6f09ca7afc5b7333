package site

import (
	"crypto/rand"
	"strings"
	"time"
)

// NewID names a run by its time, readable and sortable, and enough randomness
// for several runs at one time. It has milliseconds, because runs go on from the
// newest by name, and a run that is refused ends within the second.
func NewID(now time.Time) string {
	return now.UTC().Format("20060102T150405.000Z") + "-" + strings.ToLower(rand.Text()[:6])
}
