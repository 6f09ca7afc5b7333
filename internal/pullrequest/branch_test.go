package pullrequest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/baselines/storetest"
	"github.com/benchgate/benchgate/internal/branchstore"
	"github.com/benchgate/benchgate/internal/pullrequest/githubtest"
)

const branchName = "benchgate-baselines"

// hurried waits for nothing.
func hurried(ctx context.Context, _ time.Duration) error {
	runtime.Gosched()
	return ctx.Err()
}

// baselines is a new handle on the rig's branch, as another process has it.
func (r *rig) baselines() *Baselines {
	c := newClient(r.server, func(string) {})
	r.hurries(c, hurried)
	b := newBaselines(c, branchName, branchstore.Provenance{RunURL: "https://github.com/octocat/Hello-World/actions/runs/5", Commit: measured})
	b.Sleep = hurried
	return b
}

func TestABranchThroughTheAPIKeepsTheContract(t *testing.T) {
	var mu sync.Mutex
	rigs := map[string]*rig{}
	storetest.Run(t, func(t *testing.T) baselines.Store {
		mu.Lock()
		defer mu.Unlock()
		if rigs[t.Name()] == nil {
			rigs[t.Name()] = newRig(t)
		}
		return rigs[t.Name()].baselines()
	})
}

func run(id string) *baselines.Run {
	return &baselines.Run{
		Header: baselines.Header{
			Schema: baselines.SchemaV1, ID: id, Created: time.Date(2026, 11, 1, 3, 0, 0, 0, time.UTC), Arm: baselines.Candidate,
			Variant: baselines.Variant{Name: "m", Agent: baselines.Agent{Name: "claude-code", Version: "2.1.330"}, Model: "m"},
			Suite:   baselines.Suite{Name: "s", Digest: "sha256:5", Tasks: []baselines.Task{{ID: "a"}}},
			Limits:  baselines.Limits{Attempts: 1, TimeoutMultiplier: 1},
		},
		Trials: []baselines.Trial{{Seq: 1, Task: "a", Attempt: 1, Try: 1, Ended: baselines.Finished, Solved: new(true), SessionID: id}},
	}
}

func ledger() io.Reader { return strings.NewReader("{}\n") }

// stored are the ids of the runs that can be read.
func (r *rig) stored() []string {
	r.t.Helper()
	entries, err := r.baselines().List(context.Background(), baselines.Query{})
	if err != nil {
		r.t.Errorf("the branch cannot be read any more: %v", err)
	}
	var ids []string
	for _, e := range entries {
		ids = append(ids, e.Header.ID)
	}
	slices.Sort(ids)
	return ids
}

// wholeRuns wants no run's files without the others: what is visible is a run.
func (r *rig) wholeRuns() {
	r.t.Helper()
	var without []string
	files := r.Files(branchName)
	for path := range files {
		id, _, below := strings.Cut(path, "/")
		if _, has := files[id+"/"+baselines.RunFile]; below && !has {
			without = append(without, path)
		}
	}
	if without != nil {
		r.t.Errorf("half a run is on the branch: %q", without)
	}
}

func TestTheBranchBeginsWithoutHistoryAndIsSafeToRead(t *testing.T) {
	r := newRig(t)
	if err := r.baselines().Accept(t.Context(), run("r1"), ledger()); err != nil {
		t.Fatal(err)
	}
	files := slices.Sorted(maps.Keys(r.Files(branchName)))
	fingerprint := "r1/fingerprint-v1-" + strings.TrimPrefix(run("r1").Header.Fingerprint(), "sha256:")
	if diff := cmp.Diff([]string{"README.md", fingerprint, "r1/ledger.jsonl", "r1/provenance.json", "r1/run.jsonl"}, files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	want := []string{"baseline: accept r1\n\nBenchgate-Run: https://github.com/octocat/Hello-World/actions/runs/5\nBenchgate-Commit: " + measured + "\n"}
	if diff := cmp.Diff(want, r.Commits(branchName)); diff != "" {
		t.Errorf("commits (-want +got):\n%s", diff)
	}
	if p, err := r.baselines().Provenance(t.Context(), "r1"); err != nil || p.Commit != measured {
		t.Errorf("it is from %+v, %v", p, err)
	}
}

func TestFiftyWritersThroughTheAPILoseNothing(t *testing.T) {
	r := newRig(t)
	writers := 50
	if testing.Short() {
		writers = 10
	}
	begin := make(chan struct{})
	var all sync.WaitGroup
	for i := range writers {
		b := r.baselines()
		all.Go(func() {
			<-begin
			if err := b.Accept(context.Background(), run(fmt.Sprintf("r%02d", i)), ledger()); err != nil {
				t.Errorf("writer %d: %v", i, err)
			}
		})
	}
	close(begin)
	all.Wait()
	if got := r.stored(); len(got) != writers {
		t.Errorf("%d runs are stored, want %d: %q", len(got), writers, got)
	}
	if got := r.Commits(branchName); len(got) != writers {
		t.Errorf("the branch has %d commits, want %d", len(got), writers)
	}
}

// A gate reads the runs that it may use, and not all others.
func TestOnlyWhatMayFitIsRead(t *testing.T) {
	r := newRig(t)
	for i := range 10 {
		other := run(fmt.Sprintf("r%d", i))
		other.Header.Variant.Model = fmt.Sprintf("m%d", i)
		if err := r.baselines().Save(t.Context(), other, nil); err != nil {
			t.Fatal(err)
		}
	}
	before := len(r.Calls())
	want := run("r3").Header
	want.Variant.Model = "m3"
	entries, err := r.baselines().List(t.Context(), baselines.Query{Fingerprint: want.Fingerprint()})
	if err != nil || len(entries) != 1 || entries[0].Header.ID != "r3" {
		t.Errorf("found %v, %v", entries, err)
	}
	if asked := r.Calls()[before:]; len(asked) != 4 {
		t.Errorf("it asked %q, want the branch, its commit, its tree and one run", asked)
	}
}

// branchCalls are all that saving a run asks of GitHub, on a branch that is there
// or on none.
var branchCalls = []struct {
	name, permission string
	there            bool
	on               *regexp.Regexp
}{
	{"read the branch", "contents: read", true, regexp.MustCompile(`^GET .*/git/ref/`)},
	{"read the repository", "contents: read", false, regexp.MustCompile(`^GET /repos/octocat/Hello-World$`)},
	{"read the commit", "contents: read", true, regexp.MustCompile(`^GET .*/git/commits/`)},
	{"read the tree", "contents: read", true, regexp.MustCompile(`^GET .*/git/trees/`)},
	{"create a blob", "contents: write", true, regexp.MustCompile(`^POST .*/git/blobs$`)},
	{"create the tree", "contents: write", true, regexp.MustCompile(`^POST .*/git/trees$`)},
	{"create the commit", "contents: write", true, regexp.MustCompile(`^POST .*/git/commits$`)},
	{"move the branch", "contents: write", true, regexp.MustCompile(`^PATCH .*/git/refs/`)},
	{"begin the branch", "contents: write", false, regexp.MustCompile(`^POST .*/git/refs$`)},
}

// eachBranchCall runs a test for every call, on a branch that has run r0 where it
// is there.
func eachBranchCall(t *testing.T, test func(t *testing.T, r *rig, on *regexp.Regexp, permission string, before []string)) {
	for _, call := range branchCalls {
		t.Run(call.name, func(t *testing.T) {
			r := newRig(t)
			var before []string
			if call.there {
				if err := r.baselines().Save(t.Context(), run("r0"), nil); err != nil {
					t.Fatal(err)
				}
				before = []string{"r0"}
			}
			full := regexp.MustCompile(strings.Replace(call.on.String(), "^GET /repos", "^GET .*/repos", 1))
			test(t, r, full, call.permission, before)
		})
	}
}

// What GitHub refuses for good is said, with the permission that it takes; the
// runs that are there stay, and of the new one nothing is to be seen.
func TestWhatIsRefusedLeavesTheBranchWhole(t *testing.T) {
	for _, refusal := range []struct {
		status  int
		message string
		want    string
	}{
		{401, "Bad credentials", "GITHUB_TOKEN is wrong or has expired"},
		{403, "Resource not accessible by integration", `the token may not do that; add "PERMISSION" to the job's permissions`},
		{404, "Not Found", `may not see it; add "PERMISSION" to the job's permissions`},
		{409, "Conflict", `GitHub answers 409 Conflict, "Conflict"`},
		{422, "Validation Failed", `GitHub answers 422 Unprocessable Entity, "Validation Failed"`},
		{422, "Update is not a fast forward", `"Update is not a fast forward"`},
		{429, "Too many requests", "run it again in some minutes"},
		{500, "Server Error", "www.githubstatus.com"},
	} {
		t.Run(strconv.Itoa(refusal.status)+" "+refusal.message, func(t *testing.T) {
			eachBranchCall(t, func(t *testing.T, r *rig, on *regexp.Regexp, permission string, before []string) {
				r.Fail(githubtest.Fault{On: on, Status: refusal.status, Message: refusal.message, Times: 500})
				err := r.baselines().Accept(t.Context(), run("r1"), ledger())
				want := strings.ReplaceAll(refusal.want, "PERMISSION", permission)
				if refusal.status == 404 && strings.Contains(on.String(), "git/ref/") {
					want = "Reference already exists" // it is taken for missing, and cannot be begun
				}
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("it says %v, want %q", err, want)
				}
				r.Heal()
				if diff := cmp.Diff(before, r.stored()); diff != "" {
					t.Errorf("stored (-want +got):\n%s", diff)
				}
				r.wholeRuns()
				if err := r.baselines().Accept(t.Context(), run("r1"), ledger()); err != nil {
					t.Errorf("once it is mended: %v", err)
				}
			})
		})
	}
}

func TestATokenThatMayOnlyRead(t *testing.T) {
	r := newRig(t)
	if err := r.baselines().Save(t.Context(), run("r0"), nil); err != nil {
		t.Fatal(err)
	}
	reading := githubtest.Actions
	reading.Contents = false
	r.SetToken(secret, reading)
	if got := r.stored(); len(got) != 1 {
		t.Errorf("it reads %q", got)
	}
	for what, err := range map[string]error{
		"save":    r.baselines().Save(t.Context(), run("r1"), nil),
		"promote": r.baselines().Promote(t.Context(), "r0"),
		"remove":  r.baselines().Remove(t.Context(), "r0"),
	} {
		if err == nil || !strings.Contains(err.Error(), `add "contents: write" to the job's permissions`) {
			t.Errorf("%s says %v", what, err)
		}
	}
}

func TestAProtectedBranchIsNamed(t *testing.T) {
	for _, message := range []string{
		"Changes must be made through a pull request.",
		"Repository rule violations found\n\nChanges must be made through a pull request.\n\n",
		"Protected branch update failed for refs/heads/benchgate-baselines.",
		`Required status check "gate" is expected.`,
		"At least 1 approving review is required by reviewers with write access.",
	} {
		r := newRig(t)
		if err := r.baselines().Save(t.Context(), run("r0"), nil); err != nil {
			t.Fatal(err)
		}
		r.Protect(branchName, message)
		err := r.baselines().Promote(t.Context(), "r0")
		if !errors.Is(err, branchstore.ErrProtected) || !strings.Contains(err.Error(), "benchgate baseline promote") {
			t.Errorf("%q is told as %v", message, err)
		}
		if calls := r.changes(); calls != 11 { // 7 of Save, then a blob, a tree, a commit, one move
			t.Errorf("%d changes were asked for: a rule does not go away by asking again", calls)
		}
	}
}

// A writer that dies between two of its requests leaves what was there before, or
// its run whole.
func TestAWriterThatDiesLeavesTheBranchWhole(t *testing.T) {
	for _, done := range []bool{false, true} {
		eachBranchCall(t, func(t *testing.T, r *rig, on *regexp.Regexp, _ string, before []string) {
			ctx, dies := context.WithCancel(t.Context())
			r.OnCall(on, done, dies)
			if err := r.baselines().Accept(ctx, run("r1"), ledger()); !errors.Is(err, context.Canceled) {
				t.Errorf("it says %v", err)
			}
			r.wholeRuns()
			if got := r.stored(); len(got) != len(before) && !slices.Contains(got, "r1") {
				t.Errorf("stored are %q, before it were %q", got, before)
			}
			if err := r.baselines().Accept(t.Context(), run("r1"), ledger()); err != nil {
				t.Errorf("the next writer: %v", err)
			}
		})
	}
}
