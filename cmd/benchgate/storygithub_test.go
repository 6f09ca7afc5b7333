package main

import (
	"fmt"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/benchgate/benchgate/internal/pullrequest/githubtest"
)

// storyToken is the token of the stories' GitHub.
const storyToken = "ghs_story0123456789"

// githubs are the fakes of the stories that run, by their directories.
var githubs sync.Map

// serveGitHub serves a GitHub with one pull request until the story ends, and
// puts its address and token where benchgate looks for them. The token may do
// what is named; all when nothing is.
func serveGitHub(ts *testscript.TestScript, neg bool, args []string) {
	plainly(ts, neg, args, 2, "github PULL-REQUEST HEAD [comments] [checks] [contents] [pulls] [issues]")
	number, err := strconv.Atoi(args[0])
	ts.Check(err)
	g, err := githubtest.New()
	ts.Check(err)
	token := githubtest.Actions
	if may := args[2:]; len(may) > 0 {
		token.Comments, token.Checks = slices.Contains(may, "comments"), slices.Contains(may, "checks")
		token.Issues = slices.Contains(may, "issues")
		token.Contents, token.Pulls = slices.Contains(may, "contents"), slices.Contains(may, "pulls")
	}
	g.SetToken(storyToken, token)
	g.SetPull(number, args[1])
	server := httptest.NewServer(g)
	githubs.Store(ts.MkAbs("."), g)
	ts.Defer(func() {
		server.Close()
		if wrong := g.Violations(); len(wrong) > 0 {
			ts.Fatalf("GitHub's description says otherwise: %v", wrong)
		}
	})
	ts.Setenv("GITHUB_API_URL", githubtest.API(server.URL))
	ts.Setenv("GITHUB_TOKEN", storyToken)
	ts.Setenv("GITHUB_REPOSITORY", githubtest.Repository)
}

// posted writes into a file what is on the story's GitHub.
func posted(ts *testscript.TestScript, neg bool, args []string) {
	plainly(ts, neg, args, 1, "posted FILE")
	g := githubOf(ts)
	var b strings.Builder
	for _, c := range g.Comments() {
		fmt.Fprintf(&b, "comment %d on pull request %d by %s\n%s\n", c.ID, c.Number, c.Login, c.Body)
	}
	for _, c := range g.Checks() {
		fmt.Fprintf(&b, "check run %q on %s: %s: %s\n%s\n", c.Name, c.Head, c.Conclusion, c.Title, c.Summary)
		for _, a := range c.Annotations {
			fmt.Fprintf(&b, "annotation %s %s:%d: %s\n", a.Level, a.Path, a.Line, a.Message)
		}
	}
	for _, i := range g.Issues() {
		fmt.Fprintf(&b, "issue %d by %s, %s: %s\n%s\n", i.Number, i.Login, i.State, i.Title, i.Body)
	}
	for _, p := range g.Proposals() {
		fmt.Fprintf(&b, "pull request %d by %s, %s into %s: %s\n%s\n", p.Number, p.Login, p.Head, p.Base, p.Title, p.Body)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o644))
}

func githubOf(ts *testscript.TestScript) *githubtest.GitHub {
	found, ok := githubs.Load(ts.MkAbs("."))
	if !ok {
		ts.Fatalf("the story has no GitHub")
	}
	return found.(*githubtest.GitHub)
}

// account gives the story's GitHub another account, with a token that may do what is
// needed to write baselines and nothing else.
func account(ts *testscript.TestScript, neg bool, args []string) {
	plainly(ts, neg, args, 2, "account LOGIN TOKEN")
	githubOf(ts).SetToken(args[1], githubtest.Token{Login: args[0], App: 4711, Contents: true, Pulls: true})
}

// calls writes into a file what an account asked of the story's GitHub since it was
// last asked for that, a line a request.
func calls(ts *testscript.TestScript, neg bool, args []string) {
	plainly(ts, neg, args, 2, "calls LOGIN FILE")
	all := githubOf(ts).CallsBy(args[0])
	seen, _ := callsSeen.Swap(ts.MkAbs(".")+" "+args[0], len(all))
	from, _ := seen.(int)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.Join(append(all[from:], ""), "\n")), 0o644))
}

// callsSeen counts, by story and account, the requests that the story has seen.
var callsSeen sync.Map

// merge merges a pull request of the story's GitHub.
func merge(ts *testscript.TestScript, neg bool, args []string) {
	plainly(ts, neg, args, 1, "merge PULL-REQUEST")
	number, err := strconv.Atoi(args[0])
	ts.Check(err)
	ts.Check(githubOf(ts).Merge(number))
}

// stored puts the id of the only run on the story's branch into a variable.
func stored(ts *testscript.TestScript, neg bool, args []string) {
	plainly(ts, neg, args, 1, "stored VARIABLE")
	var ids []string
	for path := range githubOf(ts).Files("benchgate-baselines") {
		if id, file, _ := strings.Cut(path, "/"); file == "run.jsonl" {
			ids = append(ids, id)
		}
	}
	if len(ids) != 1 {
		ts.Fatalf("the branch has the runs %q, want one", ids)
	}
	ts.Setenv(args[0], ids[0])
}
