package pullrequest

import (
	"fmt"
	"net/url"
	"strings"
)

// Server is a repository on GitHub, and who asks.
type Server struct {
	API         *url.URL // https://api.github.com, or https://HOST/api/v3 of GitHub Enterprise
	Token       string
	TokenFrom   string // the variable or input that the token is from; empty: GITHUB_TOKEN
	Owner, Repo string
	UserAgent   string

	// Named is how a refusal calls a flag of publish, as "--check". Nil: as the
	// command line does.
	Named func(flag string) string
}

// publicAPI is the API of github.com.
const publicAPI = "https://api.github.com"

// ParseServer reads OWNER/NAME and the address of an API; without one it is that of
// github.com. The error tells of all that is wrong with one of them.
func ParseServer(repository, api string) (Server, error) {
	owner, repo, found := strings.Cut(repository, "/")
	if !found || owner == "" || repo == "" || strings.ContainsAny(repository, "?#% ") || strings.Contains(repo, "/") {
		return Server{}, fmt.Errorf("the repository is %q, want OWNER/NAME", repository)
	}
	if api == "" {
		api = publicAPI
	}
	address, err := ParseAddress(api)
	if err != nil {
		return Server{}, fmt.Errorf("GITHUB_API_URL %w, as in https://HOST/api/v3", err)
	}
	return Server{API: address, Owner: owner, Repo: repo}, nil
}

// ParseAddress accepts an address that a link may lead to. Its error goes on after
// what the text is of: "--build-url is ...".
func ParseAddress(text string) (*url.URL, error) {
	const most = 2000
	address, err := url.Parse(text)
	switch {
	case err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http":
		return nil, fmt.Errorf("is %q, want an http or https address", text)
	case address.User != nil:
		return nil, fmt.Errorf("holds a user or a password, which everybody could read")
	case strings.ContainsAny(text, " \t\r\n") || len(text) > most:
		return nil, fmt.Errorf("is %q, want an address without spaces and of at most %d characters", text, most)
	}
	return address, nil
}
