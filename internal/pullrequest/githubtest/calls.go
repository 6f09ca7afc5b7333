package githubtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3filter"
)

// call is a request that is allowed to be made, and its answer.
type call struct {
	*GitHub
	a     *httptest.ResponseRecorder
	input *openapi3filter.RequestValidationInput
	token Token
	body  []byte
}

func (c call) number(param string) int64 {
	n, _ := strconv.ParseInt(c.input.PathParams[param], 10, 64) // the description has it as an integer
	return n
}

func (c call) decode(to any) {
	if err := json.Unmarshal(c.body, to); err != nil {
		panic(err) // it was valid just now
	}
}

func (c call) compare() {
	way, found := c.ways[c.input.PathParams["basehead"]]
	if !found {
		refuse(c.a, http.StatusNotFound, "Not Found")
		return
	}
	comparison := c.about.example("commit-comparison")
	comparison["status"], comparison["ahead_by"], comparison["total_commits"] = way.Status, way.Ahead, way.Ahead
	reply(c.a, http.StatusOK, comparison)
}

// page cuts out the page that is asked for, and links to the next.
func page[T any](c call, all []T) []T {
	query := c.input.Request.URL.Query()
	ask := func(name string, otherwise int) int {
		if n, err := strconv.Atoi(query.Get(name)); err == nil {
			return n
		}
		return otherwise
	}
	size, number := min(ask("per_page", 30), 100), ask("page", 1)
	from, to := min((number-1)*size, len(all)), min(number*size, len(all))
	if to < len(all) {
		query.Set("page", strconv.Itoa(number+1))
		c.a.Header().Set("Link", fmt.Sprintf(`<http://%s%s?%s>; rel="next"`, c.input.Request.Host, c.input.Request.URL.Path, query.Encode()))
	}
	return all[from:to]
}

func (c call) listComments() {
	number := int(c.number("issue_number"))
	of := slices.DeleteFunc(slices.Clone(c.comments), func(o Comment) bool { return o.Number != number })
	shown := []any{}
	for _, comment := range page(c, of) {
		shown = append(shown, c.comment(comment))
	}
	reply(c.a, http.StatusOK, shown)
}

func (c call) comment(from Comment) map[string]any {
	shown := c.about.example("issue-comment")
	shown["id"], shown["body"] = from.ID, from.Body
	shown["html_url"] = fmt.Sprintf("https://github.com/%s/pull/%d#issuecomment-%d", Repository, from.Number, from.ID)
	shown["user"].(map[string]any)["login"] = from.Login
	return shown
}

// mayComment answers what is in the way of writing a comment, if something is.
func (c call) mayComment(number int, body string) bool {
	switch {
	case !c.token.Comments && !c.isIssue(number) || !c.token.Issues && c.isIssue(number):
		refuse(c.a, http.StatusForbidden, "Resource not accessible by integration")
	case c.locked:
		refuse(c.a, http.StatusForbidden, "Unable to create comment because issue is locked.")
	case utf8.RuneCountInString(body) > 65536:
		reply(c.a, http.StatusUnprocessableEntity, map[string]any{
			"message": "Validation Failed", "documentation_url": "https://docs.github.com/rest/issues/comments",
			"errors": []any{map[string]any{"resource": "IssueComment", "code": "unprocessable", "field": "data", "message": "Body is too long (maximum is 65536 characters)"}},
		})
	default:
		return true
	}
	return false
}

func (c call) createComment() {
	var asked struct{ Body string }
	c.decode(&asked)
	number := int(c.number("issue_number"))
	if _, found := c.pulls[number]; !found && !c.isIssue(number) {
		refuse(c.a, http.StatusNotFound, "Not Found")
		return
	}
	if c.mayComment(number, asked.Body) {
		reply(c.a, http.StatusCreated, c.comment(c.addComment(number, c.token.Login, asked.Body)))
	}
}

func (c call) editComment() {
	var asked struct{ Body string }
	c.decode(&asked)
	at := c.commentAt()
	if at >= 0 && c.mayComment(c.comments[at].Number, asked.Body) {
		c.comments[at].Body = asked.Body
		reply(c.a, http.StatusOK, c.comment(c.comments[at]))
	}
}

// commentAt is where the comment of the path is; -1 after an answer that there
// is none.
func (c call) commentAt() int {
	id := c.number("comment_id")
	at := slices.IndexFunc(c.comments, func(o Comment) bool { return o.ID == id })
	if at < 0 {
		refuse(c.a, http.StatusNotFound, "Not Found")
	}
	return at
}

func (c call) deleteComment() {
	at := c.commentAt()
	if at >= 0 && c.mayComment(c.comments[at].Number, "") {
		c.comments = slices.Delete(c.comments, at, at+1)
		c.a.WriteHeader(http.StatusNoContent)
	}
}

func (c call) listChecks() {
	query := c.input.Request.URL.Query()
	of := slices.DeleteFunc(slices.Clone(c.checks), func(o Check) bool {
		return o.Head != c.input.PathParams["ref"] || query.Get("check_name") != "" && o.Name != query.Get("check_name")
	})
	shown := []any{}
	for _, check := range page(c, of) {
		shown = append(shown, c.check(check))
	}
	reply(c.a, http.StatusOK, map[string]any{"total_count": len(of), "check_runs": shown})
}

func (c call) check(from Check) map[string]any {
	shown := c.about.example("check-run")
	shown["id"], shown["head_sha"], shown["name"], shown["external_id"] = from.ID, from.Head, from.Name, from.ExternalID
	shown["status"], shown["conclusion"], shown["details_url"] = "completed", from.Conclusion, from.DetailsURL
	if from.Conclusion == "" {
		shown["status"], shown["conclusion"], shown["completed_at"] = "in_progress", nil, nil
	}
	shown["html_url"] = fmt.Sprintf("https://github.com/%s/runs/%d", Repository, from.ID)
	shown["app"].(map[string]any)["id"] = from.App
	output := shown["output"].(map[string]any)
	output["title"], output["summary"], output["text"] = from.Title, from.Summary, from.Text
	output["annotations_count"] = len(from.Annotations)
	return shown
}

// askedCheck reads what is said of a check run, unless there is something in
// the way.
func (c call) askedCheck() (Check, bool) {
	var asked struct {
		Name, Status, Conclusion string
		HeadSHA                  string `json:"head_sha"`
		ExternalID               string `json:"external_id"`
		DetailsURL               string `json:"details_url"`
		Output                   struct {
			Title, Summary, Text string
			Annotations          []struct {
				Path, Title, Message string
				Line                 int    `json:"start_line"`
				Level                string `json:"annotation_level"`
			}
		}
	}
	c.decode(&asked)
	switch {
	case c.token.App == 0:
		refuse(c.a, http.StatusForbidden, "You must authenticate via a GitHub App.")
	case !c.token.Checks:
		refuse(c.a, http.StatusForbidden, "Resource not accessible by integration")
	case len(asked.Output.Summary) > 65535 || len(asked.Output.Text) > 65535:
		refuse(c.a, http.StatusUnprocessableEntity, "Invalid request.\n\nOnly 65535 characters are allowed; "+strconv.Itoa(len(asked.Output.Summary))+" were supplied.")
	case (asked.Status == "completed") != (asked.Conclusion != ""):
		refuse(c.a, http.StatusUnprocessableEntity, "Invalid request.\n\nMissing conclusion for completed status, or one for another.")
	case len(asked.Output.Annotations) > 50:
		refuse(c.a, http.StatusUnprocessableEntity, "Invalid request.\n\nNo more than 50 items are allowed; "+strconv.Itoa(len(asked.Output.Annotations))+" were supplied.")
	default:
		check := Check{
			App: c.token.App, Head: asked.HeadSHA, Name: asked.Name, ExternalID: asked.ExternalID, Conclusion: asked.Conclusion,
			DetailsURL: asked.DetailsURL, Title: asked.Output.Title, Summary: asked.Output.Summary, Text: asked.Output.Text,
		}
		for _, a := range asked.Output.Annotations {
			check.Annotations = append(check.Annotations, Annotation{Path: a.Path, Level: a.Level, Title: a.Title, Message: a.Message, Line: a.Line})
		}
		return check, true
	}
	return Check{}, false
}

func (c call) createCheck() {
	check, allowed := c.askedCheck()
	if !allowed {
		return
	}
	c.id++
	check.ID = c.id
	c.checks = append(c.checks, check)
	reply(c.a, http.StatusCreated, c.check(check))
}

func (c call) updateCheck() {
	check, allowed := c.askedCheck()
	if !allowed {
		return
	}
	at := slices.IndexFunc(c.checks, func(o Check) bool { return o.ID == c.number("check_run_id") })
	switch {
	case at < 0:
		refuse(c.a, http.StatusNotFound, "Not Found")
	case c.checks[at].App != c.token.App:
		refuse(c.a, http.StatusForbidden, fmt.Sprintf("Invalid app_id `%d` - check run can only be modified by the GitHub App that created it.", c.token.App))
	default:
		if c.checks[at].Conclusion != "" && check.Conclusion == "" {
			c.violations = append(c.violations, fmt.Errorf("the completed check run %d is to be in progress again", c.checks[at].ID))
		}
		check.ID, check.Head = c.checks[at].ID, c.checks[at].Head
		check.Annotations = append(c.checks[at].Annotations, check.Annotations...)
		c.checks[at] = check
		reply(c.a, http.StatusOK, c.check(check))
	}
}
