package githubtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/getkin/kin-openapi/openapi3filter"
)

// Token is what an account may do.
type Token struct {
	Login    string // the account, as comments name their author
	App      int64  // of which GitHub App it is; 0: of a user
	Comments bool   // may write them
	Checks   bool   // may write check runs
	Contents bool   // may write git data
	Pulls    bool   // may open pull requests
	Runs     bool   // may read runs of workflows, and their artifacts
	Issues   bool   // may write issues
}

// Actions is the token of a workflow's job that may do all that it needs.
var Actions = Token{Login: "github-actions[bot]", App: 15368, Comments: true, Checks: true, Contents: true, Pulls: true, Runs: true, Issues: true}

// Comment is one on a pull request.
type Comment struct {
	ID          int64
	Number      int // of the pull request
	Login, Body string
}

// Check is a check run. Without a conclusion it is not completed.
type Check struct {
	ID, App                                               int64
	Head, Name, ExternalID, Conclusion, Title, DetailsURL string
	Summary, Text                                         string
	Annotations                                           []Annotation // those of all requests: each adds to them
}

// Annotation is one of a check run.
type Annotation struct {
	Path, Level, Title, Message string
	Line                        int
}

// GitHub is the fake. Its methods may be called while it serves.
type GitHub struct {
	about *description

	mu         sync.Mutex
	tokens     map[string]Token
	pulls      map[int]Pull
	accounts   map[string]Account
	events     []labelEvent
	ways       map[string]Way
	comments   []Comment
	issues     []Issue
	checks     []Check
	git        *gitData
	truncated  bool
	proposals  []Proposal
	runs       map[int64]WorkflowRun
	artifacts  []Artifact
	date       time.Time // of its answers; zero: now
	locked     bool
	noGraphQL  bool
	id         int64 // the last one given
	faults     []*Fault
	calls      []made
	violations []error
}

// Way is what there is between two commits.
type Way struct {
	Status string // ahead, behind, diverged
	Ahead  int
}

// New makes a GitHub with nothing but a branch main. Its repository is
// octocat/Hello-World.
func New() (*GitHub, error) {
	about, err := described()
	return &GitHub{
		about: about, git: newGitData(), tokens: map[string]Token{}, pulls: map[int]Pull{}, accounts: map[string]Account{},
		ways: map[string]Way{}, runs: map[int64]WorkflowRun{},
	}, err
}

// Repository is the only one there is.
const Repository = "octocat/Hello-World"

// API is the address of the API of a GitHub that is served at an address.
func API(address string) string { return address + base }

// SetToken makes a token valid, or changes what it may do.
func (g *GitHub) SetToken(secret string, t Token) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tokens[secret] = t
}

// SetDate says what time it is on GitHub.
func (g *GitHub) SetDate(at time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.date = at
}

// SetWay says what there is between two commits.
func (g *GitHub) SetWay(from, to string, w Way) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ways[from+"..."+to] = w
}

// Lock locks the conversations of all pull requests.
func (g *GitHub) Lock() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.locked = true
}

// WithoutGraphQL takes that part of the API away.
func (g *GitHub) WithoutGraphQL() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.noGraphQL = true
}

// AddComment writes a comment in somebody's name and gives its id.
func (g *GitHub) AddComment(number int, login, body string) int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.addComment(number, login, body).ID
}

func (g *GitHub) addComment(number int, login, body string) Comment {
	g.id++
	c := Comment{ID: g.id, Number: number, Login: login, Body: body}
	g.comments = append(g.comments, c)
	return c
}

// AddCheck adds a check run of some app.
func (g *GitHub) AddCheck(c Check) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.id++
	c.ID = g.id
	g.checks = append(g.checks, c)
}

// Comments are those of all pull requests, the oldest first.
func (g *GitHub) Comments() []Comment {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.comments)
}

// Checks are those of all commits, the oldest first.
func (g *GitHub) Checks() []Check {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.checks)
}

// Calls are all requests so far, as "GET /repos/...".
func (g *GitHub) Calls() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all []string
	for _, c := range g.calls {
		all = append(all, c.what)
	}
	return all
}

// CallsBy are those that the account of this login made with its token.
func (g *GitHub) CallsBy(login string) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all []string
	for _, c := range g.calls {
		if c.login == login {
			all = append(all, c.what)
		}
	}
	return all
}

// made is one request, and who made it; nobody where it had no valid token.
type made struct{ login, what string }

// Violations are the requests and answers that contradict the description. A
// test that ends with one has failed.
func (g *GitHub) Violations() []error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.violations)
}

// ServeHTTP implements [http.Handler].
func (g *GitHub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client is gone
	}
	g.mu.Lock()
	token, _ := g.tokenOf(r)
	g.calls = append(g.calls, made{token.Login, r.Method + " " + strings.TrimPrefix(r.URL.Path, base)})
	fault := g.due(r)
	if !g.date.IsZero() {
		w.Header().Set("Date", g.date.UTC().Format(http.TimeFormat))
	}
	g.mu.Unlock()
	if fault == nil {
		fault = &Fault{}
	}
	fault.serve(w, r, func() *httptest.ResponseRecorder { return g.carryOut(r, body) })
}

// carryOut does what a request asks for.
func (g *GitHub) carryOut(r *http.Request, body []byte) *httptest.ResponseRecorder {
	g.mu.Lock()
	defer g.mu.Unlock()
	a := httptest.NewRecorder()
	if r.URL.Path == "/api/graphql" {
		r.Body = io.NopCloser(bytes.NewReader(body))
		g.graphql(a, r)
		return a
	}
	if strings.HasPrefix(r.URL.Path, storage) {
		g.store(a, r)
		return a
	}
	input, err := g.about.request(r, body)
	if err != nil {
		g.violations = append(g.violations, err)
		refuse(a, http.StatusBadRequest, err.Error())
		return a
	}
	g.route(a, input, body)
	if err := g.about.answer(input, a); err != nil {
		g.violations = append(g.violations, err)
	}
	return a
}

func (g *GitHub) route(a *httptest.ResponseRecorder, input *openapi3filter.RequestValidationInput, body []byte) {
	token, known := g.tokenOf(input.Request)
	if !known {
		refuse(a, http.StatusUnauthorized, "Bad credentials")
		return
	}
	if input.Route.Path == "/user" {
		g.user(a, token)
		return
	}
	if input.PathParams["owner"]+"/"+input.PathParams["repo"] != Repository {
		refuse(a, http.StatusNotFound, "Not Found")
		return
	}
	c := call{g, a, input, token, body}
	switch input.Request.Method + " " + input.Route.Path {
	case "GET /repos/{owner}/{repo}/pulls/{pull_number}":
		c.pull()
	case "GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls":
		c.pullsOfCommit()
	case "GET /repos/{owner}/{repo}/pulls/{pull_number}/files":
		c.files()
	case "GET /repos/{owner}/{repo}/issues/{issue_number}/events":
		c.labelEvents()
	case "GET /repos/{owner}/{repo}/collaborators/{username}/permission":
		c.permission()
	case "GET /repos/{owner}/{repo}/compare/{basehead}":
		c.compare()
	case "GET /repos/{owner}/{repo}/issues/{issue_number}/comments":
		c.listComments()
	case "POST /repos/{owner}/{repo}/issues/{issue_number}/comments":
		c.createComment()
	case "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}":
		c.editComment()
	case "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}":
		c.deleteComment()
	case "GET /repos/{owner}/{repo}/commits/{ref}/check-runs":
		c.listChecks()
	case "POST /repos/{owner}/{repo}/check-runs":
		c.createCheck()
	case "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}":
		c.updateCheck()
	default:
		if asked := input.Request.Method + " " + strings.TrimPrefix(strings.TrimPrefix(input.Route.Path, "/repos/{owner}/{repo}"), "/"); c.gitDataCall(asked) || c.pullsCall(asked) || c.runsCall(asked) || c.issuesCall(asked) {
			return
		}
		g.violations = append(g.violations, fmt.Errorf("the fake does not know %s %s", input.Request.Method, input.Route.Path))
		refuse(a, http.StatusNotFound, "Not Found")
	}
}

func (g *GitHub) tokenOf(r *http.Request) (Token, bool) {
	const scheme = "Bearer "
	authorization := r.Header.Get("Authorization")
	if len(authorization) < len(scheme) || authorization[:len(scheme)] != scheme {
		return Token{}, false
	}
	t, known := g.tokens[authorization[len(scheme):]]
	return t, known
}

// graphql answers the only query that is asked there.
func (g *GitHub) graphql(a *httptest.ResponseRecorder, r *http.Request) {
	var asked struct{ Query string }
	token, known := g.tokenOf(r)
	switch err := json.NewDecoder(r.Body).Decode(&asked); {
	case g.noGraphQL:
		refuse(a, http.StatusNotFound, "Not Found")
	case err != nil || r.Method != http.MethodPost || asked.Query != "query { viewer { login } }":
		g.violations = append(g.violations, errors.Join(fmt.Errorf("GraphQL: %s %q", r.Method, asked.Query), err))
		refuse(a, http.StatusBadRequest, "Problems parsing JSON")
	case !known:
		refuse(a, http.StatusUnauthorized, "Bad credentials")
	default:
		reply(a, http.StatusOK, map[string]any{"data": map[string]any{"viewer": map[string]any{"login": token.Login}}})
	}
}

// user answers who a user's token is of. That of an app is of nobody.
func (g *GitHub) user(a *httptest.ResponseRecorder, t Token) {
	if t.App != 0 {
		refuse(a, http.StatusForbidden, "Resource not accessible by integration")
		return
	}
	user := g.about.example("private-user-response-with-public-and-private-profile-information")
	user["login"], user["user_view_type"] = t.Login, "private" // the example lacks the latter, which its schema requires
	reply(a, http.StatusOK, user)
}

func reply(a *httptest.ResponseRecorder, status int, body any) {
	a.Header().Set("Content-Type", "application/json; charset=utf-8")
	a.WriteHeader(status)
	if err := json.NewEncoder(a).Encode(body); err != nil {
		panic(err) // a recorder takes everything, and our maps are JSON
	}
}

func refuse(a *httptest.ResponseRecorder, status int, message string) {
	reply(a, status, map[string]any{"message": message, "documentation_url": "https://docs.github.com/rest", "status": fmt.Sprint(status)})
}

// EditComment changes a comment as somebody who may write to the repository can
// change everybody's.
func (g *GitHub) EditComment(id int64, body string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if at := slices.IndexFunc(g.comments, func(c Comment) bool { return c.ID == id }); at >= 0 {
		g.comments[at].Body = body
	}
}
