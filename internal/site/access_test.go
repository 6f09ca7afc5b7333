package site

import (
	"strings"
	"testing"
)

func TestTheModelAPIsAddressIsNotQuoted(t *testing.T) {
	for _, base := range []string{"http://user:s3cret-word@host name/", "https://user:s3cret-word@api.example.com", "https://s3cret-word@api.example.com"} {
		_, err := findAccess(func(name string) (string, bool) { return base, name == "ANTHROPIC_BASE_URL" })
		if err == nil || strings.Contains(err.Error(), "s3cret") || !strings.Contains(err.Error(), "ANTHROPIC_BASE_URL") {
			t.Errorf("%s: the error is %v", base, err)
		}
	}
}
