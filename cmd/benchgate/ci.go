package main

import (
	"strings"

	"github.com/benchgate/benchgate/internal/pullrequest"
	"github.com/benchgate/benchgate/internal/workflow"
)

// server is the repository that the flag or the job names, with the token.
func (p *program) server(job workflow.Job, repository string) (pullrequest.Server, error) {
	token, _ := p.LookupEnv("GITHUB_TOKEN")
	if token = strings.TrimSpace(token); token == "" {
		return pullrequest.Server{}, usagef("GITHUB_TOKEN is not set: publish posts with that token; in a workflow, env: GITHUB_TOKEN: ${{ github.token }}")
	}
	if repository == "" {
		return pullrequest.Server{}, usagef("publish needs --repository OWNER/NAME (in GitHub Actions GITHUB_REPOSITORY says it)")
	}
	return serverWith(token, job, repository)
}

// serverWith is the repository, asked with that token.
func serverWith(token string, job workflow.Job, repository string) (pullrequest.Server, error) {
	s, err := pullrequest.ParseServer(repository, job.API)
	if err != nil {
		return s, usagef("%w", err)
	}
	s.UserAgent, s.Token = "benchgate/"+version(), token
	return s, nil
}
