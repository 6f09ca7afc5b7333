package suite

import (
	"errors"
	"strconv"
	"strings"

	"github.com/benchgate/benchgate/internal/problem"
	"go.yaml.in/yaml/v4"
)

// parseYAML returns the document and its nodes, or nil with what is wrong
// noted: a syntax error, a key that is there twice, or a file that is no mapping.
func parseYAML(file string, data []byte, problems *problem.List) (*document, *yaml.Node) {
	text := problem.NewSource(file, data)
	var top yaml.Node
	if err := yaml.Load(data, &top); err != nil {
		noteYAML(text, err, problems)
		return nil, nil
	}
	root := &top
	if root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
		root = root.Content[0]
	}
	if root.Kind != yaml.MappingNode {
		problems.Add(text.AtPlace(1, 1, "want a mapping of names to values"))
		return nil, nil
	}
	values := make(map[string]any)
	if err := root.Load(&values); err != nil {
		noteYAML(text, err, problems)
		return nil, nil
	}
	return &document{
		file:     file,
		source:   text,
		values:   values,
		problems: problems,
		position: func(path string) position { return findYAML(root, path) },
	}, root
}

func noteYAML(text *problem.Source, err error, problems *problem.List) {
	if all, ok := errors.AsType[*yaml.LoadErrors](err); ok {
		for _, e := range all.Errors {
			problems.Add(text.AtPlace(e.Mark.Line, e.Mark.Column, "%s", e.Message))
		}
		return
	}
	if e, ok := errors.AsType[*yaml.LoadError](err); ok {
		problems.Add(text.AtPlace(e.Mark.Line, e.Mark.Column, "%s", e.Message))
		return
	}
	problems.Add(text.Whole("%v", err))
}

// findYAML is the position of the path's key, or of the nearest key on the way
// to it.
func findYAML(n *yaml.Node, path string) position {
	found := position{1, 1}
	for _, key := range strings.Split(path, ".") {
		at, value := childYAML(n, key)
		if at == nil {
			break
		}
		found = position{at.Line, at.Column}
		n = value
	}
	return found
}

// childYAML returns the key and the value of a mapping's or a sequence's
// child; for a sequence both are the element.
func childYAML(n *yaml.Node, key string) (at, value *yaml.Node) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				return n.Content[i], n.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		i, err := strconv.Atoi(key)
		if err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i], n.Content[i]
		}
	}
	return nil, nil
}
