package pullrequest

import (
	"errors"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/internal/pullrequest/githubtest"
)

// headOf is a branch with files of all kinds, and its newest commit.
func headOf(r *rig) string {
	r.Put("topic", "100644", map[string]string{"benchgate.yaml": "suite: {}\n", "tasks/lru-cache/task.toml": "", "tasks/lru-cache/deep/er/notes.md": "here\n", "large": strings.Repeat("x", 5000)})
	r.Put("topic", "100755", map[string]string{"tasks/lru-cache/solve.sh": "#!/bin/sh\n"})
	r.Put("topic", "120000", map[string]string{"environ": "/proc/self/environ", "linked": "tasks"})
	return r.Tip("topic")
}

func TestAFileOfACommitIsData(t *testing.T) {
	r := newRig(t)
	head := headOf(r)
	for name, test := range map[string]struct {
		want File
		err  error
	}{
		"benchgate.yaml":                   {File{Text: []byte("suite: {}\n")}, nil},
		"tasks/lru-cache/deep/er/notes.md": {File{Text: []byte("here\n")}, nil},
		"tasks/lru-cache/solve.sh":         {File{Text: []byte("#!/bin/sh\n"), Executable: true}, nil},
		"large":                            {File{}, ErrTooLarge},
		"environ":                          {File{}, fs.ErrInvalid}, // a link
		"linked/lru-cache/task.toml":       {File{}, fs.ErrInvalid}, // through a link
		"benchgate.yaml/more":              {File{}, fs.ErrInvalid}, // through a file
		"tasks":                            {File{}, fs.ErrInvalid}, // a directory
		"tasks/none/task.toml":             {File{}, fs.ErrNotExist},
		"tasks/lru-cache/none":             {File{}, fs.ErrNotExist},
		"../benchgate.yaml":                {File{}, fs.ErrInvalid},
		"/etc/passwd":                      {File{}, fs.ErrInvalid},
		"tasks//lru-cache/task.toml":       {File{}, fs.ErrInvalid},
		"tasks/./lru-cache/task.toml":      {File{}, fs.ErrInvalid},
		".":                                {File{}, fs.ErrInvalid},
		"":                                 {File{}, fs.ErrInvalid},
	} {
		got, err := r.repository().File(t.Context(), head, name, 4096)
		if diff := cmp.Diff(test.want, got); !errors.Is(err, test.err) || (err == nil) != (test.err == nil) || diff != "" {
			t.Errorf("%q: %v, want %v\n%s", name, err, test.err, diff)
		}
	}
	if _, err := r.repository().File(t.Context(), strings.Repeat("0", 40), "benchgate.yaml", 10); err == nil || !strings.Contains(err.Error(), `add "contents: read"`) {
		t.Errorf("of a commit that is not there: %v", err)
	}
}

func TestWhichFilesACommitHas(t *testing.T) {
	r := newRig(t)
	head := headOf(r)
	there, err := r.repository().Existing(t.Context(), head, []string{
		"benchgate.yaml", "tasks/lru-cache/task.toml", "tasks/lru-cache/task.toml", "none", "environ", "tasks", "linked/lru-cache/task.toml", "../up", "",
	})
	var names []string
	for name, is := range there {
		if is {
			names = append(names, name)
		}
	}
	if err != nil || len(names) != 2 || !there["benchgate.yaml"] || !there["tasks/lru-cache/task.toml"] {
		t.Errorf("%v, %v", there, err)
	}
	directories := 0
	for _, call := range r.Calls() {
		if strings.Contains(call, "/git/trees/") {
			directories++
		}
	}
	if directories != 3 {
		t.Errorf("%d directories were read, of three", directories)
	}
}

func TestADirectoryThatIsNotWholeIsRefused(t *testing.T) {
	r := newRig(t)
	head := headOf(r)
	r.Truncate()
	if _, err := r.repository().File(t.Context(), head, "benchgate.yaml", 4096); err == nil || !strings.Contains(err.Error(), "more entries than GitHub lists") {
		t.Errorf("it says %v", err)
	}
}

// placesOf are those of the made-up suite.
var placesOf = Places{
	Config: "benchgate.yaml", Rules: map[compare.Metric]int{"pass_rate": 12, "typical_cost": 13},
	Tasks: map[string]string{"task-00": "tasks/task-00/task.toml", "task-01": "tasks/task-01/task.toml", "task-02": "tasks/task-02/task.toml"},
}

// regressionOn is a regression of a commit that has the configuration and some
// tasks' files.
func regressionOn(r *rig) Options {
	r.Put("topic", "100644", map[string]string{"benchgate.yaml": "gate:\n", "tasks/task-00/task.toml": "", "tasks/task-02/task.toml": ""})
	o := r.options(verdict(r.t, "informed-regression"))
	o.Head = r.Tip("topic")
	r.SetPull(7, o.Head)
	return o
}

func TestAnnotationsStandOnFilesThatExist(t *testing.T) {
	r := newRig(t)
	o := regressionOn(r)
	p := r.poster(o.Post)
	well(t)(p.Begin(t.Context(), underWay(0)))
	well(t)(p.Finish(t.Context(), o.Verdict, placesOf))
	want := []githubtest.Annotation{
		{Path: "benchgate.yaml", Line: 12, Level: "failure", Title: "benchgate: regression", Message: "Pass rate: 76.7% → 50.0%, −26.7 pts (90% interval −58.0 to −2.7 pts); the margin is −20.0 pts"},
		{Path: "tasks/task-00/task.toml", Line: 1, Level: "warning", Title: "benchgate: solved less often", Message: "solved 0 of 2 attempts, 5 of 5 before: a hint, not a finding"},
	}
	if diff := cmp.Diff(want, r.Checks()[0].Annotations); diff != "" {
		t.Error(diff)
	}
	// Said again, with the files' address, they are not said twice.
	o.ArtifactURL = "https://example.com/files"
	well(t)(r.poster(o.Post).Finish(t.Context(), o.Verdict, placesOf))
	if checks := r.Checks(); len(checks) != 1 || len(checks[0].Annotations) != 2 || !strings.Contains(checks[0].Text+checks[0].Summary, o.ArtifactURL) {
		t.Errorf("check runs: %+v", checks)
	}
	// Another verdict on the same commit does not keep them.
	o.Verdict, o.Build = verdict(t, "informed-pass"), Build{6, 1}
	well(t)(r.poster(o.Post).Finish(t.Context(), o.Verdict, placesOf))
	if checks := r.Checks(); len(checks) != 2 || len(checks[1].Annotations) != 0 || checks[1].Conclusion != "success" {
		t.Errorf("check runs: %+v", checks)
	}
}

func TestManyTasksThatFellAreCounted(t *testing.T) {
	r := newRig(t)
	o := regressionOn(r)
	at := Places{Config: "benchgate.yaml", Rules: placesOf.Rules, Tasks: map[string]string{}, Candidate: 3}
	o.Verdict.Baseline.Prices.Rates = map[string]baselines.Rates{"m": {Input: 1, Output: 5}}
	o.Verdict.Candidate.Prices.Rates = map[string]baselines.Rates{"m": {Input: 2, Output: 5}}
	row := o.Verdict.Tasks[0]
	row.Baseline.Solved, row.Baseline.Attempts, row.Candidate.Solved, row.Candidate.Attempts = 5, 5, 0, 5
	o.Verdict.Tasks = nil
	for i := range 13 {
		row.ID = "task-" + string(rune('a'+i))
		at.Tasks[row.ID] = "tasks/task-00/task.toml"
		o.Verdict.Tasks = append(o.Verdict.Tasks, row)
	}
	well(t)(r.poster(o.Post).Finish(t.Context(), o.Verdict, at))
	all := r.Checks()[0].Annotations
	if len(all) != 11 || all[1].Level != "failure" || !strings.HasSuffix(all[10].Message, " (and 4 more such tasks)") {
		t.Errorf("%d annotations: %+v", len(all), all)
	}
	if price := all[0]; price.Level != "notice" || price.Line != 3 || price.Path != "benchgate.yaml" || !strings.HasPrefix(price.Message, "m has another price") {
		t.Errorf("the first annotation is %+v", price)
	}
}

// Annotations are not worth a verdict.
func TestAVerdictIsPostedWithoutItsAnnotations(t *testing.T) {
	r := newRig(t)
	o := regressionOn(r)
	r.Fail(githubtest.Fault{On: regexp.MustCompile(`/git/`), Status: 403, Message: "Resource not accessible by integration"})
	result, err := r.poster(o.Post).Finish(t.Context(), o.Verdict, placesOf)
	if err == nil || !strings.Contains(err.Error(), `add "contents: read"`) || result.Comment.How != Created || result.Check.How != Created {
		t.Errorf("%+v, %v", result, err)
	}
	o.Unverified = true
	if _, err := r.poster(o.Post).Finish(t.Context(), o.Verdict, placesOf); err != nil {
		t.Errorf("what a fork's run reports is annotated: %v", err)
	}
}
