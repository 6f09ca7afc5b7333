package report

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

// escape makes text that was made [plain] safe inside a GitHub comment: it
// shows as it is, and is no Markdown, HTML, link, mention, reference, formula
// or table cell. It is right in a paragraph, a list item and a table cell.
//
// Backslashes are not enough: GitHub looks for mentions, references and bare
// links in the rendered text. So what would start one is parted by a
// zero-width space, as Renovate does. Angle brackets become entities, so that
// no hidden marker (<!-- ... -->) can be forged for those who search the
// comment's source.
func escape(s string) string {
	s = escaper.Replace(s)
	s = commitHash.ReplaceAllStringFunc(s, partHash)
	s = webHost.ReplaceAllStringFunc(s, func(www string) string { return www[:3] + zeroWidth + "." })
	s = issueKey.ReplaceAllString(s, "$1"+zeroWidth+"-$2")
	return blockStart.ReplaceAllString(s, `$1\$2$3`)
}

const zeroWidth = "&#8203;"

var (
	escaper = strings.NewReplacer(
		`\`, `\\`, "`", "\\`", `*`, `\*`, `_`, `\_`, `~`, `\~`, `|`, `\|`, `$`, `\$`,
		`[`, `\[`, `]`, `\]`, `!`, `\!`,
		`&`, `&amp;`, `<`, `&lt;`, `>`, `&gt;`,
		`@`, `@`+zeroWidth, `#`, `\#`+zeroWidth,
		`://`, `:`+zeroWidth+`//`,
	)

	// commitHash: GitHub links hashes of the repository's commits.
	commitHash = regexp.MustCompile(`\b[0-9A-Fa-f]{7,}\b`)

	// webHost: a bare link without scheme.
	webHost = regexp.MustCompile(`(?i)www\.`)

	// issueKey: GH-12, and the keys of autolink references (JIRA-12).
	issueKey = regexp.MustCompile(`\b([Gg][Hh]|[A-Z][A-Z0-9]*)-([0-9])`)

	// blockStart: a list, heading underline or rule at the beginning.
	blockStart = regexp.MustCompile(`^([0-9]{0,9})([-+=.)])([-= ]|$)`)
)

func partHash(hash string) string {
	// Plain numbers are no hashes to a reader: leave them whole.
	if !strings.ContainsAny(hash, "ABCDEFabcdef") || !strings.ContainsAny(hash, "0123456789") {
		return hash
	}
	parts := slices.Collect(slices.Chunk([]byte(hash), 6))
	return string(bytes.Join(parts, []byte(zeroWidth)))
}

// codeName matches names that may stand in a code span as they are.
var codeName = regexp.MustCompile(`^[.]?[A-Za-z0-9][A-Za-z0-9 ._/@:+-]*$`)

// code sets a name as code when it looks like one, and escapes it otherwise.
func code(s string) string {
	if codeName.MatchString(s) {
		return "`" + s + "`"
	}
	return escape(s)
}

// Code sets a name that others wrote as code, in GitHub's Markdown: one line, of
// at most 120 characters.
func Code(name string) string { return code(plain(name, maxName)) }

// Prose is text that others wrote as it may stand in a paragraph of GitHub's
// Markdown: one line, of at most 600 characters, that shows as it is.
func Prose(text string) string { return escape(plain(text, maxProse)) }
