package trial

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// minSecret is the shortest value that is taken for a secret, in bytes: a task
// may take a variable like DEBUG=1 from its host, and stars for every 1 help
// nobody.
const minSecret = 8

// redact replaces every secret, as it is and as JSON writes it, with stars of
// the same length, so that formats with lengths inside (protobuf) stay
// readable.
func redact(text []byte, secrets []string) []byte {
	for _, s := range spellings(secrets) {
		text = bytes.ReplaceAll(text, []byte(s), bytes.Repeat([]byte("*"), len(s)))
	}
	return text
}

// spellings are the ways in which secrets are written, longest first: one that
// begins another must not break it up.
func spellings(secrets []string) []string {
	var all []string
	for _, s := range secrets {
		if len(s) >= minSecret {
			all = append(all, s, inJSON(s, true), inJSON(s, false))
		}
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	return slices.Compact(all)
}

// inJSON is a string as it stands between the quotes. Go's encoder escapes <,
// > and & by default, most others do not.
func inJSON(s string, escapeHTML bool) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(escapeHTML)
	if err := enc.Encode(s); err != nil {
		panic(err) // a string always encodes
	}
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(b.String()), `"`), `"`)
}
