package config

import "strings"

// nearest returns the word that was probably meant, or "". Two words are near
// when at most a third of the letters must change.
func nearest(word string, known []string) string {
	if len(word) > 64 { // no typing mistake
		return ""
	}
	best, bestDistance := "", max(1, len(word)/3)+1
	for _, k := range known {
		if d := distance(plain(word), plain(k)); d < bestDistance {
			best, bestDistance = k, d
		}
	}
	return best
}

// plain takes out what people mix up in keys: case, dashes and underscores.
func plain(s string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(s))
}

// distance is how many letters must be changed, added, removed or exchanged
// with their neighbour to make b of a (optimal string alignment), in bytes.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			d := min(change, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(a)][len(b)]
}

// didYouMean is the half-sentence for a word that is not known.
func didYouMean(word string, known []string) string {
	if near := nearest(word, known); near != "" {
		return "; did you mean \"" + near + "\"?"
	}
	return ""
}
