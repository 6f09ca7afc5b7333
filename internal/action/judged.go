package action

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/benchgate/benchgate/internal/pullrequest"
	"github.com/benchgate/benchgate/internal/run"
)

// judgedFile is in a run's directory: of what the run is, and where it was made.
const judgedFile = "judged.json"

// judgedSchema is that of judgedFile.
const judgedSchema = "benchgate.judged/v1"

// judged says of a run what its own files do not: on which commit of which pull
// request it was measured, by which CI run, the parts of the key under which it was
// posted, and for which commits.
type judged struct {
	Schema      string `json:"schema"`
	Head        string `json:"head"`
	PullRequest int    `json:"pull_request,omitempty"`
	BuildURL    string `json:"build_url,omitempty"`

	Workflow string `json:"workflow"`
	Job      string `json:"job"`
	Suite    string `json:"suite"`
	Name     string `json:"name,omitempty"`

	// Posted are the commits for which this run's verdict was given, the newest last.
	Posted []posted `json:"posted,omitempty"`
}

// posted is how a verdict was given for a commit: what accepts it says the same again.
type posted struct {
	Head  string `json:"head"`
	Build string `json:"build"` // NUMBER.ATTEMPT of the CI run
	pullrequest.Circumstances
}

// isForged tells what no run of ours writes.
func (p posted) isForged() bool {
	return !fullCommit.MatchString(p.Head) || p.Again < 0 || p.Unverified
}

// mostPosted commits of one run are remembered.
const mostPosted = 50

// on is how the run's verdict was given for a commit, if it was.
func (j judged) on(head string) (posted, bool) {
	for _, p := range slices.Backward(j.Posted) {
		if p.Head == head {
			return p, true
		}
	}
	return posted{Head: j.Head}, j.Head == head // of a run from before Posted
}

func (j judged) key() pullrequest.Key {
	return pullrequest.Key{Workflow: j.Workflow, Job: j.Job, Suite: j.Suite, Name: j.Name}
}

// remember writes the file, unless an earlier job did, which has measured it then.
func (a *action) remember(s *subject, dir string) error {
	file := filepath.Join(dir, judgedFile)
	if isThere(file) {
		return nil
	}
	key := a.key(s.config.Suite.Name)
	return writeJudged(file, judged{
		Schema: judgedSchema, Head: s.head, PullRequest: s.pull, BuildURL: a.Job.BuildURL,
		Workflow: key.Workflow, Job: key.Job, Suite: key.Suite, Name: key.Name,
	})
}

// rememberPosted adds to the file for which commit the verdict was given.
func (a *action) rememberPosted(s *subject, o outcome) error {
	if o.result == nil || o.dir() == "" {
		return nil
	}
	j, err := readJudged(o.dir())
	if err != nil || j.Schema == "" {
		return err
	}
	c := a.circumstances(s, o)
	c.Dispatcher = a.ask.dispatcher
	j.Posted = slices.DeleteFunc(j.Posted, func(p posted) bool { return p.Head == s.head })
	j.Posted = append(j.Posted, posted{s.head, a.Job.Build, c})
	j.Posted = j.Posted[max(0, len(j.Posted)-mostPosted):]
	return writeJudged(filepath.Join(o.dir(), judgedFile), j)
}

func writeJudged(file string, j judged) error {
	text, err := json.MarshalIndent(j, "", "  ")
	if err == nil {
		err = os.WriteFile(file, append(text, '\n'), 0o644)
	}
	if err != nil {
		return fmt.Errorf("remembering what was judged: %w", err)
	}
	return nil
}

// readJudged reads the file of a run. A run without one has none of its facts.
func readJudged(dir string) (judged, error) {
	text, err := os.ReadFile(filepath.Join(dir, judgedFile))
	if errors.Is(err, fs.ErrNotExist) {
		return judged{}, nil
	}
	var j judged
	if err == nil {
		err = json.Unmarshal(text, &j)
	}
	if err == nil && (j.Schema != judgedSchema || !fullCommit.MatchString(j.Head) || slices.ContainsFunc(j.Posted, posted.isForged)) {
		err = fmt.Errorf("%s is no %s", judgedFile, judgedSchema)
	}
	if err != nil {
		return judged{}, fmt.Errorf("reading what was judged: %w", err)
	}
	return j, nil
}

// ownRun is the page of a CI run of this repository; empty: the address leads elsewhere,
// and whoever wrote it wants it in a comment.
func (a *action) ownRun(page string) string {
	id, is := strings.CutPrefix(page, a.Job.Server+"/"+a.Job.Repository+"/actions/runs/")
	if _, err := strconv.ParseUint(id, 10, 64); !is || err != nil {
		return ""
	}
	return page
}

// verdictOf is the directory of the newest run that gave a verdict on a commit, and
// what it says of itself; empty: none did.
func verdictOf(runsDir, head string) (string, judged, error) {
	files, err := filepath.Glob(filepath.Join(runsDir, "*", judgedFile))
	if err != nil {
		return "", judged{}, err
	}
	slices.Sort(files) // directories begin with the time
	for _, file := range slices.Backward(files) {
		dir := filepath.Dir(file)
		j, err := readJudged(dir)
		if err != nil {
			return "", judged{}, err
		}
		if _, is := j.on(head); is && isThere(run.VerdictIn(dir)) {
			return dir, j, nil
		}
	}
	return "", judged{}, nil
}
