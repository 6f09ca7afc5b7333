package githubtest

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Account is what GitHub knows of somebody.
type Account struct {
	Role string // in the repository; empty: none
	Bot  bool
}

// labelEvent is one of a pull request's.
type labelEvent struct {
	number       int
	event, label string
	actor        string
	at           time.Time
}

// SetAccount says what somebody may do.
func (g *GitHub) SetAccount(login string, a Account) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.accounts[login] = a
}

// AddLabel sets a label on a pull request in somebody's name.
func (g *GitHub) AddLabel(number int, label, actor string, at time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.events = append(g.events, labelEvent{number, "labeled", label, actor, at})
	p := g.pulls[number]
	p.Labels = append(slices.Clone(p.Labels), label)
	g.pulls[number] = p
}

// RemoveLabel takes it off again.
func (g *GitHub) RemoveLabel(number int, label, actor string, at time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.events = append(g.events, labelEvent{number, "unlabeled", label, actor, at})
	p := g.pulls[number]
	p.Labels = slices.DeleteFunc(slices.Clone(p.Labels), func(l string) bool { return l == label })
	g.pulls[number] = p
}

func (c call) user(user map[string]any, login string) {
	user["login"], user["id"], user["type"] = login, idOf(login), "User"
	if c.accounts[login].Bot || strings.HasSuffix(login, "[bot]") {
		user["type"] = "Bot"
	}
}

// idOf is an account's id: another for each login.
func idOf(login string) int {
	id := 1
	for _, b := range []byte(login) {
		id = (id*31 + int(b)) % 1_000_003
	}
	return id
}

func (c call) labelEvents() {
	shown := []any{}
	for i, from := range c.events {
		if from.number != int(c.number("issue_number")) {
			continue
		}
		event := c.about.example("issue-event-for-issue-items")
		event["id"], event["event"], event["created_at"] = i+1, from.event, from.at.UTC().Format(time.RFC3339)
		event["commit_id"], event["commit_url"] = nil, nil
		event["label"] = map[string]any{"name": from.label, "color": "f29513"}
		c.user(event["actor"].(map[string]any), from.actor)
		shown = append(shown, event)
	}
	reply(c.a, http.StatusOK, page(c, shown))
}

func (c call) permission() {
	login := c.input.PathParams["username"]
	account, known := c.accounts[login]
	if !known {
		refuse(c.a, http.StatusNotFound, login+" is not a user")
		return
	}
	shown := c.about.example("repository-collaborator-permission-response-if-user-has-admin-permissions")
	role := cmp.Or(account.Role, "none")
	// The older field knows four words only.
	older := map[string]string{"maintain": "write", "triage": "read", "admin": "admin", "write": "write", "read": "read", "none": "none"}
	shown["role_name"], shown["permission"] = role, cmp.Or(older[role], "read")
	user := shown["user"].(map[string]any)
	c.user(user, login)
	user["role_name"] = role // the example lacks it, which its schema requires
	reply(c.a, http.StatusOK, shown)
}
