package meter

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Upstream is where requests go, and what opens it.
type Upstream struct {
	// URL is the API's base, http or https; a path (of a gateway) is kept in front of
	// the API's own. That of [Options.OpenAI] may end with "/v1", as clients are given it.
	URL        *url.URL
	Credential Credential
	PassLogin  bool              // as [Options.PassLogin]
	Transport  http.RoundTripper // nil: a transport of the meter's own
}

func newUpstream(u Upstream) *Upstream {
	if u.Transport == nil {
		u.Transport = NewTransport()
	}
	return &u
}

func (u Upstream) validate() error {
	var errs []error
	switch {
	case u.URL == nil:
		errs = append(errs, errors.New("the model API's URL is missing"))
	case (u.URL.Scheme != "http" && u.URL.Scheme != "https") || u.URL.Host == "":
		errs = append(errs, fmt.Errorf("the model API's URL %q needs http:// or https:// and a host", u.URL.Redacted()))
	}
	return errors.Join(append(errs, u.Credential.validate())...)
}

// withoutVersion is the upstream with a base URL that lacks the "/v1" at its end.
func (u Upstream) withoutVersion() Upstream {
	base := *u.URL
	base.Path = strings.TrimSuffix(strings.TrimSuffix(base.Path, "/"), "/v1")
	u.URL = &base
	return u
}

// upstreamOf is where an API is served.
func (m *Meter) upstreamOf(a *api) *Upstream {
	if a.openAI {
		return m.openAI
	}
	return m.anthropic
}
