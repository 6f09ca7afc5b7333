package meter

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// errorBody is what an API says of an error. The Messages API writes
// {"type":"error","error":{"type","message"}}; the OpenAI API, and the gateways
// that are made like it, {"error":{"type","code","message"}}.
type errorBody struct {
	kind    string // "authentication_error"
	code    string // "invalid_api_key"; the Messages API has none
	message string
}

// maxErrorBody is how much of an error's body is read, in bytes.
const maxErrorBody = 64 << 10

// readError reads either form. A body of any other form (a gateway's HTML page)
// says nothing.
func readError(body []byte) (e errorBody) {
	var outer struct {
		Error json.RawMessage `json:"error"`
	}
	if len(body) > maxErrorBody || json.Unmarshal(body, &outer) != nil {
		return e
	}
	if json.Unmarshal(outer.Error, &e.message) == nil {
		return e // {"error":"the message"}
	}
	var inner struct {
		Type    shortText       `json:"type"`
		Code    shortText       `json:"code"` // of some gateways a number, which says what the status says
		Message json.RawMessage `json:"message"`
	}
	if json.Unmarshal(outer.Error, &inner) != nil {
		return e
	}
	e.kind, e.code = capped(string(inner.Type)), capped(string(inner.Code))
	_ = json.Unmarshal(inner.Message, &e.message) // a message of another type is none
	return e
}

// symptom is one way in which an API says that it lets nobody in. All that is
// given must hold.
type symptom struct {
	class    RetryClass
	statuses []int          // empty: any
	kinds    []string       // of the error's type or code; empty: any
	words    *regexp.Regexp // in the message; nil: any
}

// symptoms are looked through from above; the first that fits is taken. A key
// without credit is often refused with the status of another mistake, so kinds and
// words come before statuses.
var symptoms = []symptom{
	{class: NoCredit, kinds: []string{"billing_error", "insufficient_quota", "credit_balance_exhausted", "budget_exceeded", "insufficient_credits"}},
	{class: NoCredit, statuses: []int{http.StatusPaymentRequired}},
	{class: NoCredit, statuses: []int{http.StatusBadRequest, http.StatusForbidden, http.StatusTooManyRequests}, words: noCredit},
	{class: NoModel, kinds: []string{"model_not_found"}},
	{class: NoModel, statuses: []int{http.StatusBadRequest}, words: noModel},
	{class: NoModel, statuses: []int{http.StatusNotFound}},
	{class: KeyRefused, kinds: []string{"authentication_error", "permission_error", "invalid_api_key"}},
	{class: KeyRefused, statuses: []int{http.StatusUnauthorized, http.StatusForbidden}},
	{class: KeyRefused, statuses: []int{http.StatusBadRequest}, words: disabled},
}

// What the Messages API and gateways before it (LiteLLM) write with 400. Whole
// phrases: a request that the agent wrote badly may be quoted in its error.
var (
	noCredit = regexp.MustCompile(`(?i)^(your )?credit balance is too low|^you have reached your specified .{0,20}usage limits|\binsufficient (credit|balance|quota|funds)|exceeded your current quota|^(\w+: )*budget has been exceeded`)
	noModel  = regexp.MustCompile(`(?i)^(\d+: |\{'error': '|/\S+: )*invalid model name passed in model=`)
	disabled = regexp.MustCompile(`(?i)^this organization has been disabled`)
)

func (s symptom) fits(status int, e errorBody) bool {
	return (len(s.statuses) == 0 || slices.Contains(s.statuses, status)) &&
		(len(s.kinds) == 0 || slices.Contains(s.kinds, e.kind) || slices.Contains(s.kinds, e.code)) &&
		(s.words == nil || s.words.MatchString(e.message))
}

// refusalClass is the class of an error that concerns key, credit or model; empty
// for every other.
func refusalClass(status int, e errorBody) RetryClass {
	for _, s := range symptoms {
		if s.fits(status, e) {
			return s.class
		}
	}
	return ""
}

// Refusal says what the API refused: the key, its credit or the model; or [NoPrice],
// for which the meter did. It is empty for a line of any other kind. Of ledgers that were written before these classes
// it goes by the status.
func (e Entry) Refusal() RetryClass {
	switch {
	case e.Retry == KeyRefused || e.Retry == NoCredit || e.Retry == NoModel || e.Retry == NoPrice:
		return e.Retry
	case e.Retry == Rejected:
		return refusalClass(e.Status, errorBody{})
	}
	return ""
}

// errorText is an error as a ledger line has it: one line, without the credential,
// at most 256 bytes.
func (c Credential) errorText(e errorBody) string {
	text := cmp.Or(e.message, e.code, e.kind)
	text = strings.Join(strings.FieldsFunc(text[:min(len(text), 4096)], func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
	return capped(c.hide(text))
}

// leastPart is from how many bytes on a part of the credential is taken out of a
// text. Some APIs quote the beginning of a key that they refuse.
const leastPart = 8

// hide replaces every part of the secrets in the text by stars.
func (c Credential) hide(text string) string {
	for _, l := range c.lines {
		text = hide(text, []byte(l.secret))
	}
	return text
}

func hide(text string, secret []byte) string {
	out := []byte(text)
	for i := 0; i+leastPart <= len(out); {
		n := 0
		for n < len(secret) && i+n < len(out) && bytes.Contains(secret, out[i:i+n+1]) {
			n++
		}
		if n < leastPart {
			i++
			continue
		}
		for j := range n {
			out[i+j] = '*'
		}
		i += n
	}
	return string(out)
}
