package githubtest

import (
	"cmp"
	"fmt"
	"maps"
)

// Payload is what GitHub says of an event to the workflows that it starts, as far
// as workflows and the Action read it.
type Payload map[string]any

// NewPayload is what the payloads of all events have, but for that of schedule, and
// more.
func NewPayload(more Payload) Payload {
	p := Payload{"repository": repositoryIn(Repository), "sender": Payload{"login": "octocat"}}
	maps.Copy(p, more)
	return p
}

func repositoryIn(name string) Payload {
	return Payload{"full_name": name, "default_branch": "main", "private": false}
}

// PullRequestPayload is of pull_request and pull_request_target. label is the one of
// labeled and unlabeled; empty for all other actions.
func PullRequestPayload(p Pull, action, label string) Payload {
	from := Repository
	if p.Fork {
		from = cmp.Or(p.From, ForkRepository)
	}
	side := func(commit, branch, of string) Payload {
		return Payload{"sha": commit, "ref": branch, "repo": repositoryIn(of)}
	}
	labels := []Payload{}
	for _, name := range p.Labels {
		labels = append(labels, Payload{"name": name})
	}
	more := Payload{"action": action, "number": p.Number, "pull_request": Payload{
		"number": p.Number, "draft": p.Draft, "user": Payload{"login": cmp.Or(p.Author, "octocat")}, "labels": labels,
		"head": side(p.Head, cmp.Or(p.HeadRef, "topic"), from), "base": side(p.Base, cmp.Or(p.BaseRef, "main"), Repository),
	}}
	if label != "" {
		more["label"] = Payload{"name": label}
	}
	return NewPayload(more)
}

// QueueBranch is the branch that a merge queue makes for a pull request on top of a
// commit of main.
func QueueBranch(number int, base string) string {
	return fmt.Sprintf("gh-readonly-queue/main/pr-%d-%s", number, base)
}

// MergeGroupPayload is of merge_group, for a pull request's place in the queue.
func MergeGroupPayload(number int, head, base string) Payload {
	return NewPayload(Payload{"action": "checks_requested", "merge_group": Payload{
		"head_sha": head, "head_ref": "refs/heads/" + QueueBranch(number, base), "base_sha": base, "base_ref": "refs/heads/main",
	}})
}

// WorkflowRunPayload is of workflow_run, when a run has completed. workflow is what
// its workflow calls itself.
func WorkflowRunPayload(r WorkflowRun, workflow string) Payload {
	from := Repository
	if r.Fork {
		from = ForkRepository
	}
	return NewPayload(Payload{"action": "completed", "workflow": Payload{"name": workflow, "path": r.Path}, "workflow_run": Payload{
		"id": r.ID, "run_attempt": 1, "name": workflow, "path": r.Path, "event": r.Event, "conclusion": "success",
		"head_sha": r.Head, "head_branch": r.Branch, "head_repository": repositoryIn(from),
	}})
}
