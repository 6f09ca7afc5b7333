package pullrequest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/go-github/v62/github"
)

// action is something that GitHub is asked to do, for people.
type action struct {
	doing      string
	permission string // that it takes, as workflows write it; empty: none
}

// refusal is an error in words that say what to do.
type refusal struct{ doing, message, todo string }

// ErrRefused matches what GitHub refused to do, or could not do in the time given.
var ErrRefused = errors.New("GitHub refused")

// Is makes errors.Is find [ErrRefused].
func (r refusal) Is(target error) bool { return target == ErrRefused }

func (r refusal) Error() string {
	text := fmt.Sprintf("%s: %s", r.doing, r.message)
	if r.todo != "" {
		text += ": " + r.todo
	}
	return text
}

// refused puts an error of the API into words. GitHub's own message is quoted:
// it may come from something between us and GitHub.
func (c *client) refused(err error, a action) error {
	var limit *github.RateLimitError
	var secondary *github.AbuseRateLimitError
	var answer *github.ErrorResponse
	switch {
	case errors.As(err, &limit):
		return refusal{a.doing, "GitHub's rate limit is used up", "run it again after " + limit.Rate.Reset.UTC().Format(time.TimeOnly) + " UTC"}
	case errors.As(err, &secondary):
		return refusal{a.doing, "GitHub wants fewer requests for now", "run it again in some minutes"}
	case errors.As(err, &answer) && answer.Response != nil:
		return refusal{a.doing, answered(answer), c.todo(answer, a)}
	case errors.Is(err, context.DeadlineExceeded):
		return refusal{a.doing, "GitHub did not do it in the time given", c.later()}
	}
	return fmt.Errorf("%s: %w", a.doing, err)
}

// answered is the status and GitHub's message.
func answered(e *github.ErrorResponse) string {
	const most = 300
	parts := []string{e.Message}
	for _, detail := range e.Errors {
		parts = append(parts, strings.TrimSpace(detail.Field+" "+detail.Code+" "+detail.Message))
	}
	message := []rune(strings.Join(parts, "; "))
	return fmt.Sprintf("GitHub answers %d %s, %q", e.Response.StatusCode, http.StatusText(e.Response.StatusCode), string(message[:min(most, len(message))]))
}

func (c *client) todo(e *github.ErrorResponse, a action) string {
	message := strings.ToLower(e.Message)
	switch e.Response.StatusCode {
	case http.StatusUnauthorized:
		return c.tokenFrom + " is wrong or has expired"
	case http.StatusForbidden:
		return c.forbidden(message, a)
	case http.StatusNotFound:
		return fmt.Sprintf("the repository %s/%s or what is asked of it does not exist, or the token may not see it%s", c.owner, c.repo, adding(a))
	case http.StatusGone:
		return "it is there no more, or the repository takes no such thing any more: look at its settings"
	case http.StatusTooManyRequests:
		return "run it again in some minutes"
	}
	if e.Response.StatusCode >= 500 {
		return "run it again; www.githubstatus.com tells of outages"
	}
	return ""
}

func (c *client) forbidden(message string, a action) string {
	switch {
	case strings.Contains(message, "locked"):
		return "unlock the conversation, or leave comments out (" + c.setting("--comment", "never") + ")"
	case strings.Contains(message, "github app"):
		return "check runs take the token of a GitHub App, such as the GITHUB_TOKEN of a workflow; with another, leave them out (" + c.setting("--check", "false") + ")"
	case strings.Contains(message, "rate limit"):
		return "run it again in some minutes"
	}
	return "the token may not do that" + adding(a)
}

// setting is how people say a flag with a value.
func (c *client) setting(flag, value string) string {
	if c.named != nil {
		return c.named(flag) + ": " + value
	}
	return flag + "=" + value
}

// later is what to do about time that was not enough, which only the command line
// can give.
func (c *client) later() string {
	if c.named != nil {
		return "run it again later"
	}
	return "run it again, or give it longer (--timeout)"
}

// adding names the missing permission. What a fork's pull request starts gets a
// read-only token, whatever the workflow says.
func adding(a action) string {
	if a.permission == "" {
		return ""
	}
	return fmt.Sprintf("; add \"%s\" to the job's permissions (a fork's pull request gets no more than read)", a.permission)
}

// ofAnotherApp recognizes the refusal to write another app's check run.
func ofAnotherApp(err error) bool {
	var answer *github.ErrorResponse
	return errors.As(err, &answer) && strings.Contains(strings.ToLower(answer.Message), "app_id")
}

// mayHaveArrived reports whether a failed request may have been carried out all
// the same: there was no answer, or one of something that gave up waiting.
func mayHaveArrived(err error) bool {
	var answer *github.ErrorResponse
	if errors.As(err, &answer) && answer.Response != nil {
		return answer.Response.StatusCode >= 500
	}
	var limit *github.RateLimitError
	var secondary *github.AbuseRateLimitError
	return !errors.As(err, &limit) && !errors.As(err, &secondary) && !neverSent(err)
}
