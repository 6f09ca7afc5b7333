package config

import (
	"strings"

	"github.com/hbollon/go-edlib"
)

// nearest returns the word that was probably meant, or "". Two words are near
// when at most a third of the letters must be changed, added, removed or
// exchanged with their neighbour.
func nearest(word string, known []string) string {
	if len(word) > 64 { // no typing mistake
		return ""
	}
	best, bestDistance := "", max(1, len(word)/3)+1
	for _, k := range known {
		if d := edlib.OSADamerauLevenshteinDistance(plain(word), plain(k)); d < bestDistance {
			best, bestDistance = k, d
		}
	}
	return best
}

// plain takes out what people mix up in keys: case, dashes and underscores.
func plain(s string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(s))
}

// didYouMean is the half-sentence for a word that is not known.
func didYouMean(word string, known []string) string {
	if near := nearest(word, known); near != "" {
		return "; did you mean \"" + near + "\"?"
	}
	return ""
}
