package pullrequest

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-github/v62/github"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/branchstore"
	"github.com/benchgate/benchgate/internal/realparts"
)

const emulatedSeed = `tokens: {t0ken: {login: octocat, scopes: [repo, user]}}
github: {users: [{login: octocat}], repos: [{owner: octocat, name: agentrepo, auto_init: true}]}
`

// emulated serves a GitHub that others wrote, the npm package emulate, with one
// repository.
func emulated(t *testing.T) Server {
	t.Helper()
	program := realparts.EmulateProgram(t)
	seed := filepath.Join(t.TempDir(), "seed.yaml")
	if err := os.WriteFile(seed, []byte(emulatedSeed), 0o644); err != nil {
		t.Fatal(err)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(free.Addr().String())
	free.Close()
	cmd := exec.Command(program, "--service", "github", "--port", port, "--seed", seed)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		realparts.Lacking(t, realparts.Emulate, err.Error())
	}
	ready := make(chan struct{})
	var read sync.WaitGroup
	read.Go(func() {
		defer close(ready)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if strings.Contains(lines.Text(), "localhost:"+port) {
				return // the pipe takes the few lines that follow
			}
		}
	})
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		read.Wait()
		_ = cmd.Wait()
	})
	<-ready
	api, err := url.Parse("http://127.0.0.1:" + port + "/")
	if err != nil {
		t.Fatal(err)
	}
	return Server{API: api, Token: "t0ken", Owner: "octocat", Repo: "agentrepo", UserAgent: "benchgate/test"}
}

// Everything once more on an implementation of GitHub's API that is not ours: a
// comment is posted and updated in place, a check run is completed, a pull request
// is opened, and writers at once move the baselines' branch forward only.
//
// That implementation makes no commit without a parent, so that the branch begins
// on main here.
func TestAgainstAnIndependentGitHub(t *testing.T) {
	s := emulated(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	c := newClient(s, func(string) {})
	main, _, err := c.api.Git.GetRef(ctx, s.Owner, s.Repo, "heads/main")
	if err != nil {
		t.Fatal(err)
	}
	head := main.GetObject().GetSHA()
	for _, name := range []string{branchName, "model"} {
		_, _, err := c.api.Git.CreateRef(ctx, s.Owner, s.Repo, &github.Reference{Ref: github.String("refs/heads/" + name), Object: &github.GitObject{SHA: &head}})
		if err != nil {
			t.Fatal(err)
		}
	}

	store := func() *Baselines {
		b := NewBaselines(s, branchName, branchstore.Provenance{Commit: head}, func(string) {})
		b.Sleep = hurried
		return b
	}
	var writers sync.WaitGroup
	for i := range 10 {
		writers.Go(func() {
			if err := store().Accept(ctx, run(fmt.Sprintf("r%d", i)), ledger()); err != nil {
				t.Errorf("writer %d: %v", i, err)
			}
		})
	}
	writers.Wait()
	if entries, err := store().List(ctx, baselines.Query{Arm: baselines.Baseline}); err != nil || len(entries) != 10 {
		t.Errorf("%d baselines, %v; want 10", len(entries), err)
	}
	if n := commitsTo(ctx, t, c, head); n != 10 {
		t.Errorf("%d commits lead from main to the branch, want 10: it was not moved forward only", n)
	}
	posted, err := store().Propose(ctx, Proposal{Run: run("r10"), Ledger: ledger()})
	if err != nil || posted.How != Created {
		t.Errorf("the proposal is %+v, %v", posted, err)
	}
	if again, err := store().Propose(ctx, Proposal{Run: run("r10"), Ledger: ledger()}); err != nil || again.URL != posted.URL {
		t.Errorf("again it is %+v, %v", again, err)
	}
	if err := store().Remove(ctx, "r3"); err != nil {
		t.Error(err)
	}
	if _, err := store().Load(ctx, "r4"); err != nil {
		t.Error(err)
	}

	pull, _, err := c.api.PullRequests.Create(ctx, s.Owner, s.Repo, &github.NewPullRequest{
		Title: github.String("a new model"), Head: github.String(branchName), Base: github.String("main"),
	})
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Verdict: verdict(t, "informed-regression"), Post: Post{
		Server: s, Number: pull.GetNumber(), Head: pull.GetHead().GetSHA(),
		Build: Build{Number: 5, Attempt: 1}, Comment: Always, IfInconclusive: Neutral, Notice: func(string) {},
	}}
	for i, want := range []How{Created, Updated, Unchanged} {
		if i == 1 {
			o.ArtifactURL = "https://example.com/files"
		}
		result, err := Publish(ctx, o)
		if err != nil || result.Comment.How != want {
			t.Errorf("the comment is %+v, %v; want it %s", result.Comment, err, want)
		}
	}
	comments, _, err := c.api.Issues.ListComments(ctx, s.Owner, s.Repo, o.Number, nil)
	if err != nil || len(comments) != 1 || !strings.Contains(comments[0].GetBody(), "https://example.com/files") {
		t.Errorf("%d comments, %v", len(comments), err)
	}
	checks, _, err := c.api.Checks.ListCheckRunsForRef(ctx, s.Owner, s.Repo, o.Head, nil)
	if err != nil || checks.GetTotal() != 1 || checks.CheckRuns[0].GetStatus() != "completed" || checks.CheckRuns[0].GetConclusion() != "failure" {
		t.Errorf("check runs: %+v, %v", checks, err)
	}
}

// commitsTo counts the commits from one to the branch, of which each has one
// parent.
func commitsTo(ctx context.Context, t *testing.T, c *client, from string) int {
	t.Helper()
	ref, _, err := c.api.Git.GetRef(ctx, c.owner, c.repo, "heads/"+branchName)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for at := ref.GetObject().GetSHA(); at != from; n++ {
		commit, _, err := c.api.Git.GetCommit(ctx, c.owner, c.repo, at)
		if err != nil || len(commit.Parents) != 1 {
			t.Fatalf("commit %s: %d parents, %v", at, len(commit.Parents), err)
		}
		at = commit.Parents[0].GetSHA()
	}
	return n
}
