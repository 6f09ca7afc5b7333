package action

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"

	"github.com/benchgate/benchgate/internal/pullrequest"
)

// publicAPI is the API of github.com.
const publicAPI = "https://api.github.com"

// openGitHub says which repository on which GitHub this is. Nothing is asked of
// it yet.
func (a *action) openGitHub() error {
	owner, repo, found := strings.Cut(a.Job.Repository, "/")
	if !found || owner == "" || repo == "" || strings.ContainsAny(a.Job.Repository, "?#% ") || strings.Contains(repo, "/") {
		return fmt.Errorf("GITHUB_REPOSITORY is %q, want OWNER/NAME", a.Job.Repository)
	}
	api, err := url.Parse(cmp.Or(a.Job.API, publicAPI))
	if err != nil || api.Host == "" || api.User != nil || api.Scheme != "https" && api.Scheme != "http" {
		return fmt.Errorf("GITHUB_API_URL is %q, want an address as https://HOST/api/v3", a.Job.API)
	}
	a.server = pullrequest.Server{
		API: api, Owner: owner, Repo: repo, UserAgent: "benchgate/" + a.Version,
		Token: cmp.Or(a.values.GitHubToken, a.variable("GITHUB_TOKEN")),
	}
	a.github = pullrequest.Open(a.server, a.Notice)
	return nil
}
