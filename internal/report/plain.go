package report

import safe "github.com/benchgate/benchgate/internal/plain"

// Limits for text that others wrote, in characters.
const (
	maxName  = 120 // task ids, models, variants
	maxProse = 600 // reasons, warnings, notes
)

// plain makes foreign text safe to print on one line, at most limit characters
// of it.
func plain(text string, limit int) string { return safe.Line(text, limit) }

// clip keeps the first limit characters of a text, the last of them an ellipsis
// when some were lost.
func clip(text string, limit int) string { return safe.Clip(text, limit) }
