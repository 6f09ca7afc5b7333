package githubtest

import (
	"fmt"
	"net/http"
	"strings"
)

// Proposal is a pull request that was opened through the API.
type Proposal struct {
	Number                         int
	Login, Title, Body, Head, Base string // head and base are branches
	Merged                         bool
}

// pullsCall answers what is asked of pull requests as proposals; false: nothing
// was.
func (c call) pullsCall(asked string) bool {
	switch asked {
	case "GET pulls":
		c.listPulls()
	case "POST pulls":
		c.createPull()
	case "GET ":
		about := c.about.example("full-repository-default-response")
		for _, other := range []string{"source", "parent", "template_repository"} { // which lack keys that their own schema requires
			delete(about, other)
		}
		about["language"] = nil // the example lacks it
		reply(c.a, http.StatusOK, about)
	default:
		return false
	}
	return true
}

func (c call) proposal(p Proposal, example string) map[string]any {
	shown := c.about.example(example)
	shown["number"], shown["title"], shown["body"] = p.Number, p.Title, p.Body
	shown["html_url"] = fmt.Sprintf("https://github.com/%s/pull/%d", Repository, p.Number)
	shown["requested_teams"] = []any{}
	head, base := shown["head"].(map[string]any), shown["base"].(map[string]any)
	head["ref"], head["sha"], base["ref"] = p.Head, c.git.refs["refs/heads/"+p.Head], p.Base
	return shown
}

func (c call) listPulls() {
	query := c.input.Request.URL.Query()
	owner, _, _ := strings.Cut(Repository, "/")
	shown := []any{}
	for _, p := range c.proposals {
		if p.Merged || query.Get("head") != owner+":"+p.Head || query.Get("base") != p.Base {
			continue
		}
		shown = append(shown, c.proposal(p, "pull-request-simple-items"))
	}
	reply(c.a, http.StatusOK, shown)
}

func (c call) createPull() {
	var asked struct{ Title, Head, Base, Body string }
	c.decode(&asked)
	head, base := c.git.refs["refs/heads/"+asked.Head], c.git.refs["refs/heads/"+asked.Base]
	invalid := func(field, code, message string) {
		reply(c.a, http.StatusUnprocessableEntity, map[string]any{
			"message": "Validation Failed", "documentation_url": "https://docs.github.com/rest/pulls/pulls#create-a-pull-request",
			"errors": []any{map[string]any{"resource": "PullRequest", "code": code, "field": field, "message": message}},
		})
	}
	switch {
	case !c.token.Pulls:
		refuse(c.a, http.StatusForbidden, "GitHub Actions is not permitted to create or approve pull requests.")
		return
	case head == "":
		invalid("head", "invalid", "")
		return
	case base == "":
		invalid("base", "invalid", "")
		return
	case c.git.isAncestor(head, base):
		invalid("", "custom", "No commits between "+asked.Base+" and "+asked.Head)
		return
	}
	number := 100
	for _, p := range c.proposals {
		if number = p.Number; p.Head == asked.Head && p.Base == asked.Base && !p.Merged {
			invalid("", "custom", "A pull request already exists for octocat:"+asked.Head+".")
			return
		}
	}
	made := Proposal{Number: number + 1, Login: c.token.Login, Title: asked.Title, Body: asked.Body, Head: asked.Head, Base: asked.Base}
	c.GitHub.proposals = append(c.GitHub.proposals, made)
	reply(c.a, http.StatusCreated, c.proposal(made, "pull-request"))
}

// Proposals are the pull requests that were opened, the oldest first.
func (g *GitHub) Proposals() []Proposal {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]Proposal(nil), g.proposals...)
}

// Merge merges an opened pull request whose head is ahead of its base.
func (g *GitHub) Merge(number int) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, p := range g.proposals {
		if p.Number != number {
			continue
		}
		head, base := g.git.refs["refs/heads/"+p.Head], g.git.refs["refs/heads/"+p.Base]
		if !g.git.isAncestor(base, head) {
			return fmt.Errorf("pull request %d is behind its base", number)
		}
		g.git.refs["refs/heads/"+p.Base] = head
		g.proposals[i].Merged = true
		return nil
	}
	return fmt.Errorf("there is no pull request %d", number)
}
