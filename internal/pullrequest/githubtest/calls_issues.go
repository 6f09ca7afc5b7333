package githubtest

import (
	"fmt"
	"net/http"
	"slices"
	"unicode/utf8"
)

// Issue is one of the repository's, without its pull requests.
type Issue struct {
	Number             int
	Login, Title, Body string
	State, Reason      string // open or closed
	Labels             []string
}

// AddIssue opens an issue in somebody's name and gives its number.
func (g *GitHub) AddIssue(login, title, body string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.addIssue(Issue{Login: login, Title: title, Body: body}).Number
}

// firstIssue leaves room below for the numbers of pull requests.
const firstIssue = 100

func (g *GitHub) addIssue(i Issue) Issue {
	i.Number, i.State = firstIssue+len(g.issues), "open"
	g.issues = append(g.issues, i)
	return i
}

// SetIssueState closes an issue, or opens it again, as a person does.
func (g *GitHub) SetIssueState(number int, state string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.issues[number-firstIssue].State = state
}

// Issues are all of them, the oldest first.
func (g *GitHub) Issues() []Issue {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.issues)
}

// issuesCall answers what is asked of issues by themselves; false: nothing was.
func (c call) issuesCall(asked string) bool {
	switch asked {
	case "GET issues":
		c.listIssues()
	case "POST issues":
		c.createIssue()
	case "PATCH issues/{issue_number}":
		c.editIssue()
	default:
		return false
	}
	return true
}

func (c call) issue(from Issue) map[string]any {
	shown := c.about.example("issue")
	shown["number"], shown["title"], shown["body"], shown["state"] = from.Number, from.Title, from.Body, from.State
	shown["html_url"] = fmt.Sprintf("https://github.com/%s/issues/%d", Repository, from.Number)
	shown["user"].(map[string]any)["login"] = from.Login
	delete(shown, "pull_request")
	return shown
}

func (c call) listIssues() {
	query := c.input.Request.URL.Query()
	of := slices.DeleteFunc(slices.Clone(c.issues), func(i Issue) bool {
		state, creator := query.Get("state"), query.Get("creator")
		return state != "all" && state != i.State || creator != "" && creator != i.Login
	})
	slices.Reverse(of) // the newest first, as GitHub does
	shown := []any{}
	for _, issue := range page(c, of) {
		shown = append(shown, c.issue(issue))
	}
	reply(c.a, http.StatusOK, shown)
}

// mayWriteIssue answers what is in the way, if something is.
func (c call) mayWriteIssue(title, body string) bool {
	switch {
	case !c.token.Issues:
		refuse(c.a, http.StatusForbidden, "Resource not accessible by integration")
	case utf8.RuneCountInString(body) > 65536 || utf8.RuneCountInString(title) > 256:
		reply(c.a, http.StatusUnprocessableEntity, map[string]any{
			"message": "Validation Failed", "documentation_url": "https://docs.github.com/rest/issues/issues",
			"errors": []any{map[string]any{"resource": "Issue", "code": "custom", "field": "body", "message": "body is too long (maximum is 65536 characters)"}},
		})
	default:
		return true
	}
	return false
}

func (c call) createIssue() {
	var asked struct {
		Title, Body string
		Labels      []string
	}
	c.decode(&asked)
	if c.mayWriteIssue(asked.Title, asked.Body) {
		reply(c.a, http.StatusCreated, c.issue(c.addIssue(Issue{Login: c.token.Login, Title: asked.Title, Body: asked.Body, Labels: asked.Labels})))
	}
}

func (c call) editIssue() {
	var asked struct {
		Title, Body, State *string
		Reason             *string `json:"state_reason"`
	}
	c.decode(&asked)
	at := int(c.number("issue_number")) - firstIssue
	if at < 0 || at >= len(c.issues) {
		refuse(c.a, http.StatusNotFound, "Not Found")
		return
	}
	i := c.issues[at]
	for _, part := range []struct{ from, to *string }{{asked.Title, &i.Title}, {asked.Body, &i.Body}, {asked.State, &i.State}, {asked.Reason, &i.Reason}} {
		if part.from != nil {
			*part.to = *part.from
		}
	}
	if c.mayWriteIssue(i.Title, i.Body) {
		c.issues[at] = i
		reply(c.a, http.StatusOK, c.issue(i))
	}
}

// isIssue tells that a number is an issue's and no pull request's.
func (c call) isIssue(number int) bool {
	return number >= firstIssue && number < firstIssue+len(c.issues)
}
