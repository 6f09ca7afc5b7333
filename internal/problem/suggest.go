package problem

import (
	"strings"

	"github.com/hbollon/go-edlib"
)

// Nearest returns the word that was probably meant, or "". Two words are near
// when at most a third of the letters must be changed, added, removed or
// exchanged with their neighbour.
func Nearest(word string, known []string) string {
	if len(word) > 64 { // no typing mistake
		return ""
	}
	best, bestDistance := "", max(1, len(word)/3)+1
	for _, k := range known {
		if d := Edits(word, k); d < bestDistance {
			best, bestDistance = k, d
		}
	}
	return best
}

// Edits is how many letters must be changed, added, removed or exchanged with
// their neighbour to make one word of the other. Case, dashes, underscores and
// spaces do not count.
func Edits(a, b string) int { return edlib.OSADamerauLevenshteinDistance(plain(a), plain(b)) }

// plain takes out what people mix up in keys: case, dashes and underscores.
func plain(s string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(s))
}

// DidYouMean is the half-sentence for a word that is not known; empty when none is
// near.
func DidYouMean(word string, known []string) string {
	if near := Nearest(word, known); near != "" {
		return "; did you mean \"" + near + "\"?"
	}
	return ""
}
