package pullrequest

import (
	"fmt"
	"regexp"
)

// issueMark is the last line of an issue, which GitHub does not show: which issue
// it is, and what it was written from.
type issueMark struct {
	kind  string
	key   string // of [hashOf]
	build Build
	state string // see news
	alarm string // empty: there was none
}

func (m issueMark) String() string {
	text := fmt.Sprintf("<!-- benchgate:issue/v1 kind=%s key=%s run=%s state=%s", m.kind, m.key, m.build, m.state)
	if m.alarm != "" {
		text += " alarm=" + m.alarm
	}
	return text + " -->"
}

var issueMarkForm = regexp.MustCompile(`^<!-- benchgate:issue/v1 kind=(gate|drift) key=([0-9a-f]{12}) run=([0-9]+\.[0-9]+) state=([a-z_+]+)(?: alarm=([0-9a-f]{12}))? -->$`)

// readIssueMark reads the last line of an issue. Marks elsewhere are quotations.
func readIssueMark(body string) (issueMark, bool) {
	_, last := cutLast(body)
	form := issueMarkForm.FindStringSubmatch(last)
	if form == nil {
		return issueMark{}, false
	}
	build, err := ParseBuild(form[3])
	if err != nil {
		return issueMark{}, false
	}
	return issueMark{kind: form[1], key: form[2], build: build, state: form[4], alarm: form[5]}, true
}

// changeMark is the last line of a comment on an issue: by it a change of the
// state is told once, also when the issue itself could not be written after it.
func changeMark(after Build, state, alarm string) string {
	return fmt.Sprintf("<!-- benchgate:issue-change/v1 after=%s state=%s alarm=%s -->", after, state, alarm)
}
