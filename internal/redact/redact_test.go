package redact_test

import (
	"bytes"
	"testing"

	"github.com/benchgate/benchgate/internal/redact"
)

func TestSecretsBecomeStars(t *testing.T) {
	secrets := []string{"abcdefgh", "abcdefghijkl", "short", "", "a\"b\nc<defg"}
	for text, want := range map[string]string{
		"x abcdefgh y":                      "x ******** y",
		"x abcdefghijkl y":                  "x ************ y", // not only its beginning
		"short":                             "short",
		`{"k":"a\"b\nc<defg"}`:              `{"k":"************"}`,
		"{\"k\":\"a\\\"b\\nc\\u003cdefg\"}": `{"k":"*****************"}`,
	} {
		if got := redact.String(text, secrets); got != want {
			t.Errorf("%s became %s, want %s", text, got, want)
		}
	}
}

// What is redacted for a file may still be in use.
func TestTheTextGivenIsNotChanged(t *testing.T) {
	text := []byte("x abcdefgh y")
	if got := redact.Bytes(text, []string{"abcdefgh"}); !bytes.Equal(got, []byte("x ******** y")) {
		t.Errorf("redacted it is %q", got)
	}
	if string(text) != "x abcdefgh y" {
		t.Errorf("the text given became %q", text)
	}
}
