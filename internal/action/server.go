package action

import (
	"cmp"

	"github.com/benchgate/benchgate/internal/pullrequest"
)

// openGitHub says which repository on which GitHub this is. Nothing is asked of
// it yet.
func (a *action) openGitHub() (err error) {
	if a.server, err = pullrequest.ParseServer(a.Job.Repository, a.Job.API); err != nil {
		return err
	}
	a.server.UserAgent = "benchgate/" + a.Version
	a.server.Named = inputOf
	a.server.Token = cmp.Or(a.values.GitHubToken, a.variable("GITHUB_TOKEN"))
	if a.values.GitHubToken != "" {
		a.server.TokenFrom = inputOf("--github-token")
	}
	a.github = pullrequest.Open(a.server, a.Notice)
	return nil
}
