package pullrequest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v62/github"

	"github.com/benchgate/benchgate/internal/pullrequest/githubtest"
)

// repository reads from the rig's GitHub without waiting.
func (r *rig) repository() *Repository {
	return &Repository{r.poster(Post{Server: r.server, Notice: func(string) {}}).client}
}

func TestAPullRequestIsRead(t *testing.T) {
	r := newRig(t)
	r.PutPull(githubtest.Pull{Number: 8, Head: measured, Base: newer, HeadRef: "their-topic", BaseRef: "stable", Author: "outsider", Fork: true, Draft: true, Labels: []string{"one", AcceptLabel}})
	r.PutPull(githubtest.Pull{Number: 9, Head: newer, Base: measured, Closed: true})
	got, err := r.repository().Pull(t.Context(), 8)
	want := Pull{Number: 8, Open: true, Draft: true, Author: "outsider", HeadSHA: measured, BaseSHA: newer, HeadRef: "their-topic", BaseRef: "stable", HeadRepository: githubtest.ForkRepository, Fork: true, Labels: []string{"one", AcceptLabel}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if closed, err := r.repository().Pull(t.Context(), 9); err != nil || closed.Open {
		t.Errorf("a closed one: %+v, %v", closed, err)
	}
	if own, err := r.repository().Pull(t.Context(), 7); err != nil || own.Fork || !own.Open {
		t.Errorf("an ordinary one: %+v, %v", own, err)
	}
}

// GitHub gives no repository for a fork that is gone, which its description does
// not say.
func TestAForkThatIsGoneIsAFork(t *testing.T) {
	here := &github.Repository{ID: github.Int64(1)}
	for name, test := range map[string]struct {
		of   *github.Repository
		fork bool
	}{"gone": {nil, true}, "another": {&github.Repository{ID: github.Int64(2)}, true}, "this one": {here, false}} {
		if got := isFork(test.of, here); got != test.fork {
			t.Errorf("%s: %v", name, got)
		}
	}
	if !isFork(nil, nil) {
		t.Error("nothing known is taken for this repository")
	}
}

func TestTheOpenPullRequestsOfACommit(t *testing.T) {
	r := newRig(t)
	r.PutPull(githubtest.Pull{Number: 8, Head: newer, Fork: true})
	r.PutPull(githubtest.Pull{Number: 9, Head: measured, Closed: true})
	r.PutPull(githubtest.Pull{Number: 10, Head: measured, Fork: true})
	pulls, err := r.repository().PullsOf(t.Context(), measured)
	if err != nil || len(pulls) != 2 || pulls[0].Number != 7 || pulls[1].Number != 10 || !pulls[1].Fork {
		t.Errorf("%+v, %v", pulls, err)
	}
}

func TestChangedFilesOnAllPages(t *testing.T) {
	r := newRig(t)
	p := githubtest.Pull{Number: 8, Head: measured}
	for i := range 250 {
		p.Files = append(p.Files, githubtest.ChangedFile{Name: fmt.Sprintf("file-%03d", i)})
	}
	p.Files = append(p.Files, githubtest.ChangedFile{Name: "harmless.yaml", From: "benchgate.yaml"})
	r.PutPull(p)
	paths, whole, err := r.repository().ChangedFiles(t.Context(), 8)
	if err != nil || !whole || len(paths) != 252 || !slices.Contains(paths, "benchgate.yaml") || !slices.Contains(paths, "harmless.yaml") {
		t.Errorf("%d paths, whole: %v, %v", len(paths), whole, err)
	}
	for len(p.Files) < 3000 {
		p.Files = append(p.Files, githubtest.ChangedFile{Name: fmt.Sprintf("file-%04d", len(p.Files))})
	}
	r.PutPull(p)
	if _, whole, err := r.repository().ChangedFiles(t.Context(), 8); err != nil || whole {
		t.Errorf("3,000 files are taken for all: %v", err)
	}
}

const gateWorkflow = ".github/workflows/gate.yml"

// uploads has artifacts of one name by runs of all kinds, the own ones first.
func (r *rig) uploads() (wanted []int64) {
	at := func(hour int) time.Time { return time.Date(2026, 11, 23, hour, 0, 0, 0, time.UTC) }
	for i, run := range []githubtest.WorkflowRun{
		{Path: gateWorkflow},
		{Path: gateWorkflow + "@refs/heads/main"},
		{Path: gateWorkflow, Fork: true},
		{Path: ".github/workflows/other.yml"},
		{Path: "elsewhere/.github/workflows/gate.yml"},
	} {
		run.ID, run.Head, run.Branch, run.Event = int64(100+i), measured, "topic", "pull_request"
		r.PutRun(run)
		id := r.AddArtifact(githubtest.Artifact{Name: "benchgate-runs", Run: run.ID, Created: at(i), Zip: []byte("PK")})
		if i < 2 {
			wanted = append(wanted, id)
		}
	}
	r.AddArtifact(githubtest.Artifact{Name: "benchgate-runs", Run: 100, Created: at(9), Expired: true})
	r.AddArtifact(githubtest.Artifact{Name: "coverage", Run: 100, Created: at(10)})
	slices.Reverse(wanted) // the newest first
	return wanted
}

func TestArtifactsOfThisWorkflowInThisRepositoryOnly(t *testing.T) {
	r := newRig(t)
	wanted := r.uploads()
	found, err := r.repository().Artifacts(t.Context(), "benchgate-runs", gateWorkflow, func(WorkflowRun) bool { return true })
	var ids []int64
	for _, a := range found {
		ids = append(ids, a.ID)
	}
	if err != nil || !slices.Equal(ids, wanted) || found[0].HeadSHA != measured || found[0].Run != 101 {
		t.Errorf("%+v, %v, want the ids %v", found, err, wanted)
	}
}

func TestTheArtifactsOfOneRun(t *testing.T) {
	r := newRig(t)
	r.uploads()
	found, err := r.repository().ArtifactsOf(t.Context(), 102)
	if err != nil || len(found) != 1 || found[0].Run != 102 || found[0].Name != "benchgate-runs" {
		t.Errorf("%+v, %v", found, err)
	}
	run, err := r.repository().WorkflowRun(t.Context(), 102)
	if want := (WorkflowRun{ID: 102, Workflow: gateWorkflow, Event: "pull_request", HeadSHA: measured, HeadRef: "topic", Fork: true, Done: true}); err != nil || run != want {
		t.Errorf("%+v, %v, want %+v", run, err, want)
	}
}

// The archive is elsewhere, where our token has no business: the fake reports one
// that comes along.
func TestAnArtifactIsDownloadedWithoutTheToken(t *testing.T) {
	r := newRig(t)
	r.PutRun(githubtest.WorkflowRun{ID: 1, Path: gateWorkflow})
	zip := bytes.Repeat([]byte("zip"), 1000)
	id := r.AddArtifact(githubtest.Artifact{Name: "a", Run: 1, Zip: zip})
	got, err := r.repository().Download(t.Context(), Artifact{ID: id, Name: "a", Bytes: 3000}, 3000)
	if err != nil || !bytes.Equal(got, zip) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	for name, test := range map[string]struct {
		said, most int64
	}{"it says so": {3000, 2999}, "it does not say so": {10, 2999}} {
		if _, err := r.repository().Download(t.Context(), Artifact{ID: id, Name: "a", Bytes: test.said}, test.most); !errors.Is(err, ErrTooLarge) {
			t.Errorf("too large, %s: %v", name, err)
		}
	}
}

func TestWhatCannotBeDownloaded(t *testing.T) {
	r := newRig(t)
	expired := r.AddArtifact(githubtest.Artifact{Name: "old", Run: 1, Expired: true})
	_, err := r.repository().Download(t.Context(), Artifact{ID: expired, Name: "old"}, 10)
	if err == nil || !strings.Contains(err.Error(), `downloading the artifact "old": GitHub answers 410 Gone, "Artifact has expired"`) {
		t.Errorf("expired: %v", err)
	}
	_, err = r.repository().Download(t.Context(), Artifact{ID: 4711, Name: "none"}, 10)
	if err == nil || !strings.Contains(err.Error(), `add "actions: read"`) {
		t.Errorf("not there: %v", err)
	}
}
