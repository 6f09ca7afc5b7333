package pullrequest

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/google/go-github/v62/github"

	"github.com/benchgate/benchgate/internal/wait"
)

// client asks the API on behalf of one token.
type client struct {
	api         *github.Client
	patient     *patient // its transport
	owner, repo string
	tokenFrom   string
	named       func(flag string) string // see [Server.Named]
}

func newClient(s Server, notice func(string)) *client {
	base := *s.API
	base.Path = slashed(base.Path)
	t := &patient{
		base: http.DefaultTransport.(*http.Transport).Clone(), host: base.Host, token: s.Token,
		answerTime: answerTime, notice: notice, now: time.Now, sleep: wait.For,
	}
	api := github.NewClient(&http.Client{Transport: t})
	api.BaseURL, api.UserAgent = &base, s.UserAgent
	return &client{api: api, patient: t, owner: s.Owner, repo: s.Repo, tokenFrom: cmp.Or(s.TokenFrom, "GITHUB_TOKEN"), named: s.Named}
}

// pause waits before something that may have been done is looked for.
func (c *client) pause(ctx context.Context, try int) error { return c.patient.sleep(ctx, backoff(try)) }

func slashed(path string) string {
	if path == "" || path[len(path)-1] != '/' {
		return path + "/"
	}
	return path
}

// login is the account that writes with the token: a user, or "NAME[bot]" of an
// app. Only the GraphQL API tells it for every kind of token; its address is
// /graphql on github.com and /api/graphql beside /api/v3 elsewhere. Servers that
// speak GitHub's API without that part tell it for users.
func (c *client) login(ctx context.Context) (string, error) {
	asking := action{"asking whose the token is", ""}
	request, err := c.api.NewRequest(http.MethodPost, "../graphql", map[string]string{"query": "query { viewer { login } }"})
	if err != nil {
		return "", c.refused(err, asking)
	}
	var answer struct {
		Data struct {
			Viewer struct{ Login string }
		}
		Errors []struct{ Message string }
	}
	response, err := c.api.Do(ctx, request, &answer)
	if response != nil && response.StatusCode == http.StatusNotFound {
		var user *github.User
		user, _, err = c.api.Users.Get(ctx, "")
		answer.Data.Viewer.Login = user.GetLogin()
	}
	switch {
	case err != nil:
		return "", c.refused(err, asking)
	case answer.Data.Viewer.Login != "":
		return answer.Data.Viewer.Login, nil
	}
	message := "no account in the answer"
	if len(answer.Errors) > 0 {
		message = strconv.Quote(answer.Errors[0].Message)
	}
	return "", refusal{asking.doing, message, "use a token that may post, such as the GITHUB_TOKEN of a workflow"}
}
