package githubtest

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"time"
)

// WorkflowRun is a run of a workflow.
type WorkflowRun struct {
	ID           int64
	Path         string // of the workflow's file, where GitHub adds "@REF" for some
	Event        string
	Head, Branch string
	Fork         bool // its commit is in a fork
	Going        bool // it has not completed
}

// Artifact is what a run uploaded.
type Artifact struct {
	ID      int64 // 0: one is given
	Name    string
	Run     int64
	Zip     []byte
	Created time.Time
	Expired bool
	Bytes   int64 // what GitHub says; 0: the archive's
}

// PutRun makes a workflow's run, or replaces it.
func (g *GitHub) PutRun(r WorkflowRun) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.runs[r.ID] = r
}

// AddArtifact gives the artifact's id.
func (g *GitHub) AddArtifact(a Artifact) int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.id++
	a.ID = g.id
	g.artifacts = append(g.artifacts, a)
	return a.ID
}

// runsCall answers what is asked of workflows' runs; false: nothing was.
func (c call) runsCall(asked string) bool {
	answer, known := map[string]func(){
		"GET actions/artifacts":                                c.listArtifacts,
		"GET actions/artifacts/{artifact_id}/{archive_format}": c.downloadArtifact,
		"GET actions/runs/{run_id}":                            c.workflowRun,
		"GET actions/runs/{run_id}/artifacts":                  c.artifactsOfRun,
	}[asked]
	switch {
	case !known:
		return false
	case !c.token.Runs:
		refuse(c.a, http.StatusForbidden, "Resource not accessible by integration")
	default:
		answer()
	}
	return true
}

func (c call) workflowRun() {
	from, found := c.runs[c.number("run_id")]
	if !found {
		refuse(c.a, http.StatusNotFound, "Not Found")
		return
	}
	run := c.about.example("workflow-run")
	run["id"], run["path"], run["event"], run["head_sha"], run["head_branch"] = from.ID, from.Path, from.Event, from.Head, from.Branch
	run["status"], run["conclusion"] = "completed", "success"
	if from.Going {
		run["status"], run["conclusion"] = "in_progress", nil
	}
	run["repository"].(map[string]any)["id"] = repositoryID
	head := maps.Clone(run["repository"].(map[string]any))
	if from.Fork {
		head["id"] = forkID
	}
	run["head_repository"] = head
	reply(c.a, http.StatusOK, run)
}

func (c call) listArtifacts() {
	name := c.input.Request.URL.Query().Get("name")
	c.artifactsWhere(func(a Artifact) bool { return name == "" || a.Name == name })
}

func (c call) artifactsOfRun() {
	run := c.number("run_id")
	c.artifactsWhere(func(a Artifact) bool { return a.Run == run })
}

// artifactsWhere answers the newest first, as GitHub does.
func (c call) artifactsWhere(fits func(Artifact) bool) {
	of := slices.DeleteFunc(slices.Clone(c.artifacts), func(a Artifact) bool { return !fits(a) })
	slices.Reverse(of)
	shown := []any{}
	for _, a := range page(c, of) {
		shown = append(shown, c.artifact(a))
	}
	reply(c.a, http.StatusOK, map[string]any{"total_count": len(of), "artifacts": shown})
}

func (c call) artifact(from Artifact) map[string]any {
	shown := maps.Clone(c.about.example("artifact-paginated")["artifacts"].([]any)[0].(map[string]any))
	run := c.runs[from.Run]
	shown["id"], shown["name"], shown["expired"], shown["size_in_bytes"] = from.ID, from.Name, from.Expired, max(from.Bytes, int64(len(from.Zip)))
	shown["created_at"] = from.Created.UTC().Format(time.RFC3339)
	of := map[string]any{"id": from.Run, "repository_id": repositoryID, "head_repository_id": repositoryID, "head_branch": run.Branch, "head_sha": run.Head}
	if run.Fork {
		of["head_repository_id"] = forkID
	}
	shown["workflow_run"] = of
	return shown
}

// storage is where archives are, at another host than the API's.
const storage = "/storage/"

func (c call) downloadArtifact() {
	at := slices.IndexFunc(c.artifacts, func(a Artifact) bool { return a.ID == c.number("artifact_id") })
	switch {
	case at < 0:
		refuse(c.a, http.StatusNotFound, "Not Found")
	case c.artifacts[at].Expired:
		refuse(c.a, http.StatusGone, "Artifact has expired")
	default:
		host := strings.Replace(c.input.Request.Host, "127.0.0.1", "localhost", 1)
		c.a.Header().Set("Location", fmt.Sprintf("http://%s%s%d?sig=secret", host, storage, c.artifacts[at].ID))
		c.a.WriteHeader(http.StatusFound)
	}
}

// store answers an archive to whoever has its address. A token that comes along
// is one that has gone to a stranger.
func (g *GitHub) store(a *httptest.ResponseRecorder, r *http.Request) {
	if r.Header.Get("Authorization") != "" {
		g.violations = append(g.violations, fmt.Errorf("the storage of artifacts was sent a token"))
	}
	id, _ := strconv.ParseInt(strings.TrimPrefix(r.URL.Path, storage), 10, 64)
	at := slices.IndexFunc(g.artifacts, func(a Artifact) bool { return a.ID == id })
	if at < 0 || r.URL.Query().Get("sig") != "secret" {
		a.WriteHeader(http.StatusForbidden)
		return
	}
	_, _ = a.Write(g.artifacts[at].Zip) // a recorder takes everything
}
