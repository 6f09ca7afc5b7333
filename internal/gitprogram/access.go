package gitprogram

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// Where the token for private repositories comes from, and the host that it is for;
// on GitHub Actions the server's own unless it is said, else github.com.
const (
	TokenVariable = "BENCHGATE_GIT_TOKEN"
	hostVariable  = "BENCHGATE_GIT_HOST"
)

// Access is a token that opens repositories of one host. The zero Access opens none.
type Access struct {
	token string
	host  string // with its port, if it has one
}

// FindAccess takes the token from an environment; nil has none.
func FindAccess(lookup func(string) (string, bool)) Access {
	if lookup == nil {
		return Access{}
	}
	variable := func(name string) string {
		value, _ := lookup(name)
		return strings.TrimSpace(value)
	}
	server := "github.com"
	if u, err := url.Parse(variable("GITHUB_SERVER_URL")); err == nil && u.Host != "" {
		server = u.Host
	}
	return Access{variable(TokenVariable), cmp.Or(variable(hostVariable), server)}
}

// opens reports whether the token is for a repository: of its host, and over https.
func (a Access) opens(remote string) bool {
	u, err := url.Parse(remote)
	return err == nil && a.token != "" && u.Scheme == "https" && strings.EqualFold(u.Host, a.host)
}

// header is what git sends, in the form in which GitHub, GitLab and others take a
// token as a password of any user.
func (a Access) header() string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("x-access-token:"+a.token))
}

// environ are the variables that make git send the token to the remote, and to no
// other host. They stand behind settings that the environment has already. git
// would take the header along to where a server sends it, so it follows nobody.
func (a Access) environ(remote string, of []string) []string {
	if !a.opens(remote) {
		return nil
	}
	given := 0
	for _, kv := range of {
		if count, ok := strings.CutPrefix(kv, "GIT_CONFIG_COUNT="); ok {
			given, _ = strconv.Atoi(count) // what is no number git itself refuses
		}
	}
	at := "http.https://" + a.host + "/."
	var env []string
	for i, setting := range [][2]string{{"extraHeader", a.header()}, {"followRedirects", "false"}} {
		n := strconv.Itoa(given + i)
		env = append(env, "GIT_CONFIG_KEY_"+n+"="+at+setting[0], "GIT_CONFIG_VALUE_"+n+"="+setting[1])
	}
	return append(env, "GIT_CONFIG_COUNT="+strconv.Itoa(given+2))
}

// mask takes the token out of what git said.
func (a Access) mask(text string) string {
	if a.token == "" {
		return text
	}
	_, encoded, _ := strings.Cut(a.header(), "Basic ")
	return strings.NewReplacer(a.token, "***", encoded, "***").Replace(text)
}

// Advised adds to an error of fetching what there is to know about the token.
func (a Access) Advised(remote string, err error) error {
	u, parseErr := url.Parse(remote)
	switch {
	case parseErr != nil || u.Scheme != "https" || !isShut(err):
		return err
	case a.opens(remote):
		return fmt.Errorf("%w; the token of %s was sent: it may be wrong, or not allow this repository", err, TokenVariable)
	case a.token != "":
		return fmt.Errorf("%w; the token of %s is for %s only: set %s=%s if it is for this host", err, TokenVariable, a.host, hostVariable, u.Host)
	default:
		return fmt.Errorf("%w; if it is private, set %s to a token that may read it", err, TokenVariable)
	}
}

// isShut reports whether git was let in nowhere.
func isShut(err error) bool {
	text := err.Error()
	for _, sign := range []string{"could not read Username", "could not read Password", "Authentication failed", "returned error: 401", "returned error: 403", "returned error: 404", "not found"} {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return false
}
