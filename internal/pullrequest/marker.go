package pullrequest

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Key tells the comments of one pull request apart: each combination has its
// own comment. Empty parts are those that a CI system does not know.
type Key struct {
	Workflow string // path of the workflow's file
	Job      string
	Suite    string
	Name     string // where the others are not enough, as in a matrix
}

// hash is the key as the marker carries it: 12 hexadecimal digits of the
// SHA-256 of its parts.
func (k Key) hash() string { return hashOf(k.Workflow, k.Job, k.Suite, k.Name) }

// hashOf names texts in 12 hexadecimal digits.
func hashOf(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}

// Build is one run of a CI system. Runs are ordered by number, those of the
// same number by attempt.
type Build struct{ Number, Attempt int64 }

var buildForm = regexp.MustCompile(`^([0-9]{1,18})(?:\.([0-9]{1,9}))?$`)

// ParseBuild reads NUMBER or NUMBER.ATTEMPT. Its error goes on after what the
// text is of: "--build is ...".
func ParseBuild(text string) (Build, error) {
	m := buildForm.FindStringSubmatch(text)
	if m == nil {
		return Build{}, fmt.Errorf("is %q, want NUMBER or NUMBER.ATTEMPT", text)
	}
	number, _ := strconv.ParseInt(m[1], 10, 64)               // 18 digits fit
	attempt, _ := strconv.ParseInt(cmp.Or(m[2], "0"), 10, 64) //
	return Build{number, attempt}, nil
}

func (b Build) String() string { return fmt.Sprintf("%d.%d", b.Number, b.Attempt) }

func (b Build) compare(other Build) int {
	return cmp.Or(cmp.Compare(b.Number, other.Number), cmp.Compare(b.Attempt, other.Attempt))
}

// marker is the last line of a comment, which GitHub does not show: whose
// comment it is, and what it was written from.
type marker struct {
	key     string // of [Key.hash]
	head    string // the measured commit
	build   Build
	state   string // the verdict's outcome, or what there is in place of one
	verdict string // of [digest]; empty: there is none
	of      string // the commit of an older report that was left below a line on this build; empty: none was
	left    string // a commit on which an older build's check run could not be ended yet; empty: there is none
}

func (m marker) String() string {
	text := fmt.Sprintf("<!-- benchgate:comment/v1 key=%s head=%s run=%s state=%s", m.key, m.head, m.build, m.state)
	if m.verdict != "" {
		text += " verdict=" + m.verdict
	}
	if m.of != "" {
		text += " of=" + m.of
	}
	if m.left != "" {
		text += " left=" + m.left
	}
	return text + " -->"
}

var markerForm = regexp.MustCompile(`^<!-- benchgate:comment/v1 key=([0-9a-f]{12}) head=([0-9a-f]{40}|[0-9a-f]{64}) run=([0-9]+\.[0-9]+) state=([a-z_]+)` +
	`(?: verdict=([0-9a-f]{16}))?(?: of=([0-9a-f]{40}|[0-9a-f]{64}))?(?: left=([0-9a-f]{40}|[0-9a-f]{64}))? -->$`)

// readMarker reads the last line of a comment. Markers elsewhere are quotations.
func readMarker(body string) (marker, bool) {
	_, last := cutLast(body)
	form := markerForm.FindStringSubmatch(last)
	if form == nil {
		return marker{}, false
	}
	build, err := ParseBuild(form[3])
	if err != nil {
		return marker{}, false
	}
	return marker{key: form[1], head: form[2], build: build, state: form[4], verdict: form[5], of: form[6], left: form[7]}, true
}

// cutLast parts a comment before its last line, whatever empty lines follow.
func cutLast(body string) (above, last string) {
	body = strings.TrimRight(body, " \t\r\n")
	at := strings.LastIndexByte(body, '\n') + 1
	return body[:at], body[at:]
}

// String is the key as names of artifacts have it: 12 hexadecimal digits.
func (k Key) String() string { return k.hash() }
