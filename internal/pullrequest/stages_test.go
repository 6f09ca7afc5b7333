package pullrequest

import (
	"context"
	"errors"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/pullrequest/githubtest"
	"github.com/benchgate/benchgate/internal/report"
)

// stage is a point of a CI run with what it asks of GitHub.
type stage struct {
	name    string
	prepare func(r *rig, p *Poster) // what was there before; nil: nothing
	do      func(p *Poster, o Options) (Result, error)
	asks    []string // requests, as patterns
}

// build4 left something in progress on another commit.
func build4(r *rig, suite string) {
	post := r.post(suite)
	post.Build, post.Head = Build{4, 1}, newer
	well(r.t)(r.poster(post).Begin(r.t.Context(), underWay(3)))
}

func begins(p *Poster, _ Options) (Result, error) {
	return p.Begin(context.Background(), underWay(0))
}

func finishes(p *Poster, o Options) (Result, error) {
	return p.Finish(context.Background(), o.Verdict, Places{})
}

var stageList = []stage{
	{"begin", nil, begins, []string{
		`^GET .*/pulls/7$`, `^POST /api/graphql$`, `^GET .*/issues/7/comments$`, `^POST .*/issues/7/comments$`, `^GET .*/check-runs$`, `^POST .*/check-runs$`,
	}},
	{"begin after one that died", func(r *rig, p *Poster) { build4(r, p.post.Key.Suite) }, begins, []string{
		`^PATCH .*/issues/comments/`, `^GET .*` + newer + `/check-runs$`, `^PATCH .*/check-runs/`, `^POST .*/check-runs$`,
	}},
	{"progress", func(r *rig, p *Poster) {
		well(r.t)(p.Begin(r.t.Context(), underWay(0)))
		p.told = time.Time{}
	}, func(p *Poster, _ Options) (Result, error) { return p.Progress(context.Background(), underWay(5)) }, []string{
		`^GET .*/issues/7/comments$`, `^PATCH .*/issues/comments/`, `^GET .*/check-runs$`, `^PATCH .*/check-runs/`,
	}},
	{"finish", func(r *rig, p *Poster) { well(r.t)(p.Begin(r.t.Context(), underWay(0))) }, finishes, []string{
		`^GET .*/pulls/7$`, `^PATCH .*/issues/comments/`, `^GET .*/check-runs$`, `^PATCH .*/check-runs/`,
	}},
	{"stop", func(r *rig, p *Poster) { well(r.t)(p.Begin(r.t.Context(), underWay(0))) }, func(p *Poster, _ Options) (Result, error) {
		return p.Stop(context.Background(), report.Stopped{How: report.Cancelled})
	}, []string{`^GET .*/pulls/7$`, `^PATCH .*/issues/comments/`, `^PATCH .*/check-runs/`}},
}

// eachStage runs a test for every request of every stage.
func eachStage(t *testing.T, test func(t *testing.T, r *rig, p *Poster, o Options, s stage, on *regexp.Regexp)) {
	for _, s := range stageList {
		for _, ask := range s.asks {
			t.Run(s.name+" "+ask, func(t *testing.T) {
				r := newRig(t)
				o := r.options(verdict(t, "informed-regression"))
				p := r.poster(o.Post)
				if s.prepare != nil {
					s.prepare(r, p)
				}
				test(t, r, p, o, s, regexp.MustCompile(ask))
			})
		}
	}
}

// ended wants the verdict in the one comment and in a check run, and nothing in
// progress on any commit.
func (r *rig) ended() {
	r.t.Helper()
	if body := r.only().Body; !strings.Contains(body, "run=5.1 state=regression") {
		r.t.Errorf("the comment ends with %q", body[max(0, len(body)-200):])
	}
	failed := 0
	for _, check := range r.Checks() {
		switch check.Conclusion {
		case "":
			r.t.Errorf("in progress for ever: %+v", check)
		case "failure":
			failed++
		case "success":
			r.t.Errorf("a success: %+v", check)
		}
	}
	if failed == 0 {
		r.t.Errorf("no check run has the verdict: %+v", r.Checks())
	}
}

func TestWhatPassesIsWaitedOutAtEveryStage(t *testing.T) {
	for name, fault := range map[string]githubtest.Fault{
		"502 after it is done":       {Status: 502, Done: true},
		"429":                        {Status: 429, Header: map[string]string{"Retry-After": "3"}},
		"reset after it is done":     {Reset: true, Done: true},
		"no answer after it is done": {Hang: true, Done: true},
		"half an answer":             {Broken: true},
		"answered twice":             {Twice: true},
	} {
		t.Run(name, func(t *testing.T) {
			eachStage(t, func(t *testing.T, r *rig, p *Poster, o Options, s stage, on *regexp.Regexp) {
				fault := fault
				fault.On, fault.Times = on, 1
				r.Fail(fault)
				if fault.Hang {
					p.patient.answerTime = 300 * time.Millisecond
				}
				well(t)(s.do(p, o))
				r.only()
				p.patient.answerTime = answerTime
				well(t)(finishes(r.poster(o.Post), o))
				r.ended()
			})
		})
	}
}

// What GitHub refuses at one point costs the verdict nothing when it does no
// more.
func TestWhatWasRefusedIsMendedAtTheEnd(t *testing.T) {
	for _, status := range []int{401, 403, 404, 409, 422, 429, 500} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			eachStage(t, func(t *testing.T, r *rig, p *Poster, o Options, s stage, on *regexp.Regexp) {
				r.Fail(githubtest.Fault{On: on, Status: status, Message: "refused"})
				_, err := s.do(p, o)
				if err == nil && (status != 404 || !strings.Contains(on.String(), "graphql")) {
					t.Errorf("nothing was said")
				}
				if len(r.Comments()) > 1 {
					t.Errorf("%d comments", len(r.Comments()))
				}
				r.Heal()
				well(t)(finishes(r.poster(o.Post), o))
				r.ended()
			})
		})
	}
}

// What a step after everything finds of a job that was refused, or killed, it
// ends.
func TestNothingStaysInProgressAfterTheLastStep(t *testing.T) {
	eachStage(t, func(t *testing.T, r *rig, p *Poster, o Options, s stage, on *regexp.Regexp) {
		r.Fail(githubtest.Fault{On: on, Status: 403, Message: "refused"})
		if _, err := s.do(p, o); err == nil {
			t.Error("nothing was said")
		}
		r.Heal()
		well(t)(r.poster(o.Post).EndIfRunning(t.Context()))
		for _, check := range r.Checks() {
			if strings.Contains(check.ExternalID, "run=5.1") && check.Conclusion == "" {
				t.Errorf("in progress: %+v", check)
			}
		}
		for _, comment := range r.Comments() {
			if strings.Contains(comment.Body, "run=5.1 state=running") {
				t.Errorf("running: %s", comment.Body)
			}
		}
	})
}

// reads are all requests that only read, and the permission which each takes.
var reads = map[string]struct {
	on         string
	permission string
	read       func(r *Repository) error
}{
	"pull request": {`/pulls/7$`, "pull-requests: read", func(r *Repository) error { _, err := r.Pull(context.Background(), 7); return err }},
	"pull requests of a commit": {`/pulls$`, "pull-requests: read", func(r *Repository) error {
		_, err := r.PullsOf(context.Background(), measured)
		return err
	}},
	"changed files": {`/files$`, "pull-requests: read", func(r *Repository) error {
		_, _, err := r.ChangedFiles(context.Background(), 7)
		return err
	}},
	"artifacts": {`/actions/artifacts$`, "actions: read", func(r *Repository) error {
		_, err := r.Artifacts(context.Background(), "benchgate-runs", gateWorkflow, func(WorkflowRun) bool { return true })
		return err
	}},
	"a workflow's run": {`/actions/runs/100$`, "actions: read", func(r *Repository) error {
		_, err := r.WorkflowRun(context.Background(), 100)
		return err
	}},
	"a run's artifacts": {`/actions/runs/100/artifacts$`, "actions: read", func(r *Repository) error {
		_, err := r.ArtifactsOf(context.Background(), 100)
		return err
	}},
	"where an artifact is": {`/zip$`, "actions: read", func(r *Repository) error {
		_, err := r.Download(context.Background(), Artifact{ID: 1, Name: "benchgate-runs"}, 1000)
		return err
	}},
	"an artifact": {`^GET /storage/`, "", func(r *Repository) error {
		_, err := r.Download(context.Background(), Artifact{ID: 1, Name: "benchgate-runs"}, 1000)
		return err
	}},
}

func TestReadsThatAreRefusedSayWhatTheyTake(t *testing.T) {
	for name, read := range reads {
		for _, status := range []int{401, 403, 404, 409, 422, 429, 500} {
			t.Run(name+" "+strconv.Itoa(status), func(t *testing.T) {
				r := newRig(t)
				r.uploads()
				r.Fail(githubtest.Fault{On: regexp.MustCompile(read.on), Status: status, Message: "Resource not accessible by integration"})
				err := read.read(r.repository())
				if err == nil || !strings.Contains(err.Error(), strconv.Itoa(status)) {
					t.Fatalf("it says %v", err)
				}
				if lacking := slices.Contains([]int{403, 404}, status); lacking && read.permission != "" && !strings.Contains(err.Error(), `add "`+read.permission+`"`) {
					t.Errorf("it says %v, want the permission %s", err, read.permission)
				}
				if strings.Contains(err.Error(), "sig=") {
					t.Errorf("it tells a signed address: %v", err)
				}
				if errors.Is(err, fs.ErrNotExist) {
					t.Errorf("refused is taken for not there: %v", err)
				}
			})
		}
	}
}
