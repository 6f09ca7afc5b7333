package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/benchgate/benchgate/internal/pullrequest"
)

// ci is what GitHub Actions says of the running job in its environment. In
// another CI system all of it is empty, and flags say what is needed.
type ci struct {
	repository    string // OWNER/NAME
	api           string
	buildURL      string
	build         string // NUMBER.ATTEMPT
	workflow, job string
	pullRequest   int    // of the event; 0: the event has none
	head          string // of that pull request when the event came
}

func (p *program) readCI() (ci, error) {
	env := func(name string) string {
		value, _ := p.LookupEnv(name)
		return value
	}
	c := ci{repository: env("GITHUB_REPOSITORY"), api: env("GITHUB_API_URL"), job: env("GITHUB_JOB")}
	if id := env("GITHUB_RUN_ID"); id != "" {
		c.build = id
		if attempt := env("GITHUB_RUN_ATTEMPT"); attempt != "" {
			c.build += "." + attempt
		}
		if server := env("GITHUB_SERVER_URL"); server != "" {
			c.buildURL = server + "/" + c.repository + "/actions/runs/" + id
		}
	}
	// OWNER/NAME/.github/workflows/FILE@REF
	path, _, _ := strings.Cut(env("GITHUB_WORKFLOW_REF"), "@")
	c.workflow = strings.TrimPrefix(path, c.repository+"/")
	if file := env("GITHUB_EVENT_PATH"); file != "" {
		return c, c.readEvent(file)
	}
	return c, nil
}

// readEvent takes the pull request from the event that started the job.
func (c *ci) readEvent(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("reading the event (GITHUB_EVENT_PATH): %w", err)
	}
	var event struct {
		PullRequest struct {
			Number int
			Head   struct{ SHA string }
		} `json:"pull_request"`
	}
	if err := json.Unmarshal(text, &event); err != nil {
		return fmt.Errorf("reading the event (GITHUB_EVENT_PATH): %w", err)
	}
	c.pullRequest, c.head = event.PullRequest.Number, event.PullRequest.Head.SHA
	return nil
}

// publicAPI is the API of github.com.
const publicAPI = "https://api.github.com"

// server is the repository that the flag or the job names, with the token.
func (p *program) server(c ci, repository string) (pullrequest.Server, error) {
	s := pullrequest.Server{UserAgent: "benchgate/" + version()}
	token, _ := p.LookupEnv("GITHUB_TOKEN")
	if s.Token = strings.TrimSpace(token); s.Token == "" {
		return s, usagef("GITHUB_TOKEN is not set: publish posts with that token; in a workflow, env: GITHUB_TOKEN: ${{ github.token }}")
	}
	var found bool
	s.Owner, s.Repo, found = strings.Cut(repository, "/")
	switch {
	case repository == "":
		return s, usagef("publish needs --repository OWNER/NAME (in GitHub Actions GITHUB_REPOSITORY says it)")
	case !found || s.Owner == "" || s.Repo == "" || strings.ContainsAny(repository, "?#% ") || strings.Contains(s.Repo, "/"):
		return s, usagef("the repository is %q, want OWNER/NAME", repository)
	}
	address := c.api
	if address == "" {
		address = publicAPI
	}
	var err error
	if s.API, err = webAddress(address); err != nil {
		return s, usagef("GITHUB_API_URL %v, as in https://HOST/api/v3", err)
	}
	return s, nil
}

// webAddress accepts an address that a link may lead to.
func webAddress(text string) (*url.URL, error) {
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
