package config

import (
	"math"

	"github.com/benchgate/benchgate/baselines"
	"go.yaml.in/yaml/v4"
)

var reward = span{func(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }, "a number"}

// solvedAt reads from when a task is solved: a number, which is that of "reward", or
// one number under its key in the tests' reward.json.
func (s *source) solvedAt(to **baselines.SolvedAt) read {
	return func(n *yaml.Node, path string) {
		const want = "a number from which on a task is solved, as 0.5, or one under its key in reward.json, as {correct: 0.5}"
		at := &baselines.SolvedAt{Key: baselines.SolvedKey}
		switch n = follow(n); {
		case n.Kind == yaml.ScalarNode:
			s.amount(&at.Min, span{reward.has, want})(n, path)
		case n.Kind == yaml.MappingNode && len(n.Content) == 2:
			s.entries(n, path, want, func(key, value *yaml.Node, path string) {
				at.Key = key.Value
				s.amount(&at.Min, reward)(value, path)
			})
		default:
			s.mistyped(n, path, want)
		}
		if !s.broken(path) {
			*to = at
		}
	}
}
