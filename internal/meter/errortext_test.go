package meter

import (
	"strings"
	"testing"
	"unicode"
)

// Whatever an API says, its words in a ledger line are one short line of printable
// text without any part of the key.
func FuzzErrorText(f *testing.F) {
	const secret, header = "sk-ant-0123456789abcdef", "gw:fedcba9876543210"
	for _, body := range []string{
		`{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}`,
		`{"error":{"message":"Received ` + secret + `","type":"auth_error","param":null,"code":401}}`,
		`{"error":"` + secret[:12] + `\u001b[0m\n::error::"}`,
		`{"error":{"message":{"text":"no"},"code":"invalid_api_key"}}`,
		`{"error":{"message":"unknown header value ` + header + `"}}`, `{"error":null}`, `[]`, `<html>`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e := readError(body)
		for _, status := range []int{200, 400, 401, 404, 429, 500} {
			_ = refusalClass(status, e)
		}
		text := APIKey(secret).With(map[string]string{"X-Gateway-Key": header}).errorText(e)
		if len(text) > 256 || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) && r != unicode.ReplacementChar }) {
			t.Errorf("%q is no short line", text)
		}
		for _, secret := range []string{secret, header} {
			for i := range len(secret) - leastPart + 1 {
				if part := secret[i : i+leastPart]; strings.Contains(text, part) {
					t.Errorf("%q holds %q of a secret", text, part)
				}
			}
		}
	})
}
