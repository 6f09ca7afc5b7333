package action

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/benchgate/benchgate/internal/pullrequest"
	"github.com/benchgate/benchgate/internal/run"
)

// judgedFile is in a run's directory: of what the run is, and where it was made.
const judgedFile = "judged.json"

// judgedSchema is that of judgedFile.
const judgedSchema = "benchgate.judged/v1"

// judged says of a run what its own files do not: on which commit of which pull
// request it was, by which CI run, and the parts of the key under which it was
// posted.
type judged struct {
	Schema      string `json:"schema"`
	Head        string `json:"head"`
	PullRequest int    `json:"pull_request,omitempty"`
	BuildURL    string `json:"build_url,omitempty"`

	Workflow string `json:"workflow"`
	Job      string `json:"job"`
	Suite    string `json:"suite"`
	Name     string `json:"name,omitempty"`
}

func (j judged) key() pullrequest.Key {
	return pullrequest.Key{Workflow: j.Workflow, Job: j.Job, Suite: j.Suite, Name: j.Name}
}

// remember writes the file, unless an earlier job did.
func (a *action) remember(s *subject, dir string) error {
	file := filepath.Join(dir, judgedFile)
	if isThere(file) {
		return nil
	}
	key := a.key(s.config.Suite.Name)
	text, err := json.MarshalIndent(judged{judgedSchema, s.head, s.pull, a.Job.BuildURL, key.Workflow, key.Job, key.Suite, key.Name}, "", "  ")
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
	if err == nil && (j.Schema != judgedSchema || !fullCommit.MatchString(j.Head)) {
		err = fmt.Errorf("%s is no %s", judgedFile, judgedSchema)
	}
	if err != nil {
		return judged{}, fmt.Errorf("reading what was judged: %w", err)
	}
	return j, nil
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
		if j.Head == head && isThere(run.VerdictIn(dir)) {
			return dir, j, nil
		}
	}
	return "", judged{}, nil
}
