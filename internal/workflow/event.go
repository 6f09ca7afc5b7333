package workflow

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// mostPayload is the largest payload that GitHub delivers, 25 MB
// (docs.github.com, "Webhook events and payloads").
const mostPayload = 25 << 20

func readPayload(file string) (Payload, error) {
	f, err := os.Open(file)
	if err != nil {
		return Payload{}, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, mostPayload+1))
	if err != nil {
		return Payload{}, err
	}
	if len(text) > mostPayload {
		return Payload{}, fmt.Errorf("%s has more than %d MiB", file, mostPayload>>20)
	}
	return parsePayload(text)
}

// repository is one in a payload.
type repository struct {
	FullName      string `json:"full_name"`
	DefaultBranch string `json:"default_branch"`
	Private       bool
}

// side is the head or the base of a pull request. Of a fork that is deleted the
// repository is null.
type side struct {
	SHA  string
	Ref  string
	Repo *repository
}

// event is what is read of a payload. Names are those of GitHub's webhooks; Go
// does not mind their case.
type event struct {
	Action      string
	Repository  repository
	Sender      struct{ Login string }
	Label       struct{ Name string }
	PullRequest *struct {
		Number int
		Draft  bool
		User   struct{ Login string }
		Head   side
		Base   side
	} `json:"pull_request"`
	MergeGroup *struct {
		HeadSHA string `json:"head_sha"`
		BaseSHA string `json:"base_sha"`
		HeadRef string `json:"head_ref"`
	} `json:"merge_group"`
	WorkflowRun *struct {
		ID             int64
		RunAttempt     int64      `json:"run_attempt"`
		HeadSHA        string     `json:"head_sha"`
		HeadBranch     string     `json:"head_branch"`
		HeadRepository repository `json:"head_repository"`
		Event          string
		Conclusion     string
		Path           string
	} `json:"workflow_run"`
}

// parsePayload reads the parts that are needed. A commit that is none, or a
// number that none can have, is an error: somebody else than GitHub wrote it.
func parsePayload(text []byte) (Payload, error) {
	var e event
	if err := json.Unmarshal(text, &e); err != nil {
		return Payload{}, err
	}
	p := Payload{
		Action: e.Action, Sender: e.Sender.Login, DefaultBranch: e.Repository.DefaultBranch,
		Private: e.Repository.Private, Label: e.Label.Name,
	}
	var wrong []error
	commit := func(where, sha string) string {
		if sha != "" && !fullCommit.MatchString(sha) {
			wrong = append(wrong, fmt.Errorf("%s is %q, want a commit in full", where, sha))
		}
		return sha
	}
	if pull := e.PullRequest; pull != nil {
		p.PullRequest = &PullRequest{
			Number: pull.Number, Draft: pull.Draft, Author: pull.User.Login, BaseBranch: pull.Base.Ref,
			Head: commit("pull_request.head.sha", pull.Head.SHA), Base: commit("pull_request.base.sha", pull.Base.SHA),
			HeadRepository: pull.Head.repository(), Fork: pull.Head.repository() == "" || !strings.EqualFold(pull.Head.repository(), e.baseRepository()),
		}
		if pull.Number < 0 {
			wrong = append(wrong, fmt.Errorf("pull_request.number is %d", pull.Number))
		}
	}
	if group := e.MergeGroup; group != nil {
		p.MergeGroup = &MergeGroup{
			Head: commit("merge_group.head_sha", group.HeadSHA), Base: commit("merge_group.base_sha", group.BaseSHA),
			PullRequest: queuePullRequest(group.HeadRef),
		}
	}
	if run := e.WorkflowRun; run != nil {
		p.WorkflowRun = &WorkflowRun{
			ID: run.ID, Attempt: run.RunAttempt, Head: commit("workflow_run.head_sha", run.HeadSHA), HeadRepository: run.HeadRepository.FullName,
			HeadBranch: run.HeadBranch, Event: run.Event, Conclusion: run.Conclusion, WorkflowFile: run.Path,
		}
	}
	if err := errors.Join(wrong...); err != nil {
		return Payload{}, err
	}
	return p, nil
}

// baseRepository is where the pull request would be merged.
func (e event) baseRepository() string {
	if name := e.PullRequest.Base.repository(); name != "" {
		return name
	}
	return e.Repository.FullName
}

func (s side) repository() string {
	if s.Repo == nil {
		return ""
	}
	return s.Repo.FullName
}

var (
	fullCommit = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)
	queueForm  = regexp.MustCompile(`^(?:refs/heads/)?gh-readonly-queue/.+/pr-([1-9][0-9]{0,8})-[0-9a-f]{40,64}$`)
)

// queuePullRequest takes the number from the branch of a merge group, as
// refs/heads/gh-readonly-queue/main/pr-7-COMMIT; 0: it has none.
func queuePullRequest(ref string) int {
	m := queueForm.FindStringSubmatch(ref)
	if m == nil {
		return 0
	}
	number, _ := strconv.Atoi(m[1]) // nine digits fit
	return number
}
