package sandbox

import "strings"

// NamePart makes a readable part of a file's or an engine object's name from a
// trial's or a run's: ASCII letters, digits, '.', '_' and '-', all else as '-',
// at most 40 characters. Different words may give the same part: the caller
// adds what makes the name unique.
func NamePart(word string) string {
	const longest = 40
	safe := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '_', r == '-':
			return r
		default:
			return '-'
		}
	}, word)
	return safe[:min(len(safe), longest)]
}
