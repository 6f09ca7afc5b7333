package pullrequest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-github/v62/github"
)

// Artifact is what a workflow's run uploaded.
type Artifact struct {
	ID      int64
	Name    string
	Bytes   int64 // of the zip archive, as GitHub says
	Created time.Time

	Run     int64  // the workflow's run that uploaded it
	HeadSHA string // the commit that this run was of
}

var readingArtifacts = action{"reading artifacts", "actions: read"}

// mostRuns is how many earlier runs are looked into.
const mostRuns = 30

// Artifacts are those of a name that runs of one workflow uploaded in this
// repository, the newest first, of the last 30 such runs at most. What expired is
// left out, and so is what a run of a fork's commit uploaded: its author chose
// what is in it. Workflow is the path of the workflow's file; believed says
// which of its runs are meant.
func (r *Repository) Artifacts(ctx context.Context, name, workflow string, believed func(WorkflowRun) bool) ([]Artifact, error) {
	found, err := r.listArtifacts(ctx, "actions/artifacts?per_page=100&name="+url.QueryEscape(name))
	if err != nil {
		return nil, err
	}
	var ours []Artifact
	for _, a := range found {
		if isOwn(a) && a.GetName() == name {
			ours = append(ours, artifactOf(a))
		}
	}
	slices.SortFunc(ours, newerFirst)
	return r.ofRuns(ctx, ours[:min(len(ours), mostRuns)], func(run WorkflowRun) bool {
		return !run.Fork && workflow != "" && run.Workflow == workflow && believed(run)
	})
}

// ofRuns keeps the artifacts whose run is meant: any workflow may upload under any
// name.
func (r *Repository) ofRuns(ctx context.Context, all []Artifact, meant func(WorkflowRun) bool) ([]Artifact, error) {
	var kept []Artifact
	asked := make(map[int64]bool)
	for _, a := range all {
		is, known := asked[a.Run]
		if !known {
			run, err := r.WorkflowRun(ctx, a.Run)
			if err != nil {
				return nil, err
			}
			is = meant(run)
			asked[a.Run] = is
		}
		if is {
			kept = append(kept, a)
		}
	}
	return kept, nil
}

// WorkflowRun is a run of a workflow.
type WorkflowRun struct {
	ID       int64
	Workflow string // path of the workflow's file
	Event    string // that started it
	HeadSHA  string
	HeadRef  string // name of the branch
	Fork     bool   // its commit is in another repository, or in one that is gone
	Done     bool
}

// WorkflowRun reads the workflow's run of an id.
func (r *Repository) WorkflowRun(ctx context.Context, id int64) (WorkflowRun, error) {
	request, err := r.api.NewRequest(http.MethodGet, fmt.Sprintf("repos/%s/%s/actions/runs/%d", r.owner, r.repo, id), nil)
	if err != nil {
		return WorkflowRun{}, r.refused(err, readingArtifacts)
	}
	var run struct {
		github.WorkflowRun
		Path string // OWNER/NAME is left out; "@REF" may follow
	}
	if _, err := r.api.Do(ctx, request, &run); err != nil {
		return WorkflowRun{}, r.refused(err, action{"reading a workflow's run", "actions: read"})
	}
	path, _, _ := strings.Cut(run.Path, "@")
	return WorkflowRun{
		ID: run.GetID(), Workflow: path, Event: run.GetEvent(), HeadSHA: run.GetHeadSHA(), HeadRef: run.GetHeadBranch(),
		Fork: isFork(run.GetHeadRepository(), run.GetRepository()),
		Done: run.GetStatus() == "completed",
	}, nil
}

// ArtifactsOf are those that one workflow's run uploaded, whatever its commit is,
// without what expired.
func (r *Repository) ArtifactsOf(ctx context.Context, run int64) ([]Artifact, error) {
	found, err := r.listArtifacts(ctx, "actions/runs/"+strconv.FormatInt(run, 10)+"/artifacts?per_page=100")
	if err != nil {
		return nil, err
	}
	var kept []Artifact
	for _, a := range found {
		if !a.GetExpired() {
			kept = append(kept, artifactOf(a))
		}
	}
	return kept, nil
}

// listArtifacts reads the pages of a list, up to the 500 of the newest.
func (r *Repository) listArtifacts(ctx context.Context, list string) ([]*github.Artifact, error) {
	const pages = 5
	var found []*github.Artifact
	for page := 1; page <= pages; page++ {
		request, err := r.api.NewRequest(http.MethodGet, fmt.Sprintf("repos/%s/%s/%s&page=%d", r.owner, r.repo, list, page), nil)
		if err != nil {
			return nil, r.refused(err, readingArtifacts)
		}
		var answer github.ArtifactList
		response, err := r.api.Do(ctx, request, &answer)
		if err != nil {
			return nil, r.refused(err, readingArtifacts)
		}
		found = append(found, answer.Artifacts...)
		if response.NextPage == 0 {
			break
		}
	}
	return found, nil
}

func artifactOf(a *github.Artifact) Artifact {
	return Artifact{
		ID: a.GetID(), Name: a.GetName(), Bytes: a.GetSizeInBytes(), Created: a.GetCreatedAt().Time,
		Run: a.GetWorkflowRun().GetID(), HeadSHA: a.GetWorkflowRun().GetHeadSHA(),
	}
}

// Download is an artifact's zip archive, of at most so many bytes, or 64 MiB. Above
// them the error wraps [ErrTooLarge].
func (r *Repository) Download(ctx context.Context, a Artifact, most int64) ([]byte, error) {
	doing := fmt.Sprintf("downloading the artifact %q", a.Name)
	most = min(most, maxAnswer)
	if a.Bytes > most {
		return nil, fmt.Errorf("%s: it has %d bytes, of at most %d: %w", doing, a.Bytes, most, ErrTooLarge)
	}
	address, response, err := r.api.Actions.DownloadArtifact(ctx, r.owner, r.repo, a.ID, 0)
	if err != nil {
		return nil, r.refused(withAnswer(err, response), action{doing, "actions: read"})
	}
	return r.fetchFrom(ctx, address, doing, most)
}

// withAnswer is the error with GitHub's answer, which the library leaves out of
// this call's.
func withAnswer(err error, response *github.Response) error {
	var answer *github.ErrorResponse
	if response == nil || errors.As(err, &answer) {
		return err
	}
	answer = &github.ErrorResponse{}
	if text, readErr := io.ReadAll(response.Body); readErr == nil {
		_ = json.Unmarshal(text, answer) // of what is no JSON the status says enough
	}
	answer.Response = response.Response
	return answer
}

// fetchFrom reads what stands at an address that GitHub gave. The token is for
// GitHub, and the address has its own: [patient] sends it to no other host.
func (r *Repository) fetchFrom(ctx context.Context, address *url.URL, doing string, most int64) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	response, err := r.patient.RoundTrip(request)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, withoutAddress(err))
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, refusal{doing, fmt.Sprintf("the storage that GitHub leads to answers %d %s", response.StatusCode, http.StatusText(response.StatusCode)), "run it again"}
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, most+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", doing, err)
	case int64(len(text)) > most:
		return nil, fmt.Errorf("%s: it has more than %d bytes: %w", doing, most, ErrTooLarge)
	}
	return text, nil
}

// withoutAddress leaves out the address, whose query is as good as a password.
func withoutAddress(err error) error {
	var of *url.Error
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

// ArtifactsLike are the newest of those whose names have a form, one of each name,
// the newest first. Like [Repository.Artifacts] they are not expired, and of runs of
// this repository's own commits; which workflow's they are, [Repository.WorkflowRun]
// says. Only the newest 500 artifacts of the repository are looked at.
func (r *Repository) ArtifactsLike(ctx context.Context, form *regexp.Regexp) ([]Artifact, error) {
	found, err := r.listArtifacts(ctx, "actions/artifacts?per_page=100")
	if err != nil {
		return nil, err
	}
	newest := make(map[string]Artifact)
	for _, a := range found {
		if !isOwn(a) || !form.MatchString(a.GetName()) {
			continue
		}
		if known, there := newest[a.GetName()]; !there || a.GetCreatedAt().After(known.Created) {
			newest[a.GetName()] = artifactOf(a)
		}
	}
	return slices.SortedFunc(maps.Values(newest), newerFirst), nil
}

// isOwn tells an artifact that is there and that a run of this repository's own
// commit uploaded.
func isOwn(a *github.Artifact) bool {
	run := a.GetWorkflowRun()
	return run.GetRepositoryID() != 0 && run.GetRepositoryID() == run.GetHeadRepositoryID() && !a.GetExpired()
}

func newerFirst(a, b Artifact) int {
	return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(b.ID, a.ID))
}
