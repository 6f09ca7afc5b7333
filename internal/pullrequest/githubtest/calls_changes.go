package githubtest

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Pull is a pull request. Empty fields are those of an ordinary one: open, of the
// branch topic to main in this repository, by octocat.
type Pull struct {
	Number              int
	Head, Base          string // commits
	HeadRef, BaseRef    string // branches
	Author              string // login
	Fork, Draft, Closed bool
	From                string // OWNER/NAME of the fork; empty: [ForkRepository]
	Labels              []string
	Files               []ChangedFile
}

// ChangedFile is one that a pull request changes; From is where it was moved from.
type ChangedFile struct{ Name, From string }

// PutPull makes a pull request, or replaces it.
func (g *GitHub) PutPull(p Pull) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pulls[p.Number] = p
}

// SetPull opens a pull request, or moves its head.
func (g *GitHub) SetPull(number int, head string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.pulls[number]
	p.Number, p.Head = number, head
	g.pulls[number] = p
}

func (c call) pull() {
	from, found := c.pulls[int(c.number("pull_number"))]
	if !found {
		refuse(c.a, http.StatusNotFound, "Not Found")
		return
	}
	pull := c.about.example("pull-request")
	pull["requested_teams"] = []any{} // the example's team lacks a key that its own schema requires
	c.fill(pull, from)
	reply(c.a, http.StatusOK, pull)
}

// fill puts a pull request's own values into one of the examples.
func (c call) fill(pull map[string]any, from Pull) {
	pull["number"], pull["draft"], pull["state"] = from.Number, from.Draft, "open"
	if from.Closed {
		pull["state"] = "closed"
	}
	c.user(pull["user"].(map[string]any), cmp.Or(from.Author, "octocat"))
	labels := []any{}
	for _, name := range from.Labels {
		label := maps.Clone(pull["labels"].([]any)[0].(map[string]any))
		label["name"] = name
		labels = append(labels, label)
	}
	pull["labels"] = labels
	head, base := pull["head"].(map[string]any), pull["base"].(map[string]any)
	head["sha"], head["ref"] = from.Head, cmp.Or(from.HeadRef, "topic")
	base["sha"], base["ref"] = cmp.Or(from.Base, strings.Repeat("ba", 20)), cmp.Or(from.BaseRef, "main")
	if from.Fork {
		head["repo"].(map[string]any)["id"], head["repo"].(map[string]any)["full_name"] = forkID, cmp.Or(from.From, ForkRepository)
	}
}

// ForkRepository is the fork that pull requests come from.
const ForkRepository = "mallory/Hello-World"

// The ids of the repository, as in the examples, and of all forks.
const (
	repositoryID = 1296269
	forkID       = 666
)

func (c call) pullsOfCommit() {
	shown := []any{}
	for _, number := range slices.Sorted(maps.Keys(c.pulls)) {
		if from := c.pulls[number]; from.Head == c.input.PathParams["commit_sha"] {
			pull := c.about.example("pull-request-simple-items")
			pull["requested_teams"] = []any{}
			c.fill(pull, from)
			shown = append(shown, pull)
		}
	}
	reply(c.a, http.StatusOK, page(c, shown))
}

func (c call) files() {
	shown := []any{}
	for _, from := range c.pulls[int(c.number("pull_number"))].Files {
		file := c.about.example("diff-entry-items")
		file["filename"] = from.Name
		if from.From != "" {
			file["status"], file["previous_filename"] = "renamed", from.From
		}
		shown = append(shown, file)
	}
	reply(c.a, http.StatusOK, page(c, shown))
}

// Tip is the newest commit of a branch; empty when there is no such branch.
func (g *GitHub) Tip(branch string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.git.refs["refs/heads/"+branch]
}
