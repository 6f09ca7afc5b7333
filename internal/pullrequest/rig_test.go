package pullrequest

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/pullrequest/githubtest"
	"github.com/benchgate/benchgate/internal/report"
)

const (
	secret   = "ghs_0123456789"
	measured = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"
	newer    = "9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c"
)

// rig is a fake GitHub with one pull request, number 7, and a client whose waits
// are written down instead of waited for.
type rig struct {
	*githubtest.GitHub
	t          *testing.T
	server     Server
	answerTime time.Duration
	waited     []time.Duration
	over       func(*client) // looks at each client's way to GitHub; nil: nobody does
}

// hurries lets a client wait for nothing.
func (r *rig) hurries(c *client, sleep func(context.Context, time.Duration) error) {
	c.patient.sleep, c.patient.answerTime = sleep, r.answerTime
	if r.over != nil {
		r.over(c)
	}
}

// writesDown is a wait that is written down.
func (r *rig) writesDown(ctx context.Context, d time.Duration) error {
	r.waited = append(r.waited, d)
	return ctx.Err()
}

func newRig(t *testing.T) *rig {
	t.Helper()
	g, err := githubtest.New()
	if err != nil {
		t.Fatal(err)
	}
	g.SetToken(secret, githubtest.Actions)
	g.SetPull(7, measured)
	served := httptest.NewServer(g)
	t.Cleanup(served.Close)
	t.Cleanup(func() {
		for _, err := range g.Violations() {
			t.Errorf("GitHub's description says otherwise: %v", err)
		}
	})
	api, err := url.Parse(githubtest.API(served.URL))
	if err != nil {
		t.Fatal(err)
	}
	owner, repo, _ := strings.Cut(githubtest.Repository, "/")
	return &rig{GitHub: g, t: t, server: Server{API: api, Token: secret, Owner: owner, Repo: repo, UserAgent: "benchgate/test"}, answerTime: answerTime}
}

// options publish a verdict as build 5 does.
func (r *rig) options(v gate.Verdict) Options {
	return Options{Verdict: v, Post: r.post(v.Candidate.Suite.Name)}
}

// post is where build 5 posts.
func (r *rig) post(suite string) Post {
	return Post{
		Server: r.server, Number: 7, Head: measured,
		Key: Key{Suite: suite}, Build: Build{Number: 5, Attempt: 1}, BuildURL: "https://github.com/octocat/Hello-World/actions/runs/5",
		Comment: Always, IfInconclusive: Neutral, Notice: func(string) {},
	}
}

// poster is a poster that waits for nothing.
func (r *rig) poster(p Post) *Poster {
	poster := NewPoster(p)
	r.hurries(poster.client, r.writesDown)
	return poster
}

// publish publishes within a minute.
func (r *rig) publish(o Options) (Result, error) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return r.poster(o.Post).Finish(ctx, o.Verdict, Places{})
}

// posts publishes and wants it to go well.
func (r *rig) posts(o Options) Result {
	r.t.Helper()
	result, err := r.publish(o)
	if err != nil {
		r.t.Fatal(err)
	}
	return result
}

// only is the one comment that there is.
func (r *rig) only() githubtest.Comment {
	r.t.Helper()
	comments := r.Comments()
	if len(comments) != 1 {
		r.t.Fatalf("%d comments, want 1", len(comments))
	}
	return comments[0]
}

// changes counts the requests that could change something.
func (r *rig) changes() int {
	n := 0
	for _, call := range r.Calls() {
		if !strings.HasPrefix(call, "GET ") && !strings.HasSuffix(call, "/graphql") {
			n++
		}
	}
	return n
}

// verdict is one of the gate's own documents, with its sentences.
func verdict(t testing.TB, name string) gate.Verdict {
	t.Helper()
	v := document(t, "../../gate/testdata/"+name+".json")
	report.Explain(&v)
	return v
}

// document is a verdict document as it is.
func document(t testing.TB, file string) gate.Verdict {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var v gate.Verdict
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
