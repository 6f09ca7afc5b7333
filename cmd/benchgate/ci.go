package main

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/benchgate/benchgate/internal/pullrequest"
	"github.com/benchgate/benchgate/internal/workflow"
)

// publicAPI is the API of github.com.
const publicAPI = "https://api.github.com"

// server is the repository that the flag or the job names, with the token.
func (p *program) server(job workflow.Job, repository string) (pullrequest.Server, error) {
	token, _ := p.LookupEnv("GITHUB_TOKEN")
	if token = strings.TrimSpace(token); token == "" {
		return pullrequest.Server{}, usagef("GITHUB_TOKEN is not set: publish posts with that token; in a workflow, env: GITHUB_TOKEN: ${{ github.token }}")
	}
	return p.serverWith(token, job, repository)
}

// serverWith is the repository, asked with that token.
func (p *program) serverWith(token string, job workflow.Job, repository string) (pullrequest.Server, error) {
	s := pullrequest.Server{UserAgent: "benchgate/" + version(), Token: token}
	var found bool
	s.Owner, s.Repo, found = strings.Cut(repository, "/")
	switch {
	case repository == "":
		return s, usagef("publish needs --repository OWNER/NAME (in GitHub Actions GITHUB_REPOSITORY says it)")
	case !found || s.Owner == "" || s.Repo == "" || strings.ContainsAny(repository, "?#% ") || strings.Contains(s.Repo, "/"):
		return s, usagef("the repository is %q, want OWNER/NAME", repository)
	}
	address := job.API
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
