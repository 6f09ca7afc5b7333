package meter

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
)

// Credential is the secret that the meter puts into requests to the upstream.
// Formatted with any verb, logged or encoded, it gives its kind and
// "[redacted]". The zero Credential adds nothing to requests, for an upstream
// that needs none.
type Credential struct {
	header string
	prefix string
	secret string
}

// APIKey is sent as x-api-key.
func APIKey(secret string) Credential { return Credential{header: "X-Api-Key", secret: secret} }

// Bearer is sent as "Authorization: Bearer".
func Bearer(secret string) Credential {
	return Credential{header: "Authorization", prefix: "Bearer ", secret: secret}
}

func (c Credential) validate() error {
	if c.header == "" {
		return nil
	}
	if c.secret == "" {
		return errors.New("the model API's key is empty")
	}
	// Checked here, because net/http would refuse the header only later, on every
	// request. The error does not quote the secret.
	if strings.ContainsFunc(c.secret, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errors.New("the model API's key holds a space, a line break or another character that no key has")
	}
	return nil
}

func (c Credential) inject(h http.Header) {
	if c.header != "" {
		h.Set(c.header, c.prefix+c.secret)
	}
}

// String never holds the secret.
func (c Credential) String() string {
	if c.header == "" {
		return "no credential"
	}
	return strings.ToLower(c.header) + " [redacted]"
}

// Format implements [fmt.Formatter], so that no verb (%x, %#v) prints the fields.
func (c Credential) Format(f fmt.State, _ rune) { fmt.Fprint(f, c.String()) }

// LogValue implements [slog.LogValuer].
func (c Credential) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalText keeps the secret out of every encoding.
func (c Credential) MarshalText() ([]byte, error) { return []byte(c.String()), nil }
