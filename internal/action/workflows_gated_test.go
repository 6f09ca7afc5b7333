package action_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/pullrequest/githubtest"
)

// gatedConfig is a gate between two models, of which the second solves nothing. It is
// lax, so that a regression takes two attempts; one is inconclusive, and quicker.
const gatedConfig = `
suite: {name: answers, tasks: [{path: tasks/one, tier: easy}]}
compare: model
baseline: {agent: command, model: claude-opus-4-7, settings: {command: [sh, -c, 'case $BENCHGATE_MODEL in *-7) echo 42 >answer.txt ;; esac']}}
candidate: {agent: command, model: MODEL, settings: {command: [sh, -c, 'case $BENCHGATE_MODEL in *-7) echo 42 >answer.txt ;; esac']}}
limits: {attempts: ATTEMPTS, workers: 2}
gate: {mode: fixed, alpha: 0.3, typical_cost: off, cost_per_solved: off}
baselines: {branch: benchgate-baselines}
`

// The pull requests of a gated repository: each proposes the model that solves nothing.
const (
	ofABranch = 7
	ofAFork   = 8
	aDraft    = 9
)

// secrets are those of the repository.
var secrets = map[string]string{"ANTHROPIC_API_KEY": apiKey, "GATEWAY_TOKEN": "gateway-token-of-nobody"}

// gated is a repository on GitHub with a gate in it, and what its workflows find.
type gated struct {
	*githubtest.GitHub
	t        *testing.T
	api      string // address
	model    *modelAPI
	action   string // directory of the released Action
	image    string // of that
	releases string // address of its programs; empty: nobody asked for them
	pulls    map[int]githubtest.Pull
	last     githubtest.WorkflowRun
	told     told // so far
}

func newGated(t *testing.T, image string, attempts int) *gated {
	t.Helper()
	hub, err := githubtest.New()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(hub)
	t.Cleanup(func() {
		server.Close()
		if wrong := hub.Violations(); len(wrong) > 0 {
			t.Errorf("GitHub's description says otherwise: %v", wrong)
		}
	})
	g := &gated{GitHub: hub, t: t, api: githubtest.API(server.URL), model: newModelAPI(t), image: image, action: releasedAction(t, image), pulls: make(map[int]githubtest.Pull)}
	files := taskFiles("one")
	files["benchgate.yaml"] = configured("claude-opus-4-7", attempts)
	g.Put("main", "100644", files)
	for number, branch := range map[int]string{ofABranch: "topic", ofAFork: "theirs", aDraft: "draft"} {
		g.Put(branch, "100644", map[string]string{"benchgate.yaml": configured("claude-opus-4-8", attempts), "README": branch})
		g.pulls[number] = githubtest.Pull{
			Number: number, Head: g.Head(branch), Base: g.Head("main"), HeadRef: branch, Fork: number == ofAFork, Draft: number == aDraft,
			Files: []githubtest.ChangedFile{{Name: "benchgate.yaml"}, {Name: "README"}},
		}
		g.PutPull(g.pulls[number])
	}
	return g
}

func configured(model string, attempts int) string {
	return strings.NewReplacer("model: MODEL", "model: "+model, "ATTEMPTS", strconv.Itoa(attempts)).Replace(gatedConfig)
}

// deliver starts the workflow of a file as GitHub does, runs its job, and says what
// came of it.
func (g *gated) deliver(file string, o occasion) string {
	g.t.Helper()
	w := readWorkflow(g.t, file)
	if !w.starts(g.t, o) {
		return noRun
	}
	o.run.ID, o.run.Event, o.run.Path, o.run.Going = g.last.ID+1, o.event, ".github/workflows/"+filepath.Base(file), true
	g.last = o.run
	g.PutRun(g.last)
	token := fmt.Sprintf("ghs_of_run_%d", o.run.ID)
	g.SetToken(token, w.token(o))
	job := g.job(file, o, token)
	result := job.run(g.t)
	g.keep(job.workspace)
	if len(runsIn(job.workspace)) > 0 { // on this machine act has removed it
		gone(g.t, job.workspace)
	}
	g.last.Going = false
	g.PutRun(g.last)
	said := g.tell(job.workspace, result)
	if testing.Verbose() {
		g.t.Log(result.log)
	}
	return said
}

// job is the run of a workflow's copy under another name: act names containers after
// it, and two runs of one name would end each other.
func (g *gated) job(file string, o occasion, token string) actJob {
	t, dir, workspace := g.t, g.t.TempDir(), g.t.TempDir()
	name := filepath.Base(file)
	text := nameLine.ReplaceAllString(readFile(t, file), fmt.Sprintf("name: %s %d", name, time.Now().UnixNano()))
	writeFiles(t, dir, map[string]string{name: text})
	writeFiles(t, workspace, map[string]string{"ca.pem": g.model.certificate})
	given := map[string]string{"GITHUB_TOKEN": token}
	if !o.readOnly || o.ownKey {
		maps.Copy(given, secrets)
	}
	actions := g.actionsOf(text)
	return actJob{
		workflow: filepath.Join(dir, name), event: o.event, payload: o.payload, workspace: workspace, secrets: given, actor: o.actor,
		actions: actions, images: runners(text), env: map[string]string{
			"GITHUB_API_URL": g.api, "GITHUB_REPOSITORY": githubtest.Repository, "GITHUB_RUN_ID": fmt.Sprint(o.run.ID), "GITHUB_REF": o.ref,
			"SHA_REF":             o.sha, // is act's for GITHUB_SHA
			"GITHUB_WORKFLOW_REF": githubtest.Repository + "/" + o.run.Path + "@" + o.ref,
			"ANTHROPIC_BASE_URL":  "https://api.example.com", "HTTPS_PROXY": g.model.proxy, "NODE_EXTRA_CA_CERTS": filepath.Join(workspace, "ca.pem"),
			"BENCHGATE_RELEASES": g.releases, "UPLOADED": filepath.Join(workspace, uploaded),
		},
	}
}

var nameLine = regexp.MustCompile(`(?m)^name: .*$`)

// uploaded is the directory of what a job uploaded, from its workspace on.
const uploaded = "uploaded"

// keep gives GitHub what the job uploaded.
func (g *gated) keep(workspace string) {
	g.t.Helper()
	artifacts, _ := os.ReadDir(filepath.Join(workspace, uploaded)) // there may be none
	for _, artifact := range artifacts {
		var packed bytes.Buffer
		w := zip.NewWriter(&packed)
		if err := w.AddFS(os.DirFS(filepath.Join(workspace, uploaded, artifact.Name()))); err != nil {
			g.t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			g.t.Fatal(err)
		}
		g.AddArtifact(githubtest.Artifact{Name: artifact.Name(), Run: g.last.ID, Zip: packed.Bytes(), Created: time.Now()})
	}
}
