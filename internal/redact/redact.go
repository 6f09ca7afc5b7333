// Package redact takes secrets out of text and telemetry before they are
// written to a file or leave the machine.
package redact

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// minSecret is the length in bytes from which a value is taken for a secret. A
// task may take a variable such as DEBUG=1 from its host; replacing every "1"
// would make a log unreadable and hide nothing.
const minSecret = 8

// Bytes replaces every secret by as many stars as it has bytes. The length stays
// the same so that formats that contain lengths (protobuf) can still be decoded.
// A secret is found as it is and as JSON writes it; encoded in any other way
// (base64, compressed) it is not. Secrets of less than 8 bytes are left alone.
// The text given is not changed.
func Bytes(text []byte, secrets []string) []byte {
	for _, s := range spellings(secrets) {
		text = bytes.ReplaceAll(text, []byte(s), bytes.Repeat([]byte("*"), len(s)))
	}
	return text
}

// String is [Bytes] for a string.
func String(text string, secrets []string) string { return string(Bytes([]byte(text), secrets)) }

// spellings are the forms in which secrets are looked for, longest first: where
// one secret is the beginning of another, replacing the shorter one first would
// leave the rest of the longer one readable.
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

// inJSON is a string as it is between the quotes. Go's encoder escapes <, > and
// & by default, most others do not.
func inJSON(s string, escapeHTML bool) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(escapeHTML)
	if err := enc.Encode(s); err != nil {
		panic(err) // a string always encodes
	}
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(b.String()), `"`), `"`)
}
