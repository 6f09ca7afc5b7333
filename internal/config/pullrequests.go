package config

import (
	"github.com/benchgate/benchgate/internal/agent"
	"go.yaml.in/yaml/v4"
)

// PullRequests are what a pull request's candidate may have besides what the base
// branch's own candidate and baseline have. See [Propose].
type PullRequests struct {
	// Arguments are what the arguments may be put together from, each of one word
	// or more, in any order.
	Arguments [][]string

	Agents []Agent // an empty version is the one that benchgate pins

	// Files are paths in the task's working directory at which files may be placed,
	// besides those that only instruct the agent.
	Files []string
}

func (s *source) pullRequests(to *PullRequests) read {
	return s.object(
		field{string(agent.Arguments), s.list(`a list of arguments, each a text or a list of texts that belong together, for example ["--verbose", ["--flag", "value"]]`, func() read {
			to.Arguments = append(to.Arguments, nil)
			return s.argument(&to.Arguments[len(to.Arguments)-1])
		})},
		field{"agents", s.list("a list of agents, for example [claude-code@2.1.330]", func() read {
			to.Agents = append(to.Agents, Agent{})
			return s.agent(&to.Agents[len(to.Agents)-1])
		})},
		field{string(agent.Files), s.list("a list of paths in the sandbox, for example [AGENTS.md]", func() read {
			to.Files = append(to.Files, "")
			return s.placedAt(&to.Files[len(to.Files)-1])
		})},
	)
}

// placedAt reads a path in the sandbox.
func (s *source) placedAt(to *string) read {
	return func(n *yaml.Node, key string) {
		s.text(to, "a path in the sandbox")(n, key)
		if wrong := sandboxPath(*to); wrong != "" && !s.wrong[key] {
			s.reject(n, key, "%s is %s, no path for a file in the sandbox: %s", key, quote(*to), wrong)
		}
	}
}

// argument reads a word, or words that belong together.
func (s *source) argument(to *[]string) read {
	return func(n *yaml.Node, key string) {
		if follow(n).Kind == yaml.SequenceNode {
			s.words(to)(n, key)
			if len(*to) == 0 && !s.broken(key) {
				s.reject(n, key, "%s is an empty list, want words that belong together", key)
			}
			return
		}
		if word, ok := s.plainText(n, key, "a text or a list of texts"); ok {
			*to = []string{word}
		}
	}
}
