package config

// Lines says on which line of a configuration's text each of the keys is written,
// as "gate.pass_rate.max_drop", from 1: of one that is not there, the line of the
// nearest key above it. Nothing in the text is judged, and of a text that is no
// configuration all are on line 1.
func Lines(text []byte, keys ...string) map[string]int {
	s := newSource("", text)
	if root := s.parse(text); root != nil {
		s.config(&Config{})(root, "")
	}
	lines := make(map[string]int, len(keys))
	for _, key := range keys {
		lines[key] = s.where([]string{key}).line
	}
	return lines
}
